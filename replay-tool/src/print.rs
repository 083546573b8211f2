//! What is printed, and how: plain words, nothing in them that a terminal would take as a command.

use std::io::Write;

use chrono::{DateTime, Utc};
use daybook_access::Disclosed;
use serde::Serialize;

/// A time as people here read it. To the second: the exact time is in the JSON form.
pub fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

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

/// Onto standard output. Who closed it, such as `head`, has seen enough: that is no failure.
pub fn out(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// As indented JSON.
pub fn json(content: &impl Serialize) -> anyhow::Result<()> {
    out(&serde_json::to_string_pretty(content)?)
}

/// A text that may leave.
pub fn disclosed(text: &Disclosed<String>) -> anyhow::Result<()> {
    match serde_json::to_value(text)? {
        serde_json::Value::String(text) => out(&text),
        other => out(&other.to_string()),
    }
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
