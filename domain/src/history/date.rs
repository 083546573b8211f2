//! A date as another system gave it: as precise as it was, no more. FHIR R4 `dateTime`: a year, a month, a day or an
//! instant with its offset.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// `1987`, `1987-11`, `1987-11-19` or `1987-11-19T00:22:16.824-05:00`; a day that exists, in a year of four digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OriginalDate(String);

/// Not a date, or of a day that does not exist. Never quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a year, a month, a day or an instant with its offset, such as 1987-11-19")]
pub struct BadDate;

impl OriginalDate {
    /// The date as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first moment it can mean, taking a date without an offset as UTC: to sort by, not to show.
    pub fn earliest(&self) -> DateTime<Utc> {
        // What is stored was parsed when it was made.
        parse(&self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

fn parse(text: &str) -> Option<DateTime<Utc>> {
    let shape: Vec<u8> = text.bytes().map(|b| if b.is_ascii_digit() { b'0' } else { b }).collect();
    let day = |text: &str| text.parse::<NaiveDate>().ok().map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let moment = match &shape[..] {
        b"0000" => day(&format!("{text}-01-01")),
        b"0000-00" => day(&format!("{text}-01")),
        b"0000-00-00" => day(text),
        _ if shape.starts_with(b"0000-00-00T00:00:00") && text.len() <= 40 => {
            DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc())
        }
        _ => None,
    };
    moment.filter(|moment| moment.year() >= 0)
}

impl TryFrom<&str> for OriginalDate {
    type Error = BadDate;

    fn try_from(text: &str) -> Result<Self, BadDate> {
        parse(text).map(|_| Self(text.to_owned())).ok_or(BadDate)
    }
}

impl TryFrom<String> for OriginalDate {
    type Error = BadDate;

    fn try_from(text: String) -> Result<Self, BadDate> {
        Self::try_from(text.as_str())
    }
}

impl From<OriginalDate> for String {
    fn from(date: OriginalDate) -> String {
        date.0
    }
}

impl JsonSchema for OriginalDate {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "OriginalDate".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^\\d{4}(-\\d{2}(-\\d{2}(T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2}))?)?)?$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_stays_as_precise_as_it_was_given() {
        for (text, earliest) in [
            ("1987", "1987-01-01T00:00:00Z"),
            ("1987-11", "1987-11-01T00:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("1987-11-19T00:22:16.824-05:00", "1987-11-19T05:22:16.824Z"),
            ("1991-06-07T23:37:54Z", "1991-06-07T23:37:54Z"),
        ] {
            let date = OriginalDate::try_from(text).unwrap();
            assert_eq!(date.as_str(), text);
            assert_eq!(date.earliest(), earliest.parse::<DateTime<Utc>>().unwrap(), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_or_of_no_day_is_refused_without_quoting_it() {
        for wrong in [
            "",
            "87",
            "1987-13",
            "2023-02-29",
            "1987-1-1",
            "19871119",
            "1987-11-19 00:22:16Z",
            "1987-11-19T00:22:16",
            "1987-11-19T25:00:00Z",
            "yesterday",
            "１９８７",
            "-1987",
            "1987-11-19T00:22:16.1234567890123456789012Z",
        ] {
            assert_eq!(OriginalDate::try_from(wrong), Err(BadDate), "{wrong}");
        }
    }
}
