//! What happened between two moments of a visit, and what was another after it.

use daybook_domain::visit::Visit;
use daybook_ledger::Recorded;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::error::ReplayError;
use super::found::Found;
use super::moment::{self, Moment};
use super::standing::standing;
use super::story::{self, Acts, Line};
use super::told;
use crate::changes::{Change, changes};
use crate::tone::Tone;

/// The earlier of the two.
pub struct Before {
    moment: Moment,
    sequence: u64,
    position: u64,
    standing: Result<Visit, String>,
}

/// How the visit stood at the earlier moment. `acts` are those until the later one.
pub fn before(moment: Moment, all: &[Recorded], acts: &Acts) -> Result<Before, ReplayError> {
    let count = moment::happened(all, Some(moment))?;
    if count > acts.acts.len() {
        return Err(ReplayError::OutOfOrder);
    }
    let last = &all[count - 1];
    let standing = story::fold(&acts.acts[..count]);
    Ok(Before { moment, sequence: last.sequence, position: last.position, standing })
}

impl Before {
    /// Whether this came later.
    fn is_over_at(&self, line: &Line) -> bool {
        match self.moment {
            Moment::Time(at) => line.recorded_at > at,
            Moment::Sequence(_) => line.position > self.position,
        }
    }
}

/// What is told of the time between.
#[derive(Serialize)]
pub struct Between {
    pub visit: Uuid,
    pub clinic: Uuid,
    pub opened: bool,
    pub recorded_at_position: Option<u64>,
    pub from_sequence: u64,
    pub to_sequence: u64,
    pub story: Vec<Line>,
    /// Of how the visit stands; what the terms mean is in its JSON form.
    pub changes: Vec<Change>,
    pub unreadable: Option<String>,
    pub faults: Vec<String>,
    #[serde(skip)]
    standings: String,
}

impl Between {
    /// `acts` are the visit's events until the later moment, of which `last` was the newest event.
    pub fn new(before: Before, found: &Found, (until, last): (Option<Moment>, &Recorded), acts: Acts) -> Self {
        let (changes, standings, unreadable) = match (&before.standing, story::fold(&acts.acts)) {
            (Ok(old), Ok(new)) => (changes(&json!(old), &json!(new)), turned(old, &new), None),
            (Err(why), _) => (Vec::new(), String::new(), Some(why.clone())),
            (Ok(_), Err(why)) => (Vec::new(), String::new(), Some(why)),
        };
        let story = story::interleave(acts.acts.into_iter().map(|act| act.line), found.looks(until, last));
        Self {
            visit: found.visit,
            clinic: found.clinic,
            opened: acts.opened,
            recorded_at_position: acts.recorded_at_position,
            from_sequence: before.sequence,
            to_sequence: last.sequence,
            story: story.into_iter().filter(|line| before.is_over_at(line)).collect(),
            changes,
            unreadable,
            faults: found.faults(),
            standings,
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        let (from, to) = (self.from_sequence, self.to_sequence);
        let of = format!("Visit {} at clinic {}, after event {from} until event {to}", self.visit, self.clinic);
        let mut text = Tone::Heading.on(of) + "\n";
        if self.story.is_empty() {
            text.push_str("\nNothing happened and nobody looked.\n");
        }
        self.story.iter().for_each(|line| text.push_str(&told::line(line)));
        match (&self.unreadable, self.standings.as_str()) {
            (Some(why), _) => text.push_str(&Tone::Doubtful.on(format!("\nHow it stood cannot be told: {why}\n"))),
            (None, "") => text.push_str("\nIt stands as it stood.\n"),
            (None, standings) => {
                text.push_str(&format!("\n{}\n{standings}", Tone::Heading.on("How it stood (-), and stands (+)")));
            }
        }
        text.push_str(&told::seal(&self.faults));
        if let Some(position) = self.recorded_at_position {
            text.push_str(&format!("\nThat you read this is recorded at position {position}."));
        }
        text
    }
}

/// The lines of the standing that went, and those that came.
pub fn turned(before: &Visit, after: &Visit) -> String {
    let (old, new) = (standing(before), standing(after));
    let lines = |sign: char, these: &[(&'static str, String)], those: &[(&'static str, String)]| {
        let gone = these.iter().filter(|line| !those.contains(line));
        gone.map(|(what, said)| format!("  {sign} {what:<18} {said}\n")).collect::<String>()
    };
    lines('-', &old, &new) + &lines('+', &new, &old)
}
