//! Times, numbers and lengths of time as people here read them.

use chrono::{DateTime, Utc};

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
