//! What is printed, and how: plain words, nothing in them that a terminal would take as a command.

use std::io::Write;

use daybook_access::Disclosed;
pub use daybook_audit::words::{duration, number, time};
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
}
