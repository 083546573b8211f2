//! What words mean, where a terminal can show it. Whoever writes words says what they mean; which colour that is, is said here
//! and nowhere else; and whether it is shown, whoever prints them decides.
//!
//! A text from the log is made harmless before it is toned: afterwards nobody could tell its escapes from these.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};
use daybook_ledger::verify::Verdict;

/// What words mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it was written, or as it was promised.
    Good,
    /// Not as it was written, or not as it was promised.
    Bad,
    /// Nobody can tell, or not all of it is there.
    Doubtful,
    /// For whoever looks closer.
    Faint,
    /// What the lines below it are about.
    Heading,
}

impl Tone {
    /// The text in this tone. Each line is toned by itself, so that it can be cut after any of them.
    pub fn on(self, text: impl Display) -> String {
        let (style, text) = (self.style(), text.to_string());
        let lines = text.split('\n').map(|line| match line {
            "" => String::new(),
            line => format!("{style}{line}{style:#}"),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn style(self) -> Style {
        match self {
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Bad => AnsiColor::Red.on_default(),
            Tone::Doubtful => AnsiColor::Yellow.on_default(),
            Tone::Faint => Style::new().dimmed(),
            Tone::Heading => Style::new().bold(),
        }
    }
}

impl From<Verdict> for Tone {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Valid => Tone::Good,
            Verdict::Invalid => Tone::Bad,
            Verdict::Incomplete => Tone::Doubtful,
        }
    }
}

/// Words without their tones, for where no terminal is.
pub fn plain(words: &str) -> String {
    anstream::adapter::strip_str(words).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_ends_with_its_line_and_plain_words_have_none() {
        let toned = Tone::Bad.on("INVALID\n\nposition 7");
        assert_eq!(toned, "\u{1b}[31mINVALID\u{1b}[0m\n\n\u{1b}[31mposition 7\u{1b}[0m");
        let all = [Tone::Good, Tone::Bad, Tone::Doubtful, Tone::Faint, Tone::Heading].map(|tone| tone.on("said\tso ü"));
        for toned in all {
            assert!(toned.contains('\u{1b}'), "{toned}");
            assert_eq!(plain(&toned), "said\tso ü");
        }
    }
}
