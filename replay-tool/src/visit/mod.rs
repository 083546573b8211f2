//! `daybook-replay visit`: what was done in a visit and who read it, in one order, and how it then stood; what was another
//! between two moments; all of it as it went; and what was served of it.

pub mod arguments;
mod at;
mod diff;
mod found;
mod play;
mod queue;
mod reads;
mod seal;
mod served;
mod standing;
mod story;
mod told;
mod words;

use daybook_access::{Disclosed, Receipt};
use daybook_ledger::Recorded;
use serde::Serialize;

pub use at::Moment;
use diff::Between;
pub use found::Found;
use queue::Queue;
pub use served::ServedTo;
pub use story::{Act, Line, read};
use told::Told;

use crate::exit::Exit;
use crate::print;
use crate::reader::Reader;

/// Connections of a reader that asks one thing after the other; the ledger listens on another.
pub const CONNECTIONS: u32 = 3;

pub async fn run(arguments: arguments::Visit) -> anyhow::Result<Exit> {
    let reader = Reader::connect(&arguments.database.database_url, CONNECTIONS).await?;
    let found = Found::find(&reader, arguments.clinic, arguments.visit).await?;
    let until = arguments.diff.last().copied().or(arguments.at);
    let happened = &found.acts[..at::happened(&found.acts, until)?];
    if let Some(viewer) = arguments.as_served {
        return served::run(&arguments, &reader, &found, happened, viewer).await;
    }
    let url = &arguments.database.database_url;
    let (receipt, acts) = found.tell(url, &arguments.opening, happened).await?;
    if let Some(speed) = arguments.play {
        return played(&arguments, &found, &acts, receipt.as_ref(), speed).await;
    }
    let between = arguments.diff.first().map(|from| diff::before(*from, &found.acts, &acts)).transpose()?;
    let queue = queue::queue(&reader, &found, until, last(&found, acts.len())).await?;
    let told = tell(&arguments, &found, until, acts, receipt.as_ref(), queue);
    let exit = exit(&told);
    match between {
        Some(before) => {
            let told = Between::new(before, told);
            show(arguments.json, receipt.as_ref(), &told, told.words())?;
        }
        None => show(arguments.json, receipt.as_ref(), &told, told.words())?,
    }
    Ok(exit)
}

/// Prints. What was opened leaves this program only beside the receipt that its reading was recorded.
pub fn show(as_json: bool, receipt: Option<&Receipt>, told: &impl Serialize, words: String) -> anyhow::Result<()> {
    match (as_json, receipt) {
        (true, None) => print::json(told),
        (true, Some(receipt)) => print::json(&Disclosed::new(receipt, told)),
        (false, None) => print::out(&words),
        (false, Some(receipt)) => print::disclosed(&Disclosed::new(receipt, words)),
    }
}

/// Tells it as it went.
async fn played(
    arguments: &arguments::Visit,
    found: &Found,
    acts: &[Act],
    receipt: Option<&Receipt>,
    speed: u32,
) -> anyhow::Result<Exit> {
    for frame in play::frames(acts, reads(arguments, found, arguments.at, acts.len()), speed) {
        tokio::time::sleep(frame.pause).await;
        show(false, receipt, &(), frame.words)?;
    }
    let faults = found.faults();
    print::out(&told::seal(&faults))?;
    Ok(ended(&faults, story::fold(acts).is_ok()))
}

fn tell(
    arguments: &arguments::Visit,
    found: &Found,
    until: Option<Moment>,
    acts: Vec<Act>,
    receipt: Option<&Receipt>,
    queue: Queue,
) -> Told {
    let reads = reads(arguments, found, until, acts.len());
    let (standing, unreadable) = match story::fold(&acts) {
        Ok(visit) => (Some(visit), None),
        Err(why) => (None, Some(why)),
    };
    Told {
        visit: arguments.visit,
        clinic: arguments.clinic,
        opened: receipt.is_some(),
        recorded_at_position: receipt.and_then(Receipt::position),
        at_sequence: last(found, acts.len()).sequence,
        story: story::interleave(acts.into_iter().map(|act| act.line), reads),
        standing,
        queue,
        unreadable,
        faults: found.faults(),
    }
}

/// Who looked, until then.
fn reads(arguments: &arguments::Visit, found: &Found, until: Option<Moment>, acts: usize) -> Vec<Line> {
    let last = last(found, acts);
    let reads = found.reads.iter().filter(|read| at::includes(until, last, read));
    reads.filter_map(|read| story::read(read, arguments.visit)).collect()
}

/// The last act that is told; `happened` leaves one at least.
fn last(found: &Found, acts: usize) -> &Recorded {
    &found.acts[acts.max(1) - 1]
}

fn exit(told: &Told) -> Exit {
    ended(&told.faults, told.unreadable.is_none())
}

/// How the program ends after it told events.
pub fn ended(faults: &[String], readable: bool) -> Exit {
    match (faults.is_empty(), readable) {
        (false, _) => Exit::Invalid,
        (true, false) => Exit::Failed,
        (true, true) => Exit::Valid,
    }
}
