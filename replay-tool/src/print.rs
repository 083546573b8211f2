//! What is printed, and how: words, nothing in them that a terminal would take as a command but their tones, and those only
//! where there is a terminal (or `CLICOLOR_FORCE` says so, and never where `NO_COLOR` is set).

use std::io::{ErrorKind, Write};

use daybook_access::Disclosed;
use daybook_audit::Tone;
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

/// Words, onto standard output.
pub fn out(words: &str) -> anyhow::Result<()> {
    onto(anstream::stdout().lock(), words)
}

/// What is no words, onto standard output as it is.
pub fn document(text: &str) -> anyhow::Result<()> {
    onto(std::io::stdout().lock(), text)
}

/// Who closed it, such as `head`, has seen enough: that is no failure.
fn onto(mut out: impl Write, text: &str) -> anyhow::Result<()> {
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// What went wrong, in words, onto standard error.
pub fn problem(words: &str) {
    // Where standard error is closed, nobody is left to hear it.
    let _ = writeln!(anstream::stderr(), "{} {words}", Tone::Bad.on("daybook-replay:"));
}

/// As indented JSON.
pub fn json(content: &impl Serialize) -> anyhow::Result<()> {
    document(&serde_json::to_string_pretty(content)?)
}

/// As JSON on a line of its own, of a program that goes on.
pub fn json_line(content: &impl Serialize) -> anyhow::Result<()> {
    document(&serde_json::to_string(content)?)
}

/// Words that may leave.
pub fn disclosed(words: &Disclosed<String>) -> anyhow::Result<()> {
    match serde_json::to_value(words)? {
        serde_json::Value::String(words) => out(&words),
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
