//! A visit, told: everything that is printed of it, as JSON or in words.

use daybook_domain::visit::Visit;
use daybook_ledger::Recorded;
use serde::Serialize;
use uuid::Uuid;

use super::found::Found;
use super::moment::Moment;
use super::queue::Queue;
use super::standing::standing;
use super::story::{self, Acts, Kind, Line};
use crate::tone::Tone;
use crate::words::{harmless, time};

/// Everything that is told.
#[derive(Serialize)]
pub struct Told {
    pub visit: Uuid,
    pub clinic: Uuid,
    /// Whether protected values are open.
    pub opened: bool,
    /// Position of the record of this very read, where there is one.
    pub recorded_at_position: Option<u64>,
    /// The number of the visit's events that are told.
    pub at_sequence: u64,
    pub story: Vec<Line>,
    /// The visit as it stood then.
    pub standing: Option<Visit>,
    /// Where it stood in the waiting room.
    pub queue: Queue,
    /// Why there is no standing.
    pub unreadable: Option<String>,
    /// What is not as it was written.
    pub faults: Vec<String>,
}

impl Told {
    /// Of a visit until a moment, of which `last` was the newest event. `acts` are its events until then.
    pub fn new(found: &Found, (until, last): (Option<Moment>, &Recorded), acts: Acts, queue: Queue) -> Self {
        let (standing, unreadable) = match story::fold(&acts.acts) {
            Ok(visit) => (Some(visit), None),
            Err(why) => (None, Some(why)),
        };
        Self {
            visit: found.visit,
            clinic: found.clinic,
            opened: acts.opened,
            recorded_at_position: acts.recorded_at_position,
            at_sequence: last.sequence,
            story: story::interleave(acts.acts.into_iter().map(|act| act.line), found.looks(until, last)),
            standing,
            queue,
            unreadable,
            faults: found.faults(),
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        let mut text = Tone::Heading.on(format!("Visit {} at clinic {}", self.visit, self.clinic)) + "\n";
        for line in &self.story {
            text.push_str(&self::line(line));
        }
        text.push_str(&Tone::Heading.on(format!("\nAs it stood after event {}\n", self.at_sequence)));
        match (&self.standing, &self.unreadable) {
            (Some(visit), _) => {
                for (what, said) in standing(visit) {
                    text.push_str(&format!("  {what:<18} {said}\n"));
                }
                text.push_str(&format!("  {:<18} {}\n", "Queue", self.queue.words()));
            }
            (None, Some(why)) => text.push_str(&Tone::Doubtful.on(format!("  cannot be told: {why}\n"))),
            (None, None) => {}
        }
        text.push_str(&seal(&self.faults));
        if let Some(position) = self.recorded_at_position {
            text.push_str(&format!("\nThat you read this is recorded at position {position}."));
        }
        text
    }
}

/// Whether what is told is as it was written.
pub fn seal(faults: &[String]) -> String {
    if faults.is_empty() {
        return Tone::Faint.on(
            "\nEach event here has its hash and follows on the one before it in its stream. `daybook-replay verify` checks the \
             whole log.",
        );
    }
    Tone::Bad.on(format!("\nNOT AS IT WAS WRITTEN\n  {}", faults.join("\n  ")))
}

/// One line of the story.
pub fn line(line: &Line) -> String {
    let what = line.what.replace('\n', "\n    ");
    let number = match line.kind {
        Kind::Act => format!("event {}, {}", line.sequence, line.event_type),
        Kind::Read => format!("read, {}", line.event_type),
    };
    let number = Tone::Faint.on(format!("[{}, position {}]", harmless(&number), line.position));
    let what = if line.event_type == "access-denied" { Tone::Doubtful.on(what) } else { what };
    format!("\n{}  {}  {number}\n    {what}\n", time(line.recorded_at), line.who)
}
