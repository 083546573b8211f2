//! `daybook-replay witness`: for an organization that is to keep a log's operator honest. It needs no database, and nothing of
//! the operator's but the log's public key.

pub mod arguments;
mod serve;

use std::path::PathBuf;

use daybook_audit::witness;
use daybook_ledger::Ids;
use daybook_ledger::clock::System;
use serde::Serialize;
use zeroize::Zeroizing;

use self::arguments::WitnessKey;
use crate::exit::Exit;
use crate::print;

/// What is told of a new key as JSON.
#[derive(Serialize)]
struct Told {
    /// The public key.
    key: String,
    folder: PathBuf,
}

pub async fn run(arguments: arguments::Witness) -> anyhow::Result<Exit> {
    match arguments {
        arguments::Witness::Key(WitnessKey { name, folder, json }) => {
            let seed = Zeroizing::new(System.secret());
            let key = witness::make(&folder, &name, &seed)?.to_string();
            if json { print::json(&Told { key, folder })? } else { print::out(&key)? }
        }
        arguments::Witness::Serve(arguments) => serve::run(arguments).await?,
    }
    Ok(Exit::Valid)
}
