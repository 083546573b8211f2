//! `daybook-replay witness`: for an organization that is to keep a log's operator honest. It needs no database, and nothing of
//! the operator's but the log's public key.

pub mod arguments;
mod serve;

use daybook_audit::witness;
use daybook_ledger::Ids;
use daybook_ledger::clock::System;
use zeroize::Zeroizing;

use self::arguments::WitnessKey;
use crate::exit::Exit;
use crate::print;

pub async fn run(arguments: arguments::Witness) -> anyhow::Result<Exit> {
    match arguments {
        arguments::Witness::Key(WitnessKey { name, folder }) => {
            let seed = Zeroizing::new(System.secret());
            print::out(&witness::make(&folder, &name, &seed)?.to_string())?;
        }
        arguments::Witness::Serve(arguments) => serve::run(arguments).await?,
    }
    Ok(Exit::Valid)
}
