//! What is printed, and how: words, nothing in them that a terminal would take as a command but their tones, and those only
//! where there is a terminal (or `CLICOLOR_FORCE` says so, and never where `NO_COLOR` is set).

use std::io::{ErrorKind, Write};

use daybook_access::{Disclosed, Receipt};
use daybook_audit::Tone;
pub use daybook_audit::words::{duration, harmless, number, short, time};
use serde::Serialize;

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

/// The same of a program that goes on.
pub fn told_line(receipt: Option<&Receipt>, told: &impl Serialize) -> anyhow::Result<()> {
    match receipt {
        None => json_line(told),
        Some(receipt) => json_line(&Disclosed::new(receipt, told)),
    }
}

/// Words that may leave.
pub fn disclosed(words: &Disclosed<String>) -> anyhow::Result<()> {
    match serde_json::to_value(words)? {
        serde_json::Value::String(words) => out(&words),
        other => out(&other.to_string()),
    }
}

/// What somebody is told. What was opened leaves this program only beside the receipt that its reading was recorded.
pub fn told(as_json: bool, receipt: Option<&Receipt>, told: &impl Serialize, words: String) -> anyhow::Result<()> {
    match (as_json, receipt) {
        (true, None) => json(told),
        (true, Some(receipt)) => json(&Disclosed::new(receipt, told)),
        (false, None) => out(&words),
        (false, Some(receipt)) => disclosed(&Disclosed::new(receipt, words)),
    }
}
