//! `daybook-replay projections`: whether the read models are what the log says, row by row where they are not, and building
//! them again, while reads go on.

pub mod arguments;
mod words;

use anyhow::bail;
use daybook_projections::{Comparison, Selection, compare, rebuild};

use self::arguments::{ProjectionsCommand, ReadModels};
use crate::exit::Exit;
use crate::print;
use crate::progress::Progress;
use crate::reader::Reader;

/// A rebuild holds one, reads the log over another; the ledger listens on a third.
const CONNECTIONS: u32 = 4;

pub async fn run(command: ProjectionsCommand) -> anyhow::Result<Exit> {
    match command {
        ProjectionsCommand::Verify(which) => held_against_the_log(which, words::verdicts).await,
        ProjectionsCommand::Diff(which) => held_against_the_log(which, words::differences).await,
        ProjectionsCommand::Rebuild(which) => rebuilt(which).await,
    }
}

async fn held_against_the_log(which: ReadModels, words: fn(&[Comparison]) -> String) -> anyhow::Result<Exit> {
    let (reader, selection, progress) = begin(&which).await?;
    let comparisons = compare(&reader.pool, &reader.ledger, &selection, |events| progress.add(events)).await?;
    progress.finish();
    if which.json {
        print::json(&comparisons)?;
    } else {
        print::out(&words(&comparisons))?;
    }
    Ok(exit(&comparisons))
}

async fn rebuilt(which: ReadModels) -> anyhow::Result<Exit> {
    let (reader, selection, progress) = begin(&which).await?;
    let rebuilt = rebuild(&reader.pool, &reader.ledger, &selection, |events| progress.add(events)).await?;
    progress.finish();
    if which.json {
        print::json(&rebuilt)?;
    } else {
        print::out(&words::rebuilt(&rebuilt))?;
    }
    Ok(if rebuilt.stopped.is_empty() { Exit::Valid } else { Exit::Incomplete })
}

async fn begin(which: &ReadModels) -> anyhow::Result<(Reader, Selection, Progress)> {
    let reader = Reader::connect(&which.database.database_url, CONNECTIONS).await?;
    let selection = Selection { clinic: which.clinic, view: which.projection };
    let clinics = selection.clinics(&reader.ledger).await?;
    if let (Some(clinic), []) = (which.clinic, &clinics[..]) {
        bail!("there is no clinic {clinic} in this database");
    }
    let mut events = 0;
    for clinic in clinics {
        events += reader.ledger.head(clinic).await?.map_or(0, |head| head.size);
    }
    Ok((reader, selection, Progress::events(events)))
}

/// One that stopped short of the log tells less than the log does, but nothing wrong.
fn exit(comparisons: &[Comparison]) -> Exit {
    if comparisons.iter().any(|of| of.difference_count > 0) {
        Exit::Invalid
    } else if comparisons.is_empty() || comparisons.iter().any(|of| of.stopped.is_some()) {
        Exit::Incomplete
    } else {
        Exit::Valid
    }
}
