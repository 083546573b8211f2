//! `daybook-replay backup`: the log and the keys, each in a file of its own and for a recipient of its own, and beside them in
//! the clear where every log stood.

pub mod file;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use daybook_ledger::Clock;
use daybook_ledger::backup::{self, Head};
use daybook_ledger::clock::System;
use serde::{Deserialize, Serialize};

use crate::arguments;
use crate::exit::Exit;
use crate::print::{self, number};
use file::Sealed;

/// What lies beside a backup in the clear. It holds no PHI, and it is there only once the rest is there whole.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// When it was begun.
    pub made_at: DateTime<Utc>,
    /// Where each log stood. Nobody signed this: the logs' own signed heads are in the backup.
    pub heads: Vec<Head>,
}

pub async fn run(arguments: arguments::Backup) -> anyhow::Result<Exit> {
    let arguments::Backup { to, recipient, keys_to, keys_recipient, database } = arguments;
    if recipient == keys_recipient {
        bail!("whoever opens the log's backup could open the keys too: --keys-recipient has to be another recipient");
    }
    let made_at = System.now();
    let (mut log, mut keys) = (Sealed::create(&to, &recipient)?, Sealed::create(&keys_to, &keys_recipient)?);
    let heads = backup::dump(&database.database_url, log.sink(), keys.sink()).await?;
    // The keys first: a log without its keys would be a backup of nothing that can be read. What lies beside comes last, and
    // says that all of it is there.
    let bytes = keys.finish()? + log.finish()?;
    let (logs, events) = (heads.len(), heads.iter().map(|head| head.size).sum());
    file::write(&file::beside(&to), &serde_json::to_vec_pretty(&Beside { made_at, heads })?)
        .context("what lies beside the backup cannot be written")?;
    print::out(&format!(
        "{} events of {logs} logs, {} bytes: {} and {}",
        number(events),
        number(bytes),
        to.display(),
        keys_to.display()
    ))?;
    Ok(Exit::Valid)
}
