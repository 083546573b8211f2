//! Reading a JSON body strictly: one content type, bounded size and depth, no reserved keys, no unknown fields. What is
//! wrong is told by the path of the field and what would be right, without quoting what was sent.

use std::cell::Cell;
use std::fmt;

use actix_web::http::StatusCode;
use daybook_domain::Time;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_path_to_error::{Path, Segment};

use crate::problem::Problem;

/// Deepest nesting of objects and arrays.
const MAX_DEPTH: usize = 32;

/// Keys that mean something inside the log (daybook_domain::phi) and so may not come from outside.
const RESERVED: [&str; 4] = [
    daybook_domain::phi::CLEAR,
    daybook_domain::phi::PHI,
    daybook_domain::phi::ERASED,
    daybook_domain::phi::KEY_MISSING,
];

/// Reads a body as `T`. An empty body is an empty object, so that a command without particulars needs none.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    scan(bytes)?;
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| misfit(error.path(), &error.inner().to_string()))
}

/// The problem of a body larger than a route takes.
pub fn too_large(limit: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", format!("the body may have {limit} bytes at most"))
}

/// The problem of another content type.
pub fn not_json() -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "send the body as application/json").field(
        "Content-Type",
        "unsupported",
        Some("application/json".into()),
    )
}

/// The problem of a body that ended before its announced length.
pub fn cut_short() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "body-cut-short", "the body ended before it was complete")
}

/// What a first look at a body found, before its shape is known.
#[derive(Clone, Copy)]
enum Found {
    TooDeep,
    Reserved,
    Nul,
}

/// Looks through the whole body once: is it JSON, how deep, which keys.
fn scan(bytes: &[u8]) -> Result<(), Problem> {
    let found = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let result = Look { depth: 0, found: &found }.deserialize(&mut reader).and_then(|()| reader.end());
    let invalid = |code, detail: &str| Problem::new(StatusCode::BAD_REQUEST, code, detail);
    match (found.get(), result) {
        (Some(Found::TooDeep), _) => Err(invalid("too-deep", "the body is nested deeper than 32 levels").field(
            "",
            "too-deep",
            Some("at most 32 levels".into()),
        )),
        (Some(Found::Reserved), _) => {
            Err(invalid("reserved-key", "the body has a key that is reserved: $phi, $clear, $erased or $key-missing")
                .field("", "reserved-key", Some("no such key at any depth".into())))
        }
        (Some(Found::Nul), _) => {
            Err(invalid("control-character", "the body contains a NUL character").field("", "control-character", None))
        }
        (None, Ok(())) => Ok(()),
        // serde_json's own bound of 128 levels comes after ours, so this is a syntax error.
        (None, Err(error)) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "malformed-json",
            format!("the body is not JSON: the fault is at line {}, column {}", error.line(), error.column()),
        )),
    }
}

#[derive(Clone, Copy)]
struct Look<'a> {
    depth: usize,
    found: &'a Cell<Option<Found>>,
}

impl Look<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH { self.stop(Found::TooDeep) } else { Ok(Self { depth: self.depth + 1, ..self }) }
    }

    fn stop<T, E: serde::de::Error>(self, found: Found) -> Result<T, E> {
        self.found.set(Some(found));
        Err(E::custom(""))
    }
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if text.contains('\0') { self.stop(Found::Nul) } else { Ok(()) }
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while entries.next_key_seed(Key(self))?.is_some() {
            entries.next_value_seed(inner)?;
        }
        Ok(())
    }
}

/// A key: a string that is not reserved, however it is escaped.
struct Key<'a>(Look<'a>);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<(), E> {
        if RESERVED.contains(&key) { self.0.stop(Found::Reserved) } else { self.0.visit_str(key) }
    }
}

/// A body that is JSON and not what was asked for.
fn misfit(path: &Path, message: &str) -> Problem {
    let message = message.rfind(" at line ").map_or(message, |end| &message[..end]);
    // What follows the last "expected" is ours; what comes before it quotes the caller.
    let expected = message.rsplit_once("expected ").map(|(_, expected)| expected.to_owned());
    let mut segments: Vec<String> = path.iter().map(segment).collect();
    let (problem, expected) = if let Some(name) = between(message, "missing field `") {
        segments.push(format!(".{name}"));
        ("missing", Some("this field is needed".to_owned()))
    } else if message.starts_with("unknown field ") {
        // The name is the caller's: shown only where it looks like a field's name and not like content.
        if segments.last().is_some_and(|name| !is_field_name(name.trim_start_matches('.'))) {
            segments.pop();
        }
        let none = message.ends_with("there are no fields").then(|| "an empty object".to_owned());
        ("unknown-field", none.or(expected.map(|known| format!("only {}", known.trim_start_matches("one of ")))))
    } else if let Some(name) = between(message, "duplicate field `") {
        segments.push(format!(".{name}"));
        ("duplicate", Some("each field once".to_owned()))
    } else if message.starts_with("unknown variant ") {
        ("unknown-value", expected)
    } else if message.starts_with("invalid type: ") {
        ("wrong-type", expected)
    } else if message.starts_with("invalid value: ") || message.starts_with("invalid length ") {
        ("invalid", expected)
    } else if message.starts_with("UUID parsing failed") {
        ("invalid", Some("a UUID such as 7b0f9a52-2d4e-4a3b-9c77-1f2e3d4c5b6a".to_owned()))
    } else if ["input is out of range", "input contains invalid characters", "premature end of input", "trailing input"]
        .contains(&message)
        || message.starts_with("input is not enough")
        || message.starts_with("no possible date")
    {
        ("impossible-date", Some("a date such as 2026-11-24, or a time such as 2026-11-24T15:00:00Z".to_owned()))
    } else if message == Time::EXPECTED {
        ("impossible-date", Some(message.to_owned()))
    } else {
        // The domain's own words, which never quote.
        ("invalid", Some(message.to_owned()))
    };
    let field = segments.concat().trim_start_matches('.').to_owned();
    let detail = if field.is_empty() {
        format!("the body does not fit: {}", words(problem))
    } else {
        format!("{field} does not fit: {}", words(problem))
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-body", detail).field(field, problem, expected)
}

fn words(problem: &str) -> String {
    problem.replace('-', " ")
}

fn segment(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("[{index}]"),
        Segment::Map { key } => format!(".{key}"),
        Segment::Enum { variant } => format!(".{variant}"),
        Segment::Unknown => String::new(),
    }
}

fn between<'a>(message: &'a str, start: &str) -> Option<&'a str> {
    message.strip_prefix(start)?.split('`').next()
}

fn is_field_name(name: &str) -> bool {
    (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

#[cfg(test)]
mod tests {
    use daybook_domain::visit::{Arrive, CaptureCharge, DraftNote, Schedule};
    use daybook_domain::{patient, provider};

    use super::*;

    fn wrong<T: DeserializeOwned>(body: &str) -> (u16, &'static str, String, String, String) {
        let Err(problem) = read::<T>(body.as_bytes()) else { panic!("{body} was accepted") };
        let error = problem.errors.first().cloned();
        let (field, what, expected) =
            error.map(|e| (e.field, e.problem, e.expected.unwrap_or_default())).unwrap_or_default();
        assert!(!format!("{problem:?}").contains("SECRET"), "{problem:?}");
        (problem.status.as_u16(), problem.code, field, what, expected)
    }

    fn schedule(change: &str) -> String {
        let id = "7b0f9a52-2d4e-4a3b-9c77-1f2e3d4c5b6a";
        format!(
            r#"{{"patient_id":"{id}","provider_id":"{id}","starts_at":"2026-11-24T15:00:00Z","duration_minutes":20,"modality":"video"{change}}}"#
        )
    }

    #[test]
    fn what_fits_is_read() {
        assert!(read::<Schedule>(schedule("").as_bytes()).is_ok());
        assert!(read::<Arrive>(b"").is_ok());
        assert!(read::<Arrive>(b" {} ").is_ok());
    }

    #[test]
    fn every_misfit_names_the_field_and_what_would_be_right() {
        let (status, code, field, what, expected) = wrong::<Schedule>(&schedule(r#","colour":"SECRET""#));
        assert_eq!((status, code, field.as_str(), what.as_str()), (422, "invalid-body", "colour", "unknown-field"));
        assert!(expected.contains("starts_at"), "{expected}");

        let (.., field, what, _) = wrong::<Schedule>(&schedule(r#","SECRET SAUCE":1"#));
        assert_eq!((field.as_str(), what.as_str()), ("", "unknown-field"));

        let (.., field, what, expected) = wrong::<CaptureCharge>(r#"{"code":"99213","units":"SECRET","diagnoses":[]}"#);
        assert_eq!((field.as_str(), what.as_str(), expected.as_str()), ("units", "wrong-type", "u32"));

        let (.., field, what, expected) =
            wrong::<CaptureCharge>(r#"{"code":"99213","units":1,"diagnoses":["J06.9","SECRET"]}"#);
        assert_eq!((field.as_str(), what.as_str()), ("diagnoses[1]", "invalid"));
        assert!(expected.contains("ICD-10-CM"), "{expected}");

        let (.., field, what, _) = wrong::<CaptureCharge>(r#"{"code":"99213","diagnoses":[]}"#);
        assert_eq!((field.as_str(), what.as_str()), ("units", "missing"));

        let (.., field, what, expected) = wrong::<Schedule>(&schedule("").replace("video", "SECRET"));
        assert_eq!((field.as_str(), what.as_str()), ("modality", "unknown-value"));
        assert!(expected.contains("`video`"), "{expected}");

        let (.., field, _, expected) = wrong::<Schedule>(&schedule("").replace("7b0f9a52", "zzzzzzzz"));
        assert_eq!(field, "patient_id");
        assert!(expected.contains("UUID"), "{expected}");

        let (.., field, what, expected) =
            wrong::<DraftNote>(r#"{"template_version":"soap/1","body":{"paln":"SECRET"}}"#);
        assert_eq!((field.as_str(), what.as_str()), ("body.paln", "unknown-field"));
        assert!(expected.contains("plan"), "{expected}");

        let (.., field, what, _) = wrong::<Arrive>(r#"{"when":"SECRET"}"#);
        assert_eq!((field.as_str(), what.as_str()), ("when", "unknown-field"));
    }

    #[test]
    fn impossible_dates_are_said_to_be_impossible() {
        for date in ["2026-02-30", "2026-13-01", "SECRET", "0000-00-00", "2026-2"] {
            let licence =
                format!(r#"{{"jurisdiction":"WI","number":"1","kind":"full","from":"{date}","to":"2026-01-01"}}"#);
            let (.., field, what, _) = wrong::<provider::GrantLicence>(&licence);
            assert_eq!((field.as_str(), what.as_str()), ("from", "impossible-date"), "{date}");
        }
        let (.., field, what, _) = wrong::<Schedule>(&schedule("").replace("2026-11-24T15", "2026-11-31T15"));
        assert_eq!((field.as_str(), what.as_str()), ("starts_at", "impossible-date"));
    }

    #[test]
    fn reserved_keys_depth_and_nul_are_refused_wherever_they_are() {
        for key in ["$phi", "\\u0024phi", "$clear", "$erased", "$key-missing"] {
            assert_eq!(wrong::<Arrive>(&format!(r#"{{"a":[{{"{key}":1}}]}}"#)).1, "reserved-key");
        }
        assert_eq!(wrong::<Arrive>(&"[".repeat(100_000)).1, "too-deep");
        assert_eq!(wrong::<Arrive>(&format!("{}1{}", "[".repeat(33), "]".repeat(33))).1, "too-deep");
        assert_eq!(wrong::<patient::Register>(r#"{"given_name":"A\u0000"}"#).1, "control-character");
    }

    #[test]
    fn what_is_not_json_is_told_where() {
        for body in ["{", "nope", "{} {}", "{\"a\":}", "\u{FEFF}{}"] {
            assert_eq!(wrong::<Arrive>(body).1, "malformed-json", "{body}");
        }
        assert!(read::<Arrive>(&[b'{', b'"', 0xff, b'"', b':', b'1', b'}']).is_err());
    }

    #[test]
    fn text_that_would_mislead_is_refused_in_the_domains_words() {
        let body = r#"{"given_name":"SECRET\u202e","family_name":"B","birth_date":"1980-01-01"}"#;
        let (.., field, what, expected) = wrong::<patient::Register>(body);
        assert_eq!((field.as_str(), what.as_str()), ("given_name", "invalid"));
        assert!(expected.contains("direction"), "{expected}");
    }
}
