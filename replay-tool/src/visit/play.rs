//! A visit as it went: line after line, each with what it changed, at a pace that somebody can watch.

use std::time::Duration;

use daybook_audit::replay::diff::turned;
use daybook_audit::replay::{Act, Line, told};
use daybook_domain::Rules;
use daybook_domain::visit::Visit;

/// Nobody waits longer for the next line, however long it took.
const LONGEST: Duration = Duration::from_secs(3);

/// What is shown next.
pub struct Frame {
    /// How long after the one before it.
    pub pause: Duration,
    pub words: String,
}

/// The acts and reads in their order, so many times faster than they were.
pub fn frames(acts: &[Act], reads: Vec<Line>, speed: u32) -> Vec<Frame> {
    let mut shown: Vec<(&Line, String)> = reads.iter().map(|read| (read, told::line(read))).collect();
    let mut visit = Some(Visit::default());
    for act in acts {
        let before = visit.clone();
        // From an event on that cannot be read, how the visit stands is not known.
        visit = visit.zip(act.event.as_ref().ok()).map(|(mut visit, event)| {
            visit.evolve(event);
            visit
        });
        let turned = before.zip(visit.as_ref()).map_or_else(String::new, |(before, after)| turned(&before, after));
        shown.push((&act.line, told::line(&act.line) + &turned));
    }
    shown.sort_by_key(|(line, _)| line.position);
    let mut last = None;
    let paced = shown.into_iter().map(|(line, words)| {
        let since = last.replace(line.recorded_at).map(|last| line.recorded_at - last);
        let since = since.and_then(|since| since.to_std().ok()).unwrap_or_default();
        Frame { pause: LONGEST.min(since / speed), words }
    });
    paced.collect()
}
