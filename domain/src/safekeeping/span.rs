//! A span of time as people write it in a configuration or on a command line: `90s`, `15m`, `24h`, `30d`.

use std::str::FromStr;

use serde::Deserialize;

/// Whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub u64);

impl TryFrom<String> for Span {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Span {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "a number and s, m, h or d, such as 24h";
        let (digits, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or(EXPECTED)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return Err(EXPECTED),
        };
        let number: u64 = digits.parse().map_err(|_| EXPECTED)?;
        number.checked_mul(seconds).map(Self).ok_or(EXPECTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_and_a_unit() {
        let read = |text: &str| text.parse().map(|Span(seconds)| seconds);
        assert_eq!(["90s", "15m", "24h", "30d"].map(read), [Ok(90), Ok(900), Ok(86_400), Ok(2_592_000)]);
        for wrong in
            ["", "s", "24", "-1h", "1.5h", "1w", "24 h", "99999999999999999999d", "18446744073709551615d", "1ä"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
