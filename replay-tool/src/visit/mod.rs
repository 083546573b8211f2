//! `daybook-replay visit`: what was done in a visit and who read it, in one order, and how it then stood; what was another
//! between two moments; all of it as it went; and what was served of it.

pub mod arguments;
mod found;
mod play;

use anyhow::bail;
use daybook_access::Receipt;
use daybook_audit::replay::as_served::{as_served, protected};
use daybook_audit::replay::{Act, Between, Found, ServedTo, Told, diff, queue, story, told};
use daybook_ledger::Recorded;
use daybook_projections::Views;
use serde_json::json;

pub use found::{find, tell};

use crate::exit::Exit;
use crate::print;
use crate::reader::Reader;

/// Connections of a reader that asks one thing after the other; the ledger listens on another.
pub const CONNECTIONS: u32 = 3;

pub async fn run(arguments: arguments::Visit) -> anyhow::Result<Exit> {
    let url = &arguments.database.database_url;
    let reader = Reader::connect(url, CONNECTIONS).await?;
    let found = find(&reader, arguments.clinic, arguments.visit).await?;
    let until = arguments.diff.last().copied().or(arguments.at);
    let happened = found.until(until)?;
    if let Some(viewer) = arguments.as_served {
        return served(&arguments, &reader, &found, happened, viewer).await;
    }
    let (receipt, acts) = tell(&found, url, &arguments.opening, happened).await?;
    let receipt = receipt.as_ref();
    if let Some(speed) = arguments.play {
        return played(&arguments, &found, (&acts.acts, happened), receipt, speed).await;
    }
    let last = last(happened)?;
    if let Some(from) = arguments.diff.first() {
        let before = diff::before(*from, &found.acts, &acts)?;
        let told = Between::new(before, &found, (until, last), acts);
        print::told(arguments.json, receipt, &told, told.words())?;
        return Ok(ended(&told.faults, told.unreadable.is_none()));
    }
    let views = Views::new(reader.pool.clone(), reader.ledger.clone());
    let queue = queue((&reader.ledger, &views), &found, until, last).await?;
    let told = Told::new(&found, (until, last), acts, queue);
    print::told(arguments.json, receipt, &told, told.words())?;
    Ok(ended(&told.faults, told.unreadable.is_none()))
}

/// Tells it as it went.
async fn played(
    arguments: &arguments::Visit,
    found: &Found,
    (acts, happened): (&[Act], &[Recorded]),
    receipt: Option<&Receipt>,
    speed: u32,
) -> anyhow::Result<Exit> {
    let reads = found.looks(arguments.at, last(happened)?);
    for frame in play::frames(acts, &reads, speed) {
        tokio::time::sleep(frame.pause).await;
        match arguments.json {
            true => print::told_line(receipt, &frame)?,
            false => print::told(false, receipt, &(), frame.words())?,
        }
    }
    let (faults, unreadable) = (found.faults(), story::fold(acts).err());
    match arguments.json {
        true => print::json_line(&json!({ "faults": faults, "unreadable": unreadable }))?,
        false => print::out(&told::seal(&faults))?,
    }
    Ok(ended(&faults, unreadable.is_none()))
}

/// Tells what was served.
async fn served(
    arguments: &arguments::Visit,
    reader: &Reader,
    found: &Found,
    happened: &[Recorded],
    to: ServedTo,
) -> anyhow::Result<Exit> {
    let url = &arguments.database.database_url;
    let Some((receipt, opened)) = found::open(found, url, &arguments.opening, &protected(happened)).await? else {
        bail!("what was served cannot be made again: the visit's events are not as they were written");
    };
    let told = as_served(&reader.ledger, found, (arguments.at, happened), to, (&receipt, &opened)).await?;
    print::told(arguments.json, Some(&receipt), &told, told.words())?;
    Ok(ended(&told.faults, true))
}

/// The last event that is told: one at least is.
fn last(happened: &[Recorded]) -> anyhow::Result<&Recorded> {
    happened.last().ok_or_else(|| anyhow::anyhow!("there is nothing to tell yet"))
}

/// How the program ends after it told events.
fn ended(faults: &[String], readable: bool) -> Exit {
    match (faults.is_empty(), readable) {
        (false, _) => Exit::Invalid,
        (true, false) => Exit::Failed,
        (true, true) => Exit::Valid,
    }
}
