//! `daybook-replay visit`: what was done in a visit and who read it, in one order, and how it then stood.

mod at;
mod reads;
mod seal;
mod standing;
mod story;
mod told;
mod words;

use anyhow::bail;
use daybook_access::{Disclosed, Receipt};
use daybook_domain::Rules;
use daybook_domain::access_events::PATIENT_STREAM;
use daybook_domain::visit::Visit;
use daybook_ledger::{Recorded, Stream};

pub use at::Moment;
use story::Act;
use told::Told;

use crate::arguments;
use crate::exit::Exit;
use crate::opening;
use crate::print;
use crate::reader::Reader;

/// Connections of a reader that asks one thing after the other; the ledger listens on another.
const CONNECTIONS: u32 = 3;

/// What the log has about a visit.
struct Found {
    acts: Vec<Recorded>,
    /// The patient's whole access stream.
    reads: Vec<Recorded>,
}

pub async fn run(arguments: arguments::Visit) -> anyhow::Result<Exit> {
    let reader = Reader::connect(&arguments.database.database_url, CONNECTIONS).await?;
    let found = find(&reader, &arguments).await?;
    let acts = &found.acts[..at::happened(&found.acts, arguments.at)?];
    let sound = seal::faults(&found.acts).is_empty();
    match (&arguments.opening.token, &arguments.opening.reason) {
        (Some(token), Some(reason)) if sound => {
            let (receipt, opened) = opening::open(&arguments, (token, reason), &whole(&found.acts), acts).await?;
            let acts = acts.iter().zip(&opened).map(|(act, opened)| Act::opened(act, opened));
            let mut told = tell(&arguments, &found, acts.collect());
            (told.opened, told.recorded_at_position) = (true, receipt.position());
            disclose(&arguments, &receipt, told)
        }
        (token, _) => {
            if token.is_some() {
                // Whose visit it is decides who may see it, and that stands in the events.
                eprintln!("daybook-replay: nothing is opened, because the visit's events are not as they were written");
            }
            masked(&arguments, tell(&arguments, &found, acts.iter().map(Act::masked).collect()))
        }
    }
}

fn masked(arguments: &arguments::Visit, told: Told) -> anyhow::Result<Exit> {
    if arguments.json {
        print::json(&told)?;
    } else {
        print::out(&told.words())?;
    }
    Ok(exit(&told))
}

/// What was opened leaves this program only beside the receipt that its reading was recorded.
fn disclose(arguments: &arguments::Visit, receipt: &Receipt, told: Told) -> anyhow::Result<Exit> {
    let exit = exit(&told);
    if arguments.json {
        print::json(&Disclosed::new(receipt, told))?;
    } else {
        print::disclosed(&Disclosed::new(receipt, told.words()))?;
    }
    Ok(exit)
}

async fn find(reader: &Reader, arguments: &arguments::Visit) -> anyhow::Result<Found> {
    let (clinic, visit) = (arguments.clinic, arguments.visit);
    let acts = reader.ledger.read_stream(clinic, &Stream::new("visit", visit), 0).await?;
    if acts.is_empty() && !reader.knows(clinic).await? {
        bail!("there is no clinic {clinic} in this database");
    }
    if acts.is_empty() {
        bail!("there is no visit {visit} at clinic {clinic}");
    }
    let reads = match whole(&acts).patient() {
        Some(patient) => reader.ledger.read_stream(clinic, &Stream::new(PATIENT_STREAM, patient.0), 0).await?,
        None => Vec::new(),
    };
    Ok(Found { acts, reads })
}

/// The visit as its events leave it, up to the first that cannot be read: enough to know whose it is.
fn whole(acts: &[Recorded]) -> Visit {
    let events: Vec<_> = acts.iter().map_while(|act| act.decode().ok()).collect();
    Visit::replay(&events)
}

fn tell(arguments: &arguments::Visit, found: &Found, acts: Vec<Act>) -> Told {
    // `happened` leaves one act at least.
    let last = &found.acts[acts.len().max(1) - 1];
    let reads = found.reads.iter().filter(|read| at::includes(arguments.at, last, read));
    let reads: Vec<_> = reads.filter_map(|read| story::read(read, arguments.visit)).collect();
    let (standing, unreadable) = match story::fold(&acts) {
        Ok(visit) => (Some(visit), None),
        Err(why) => (None, Some(why)),
    };
    Told {
        visit: arguments.visit,
        clinic: arguments.clinic,
        opened: false,
        recorded_at_position: None,
        at_sequence: last.sequence,
        story: story::interleave(acts.into_iter().map(|act| act.line), reads),
        standing,
        unreadable,
        faults: [&found.acts, &found.reads].into_iter().flat_map(|stream| seal::faults(stream)).collect(),
    }
}

fn exit(told: &Told) -> Exit {
    match (told.faults.is_empty(), &told.unreadable) {
        (false, _) => Exit::Invalid,
        (true, Some(_)) => Exit::Failed,
        (true, None) => Exit::Valid,
    }
}
