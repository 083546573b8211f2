//! A visit as it went: line after line, each with what it changed, at a pace that somebody can watch.

use std::time::Duration;

use daybook_audit::changes::{Change, changes};
use daybook_audit::replay::diff::turned;
use daybook_audit::replay::{Act, Line, told};
use daybook_domain::Rules;
use daybook_domain::visit::Visit;
use serde::Serialize;
use serde_json::json;

/// Nobody waits longer for the next line, however long it took.
const LONGEST: Duration = Duration::from_secs(3);

/// What is shown next.
#[derive(Serialize)]
pub struct Frame<'a> {
    #[serde(flatten)]
    line: &'a Line,
    /// Of how the visit stands; what the terms mean is in its JSON form.
    changes: Vec<Change>,
    /// The same in words.
    #[serde(skip)]
    turned: String,
    /// How long after the one before it.
    #[serde(skip)]
    pub pause: Duration,
}

impl<'a> Frame<'a> {
    /// Of what changed nothing, or nobody knows what.
    fn unchanged(line: &'a Line) -> Self {
        Self { line, changes: Vec::new(), turned: String::new(), pause: Duration::ZERO }
    }

    fn changed(line: &'a Line, before: &Visit, after: &Visit) -> Self {
        let changes = changes(&json!(before), &json!(after));
        Self { line, changes, turned: turned(before, after), pause: Duration::ZERO }
    }

    /// In words.
    pub fn words(&self) -> String {
        told::line(self.line) + &self.turned
    }
}

/// The acts and reads in their order, so many times faster than they were.
pub fn frames<'a>(acts: &'a [Act], reads: &'a [Line], speed: u32) -> Vec<Frame<'a>> {
    let mut frames: Vec<Frame> = reads.iter().map(Frame::unchanged).collect();
    let mut visit = Some(Visit::default());
    for act in acts {
        // From an event on that cannot be read, how the visit stands is not known.
        let after = visit.clone().zip(act.event.as_ref().ok()).map(|(mut visit, event)| {
            visit.evolve(event);
            visit
        });
        frames.push(match (&visit, &after) {
            (Some(before), Some(after)) => Frame::changed(&act.line, before, after),
            _ => Frame::unchanged(&act.line),
        });
        visit = after;
    }
    frames.sort_by_key(|frame| frame.line.position);
    let mut last = None;
    for frame in &mut frames {
        let since = last.replace(frame.line.recorded_at).map(|last| frame.line.recorded_at - last);
        frame.pause = LONGEST.min(since.and_then(|since| since.to_std().ok()).unwrap_or_default() / speed);
    }
    frames
}
