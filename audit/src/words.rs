//! Times, numbers, lengths of time and terms as people here read them, and texts of the log as a terminal may be given them.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// A text from the log, without characters that would move the cursor, colour the screen or hide what follows.
pub fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// The stored name of a term of a closed list, with spaces: `in-person-needed` is read as "in person needed".
pub fn term(term: &impl Serialize) -> String {
    match serde_json::to_value(term) {
        Ok(serde_json::Value::String(name)) => name.replace('-', " "),
        _ => "?".into(),
    }
}

/// Enough of a hash to compare by eye.
pub fn short(hexadecimal: &str) -> &str {
    hexadecimal.get(..16).unwrap_or(hexadecimal)
}

/// To the second: the exact time is in the JSON forms.
pub fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Groups of three digits.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|g| std::str::from_utf8(g).ok()).collect();
    groups.join(",")
}

/// A length of time in its two largest units.
pub fn duration(seconds: i64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut left = seconds.max(0);
    let parts = units.map(|(unit, name)| {
        let whole = left / unit;
        left %= unit;
        (whole, name)
    });
    let from = parts.iter().position(|(whole, _)| *whole > 0).unwrap_or(3);
    let told = parts[from..].iter().take(2).filter(|(whole, _)| *whole > 0 || from == 3);
    told.map(|(whole, name)| format!("{whole} {name}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_text_cannot_command_a_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\nc\u{9b}d"), "a\u{fffd}[2Jb\nc\u{fffd}d");
    }

    #[test]
    fn a_time_is_told_in_its_two_largest_units() {
        let told = [-3, 0, 59, 60, 61, 3_600, 7_322, 90_061].map(duration);
        assert_eq!(told, ["0 s", "0 s", "59 s", "1 min", "1 min 1 s", "1 h", "2 h 2 min", "1 d 1 h"]);
    }

    #[test]
    fn numbers_are_grouped() {
        let grouped = [0, 12, 999, 1_000, 1_234_567].map(number);
        assert_eq!(grouped, ["0", "12", "999", "1,000", "1,234,567"]);
    }
}
