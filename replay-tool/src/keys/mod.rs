//! `daybook-replay keys`: wrapping patients' keys under a new secret, so that the old one can be destroyed, and with it what every
//! backup from before holds of patients who were erased since.

pub mod arguments;
mod destroyed;
mod rewrap;
mod status;

use anyhow::Context;
use daybook_ledger::database::{self, DatabaseRole};
use sqlx::PgPool;

use self::arguments::KeysCommand;
use crate::exit::Exit;

pub async fn run(arguments: arguments::Keys) -> anyhow::Result<Exit> {
    match arguments.command {
        KeysCommand::Rewrap(arguments) => rewrap::run(arguments).await,
        KeysCommand::SecretDestroyed(arguments) => destroyed::run(arguments).await,
        KeysCommand::Status(arguments) => status::run(arguments).await,
    }
}

async fn store(url: &str) -> anyhow::Result<PgPool> {
    let store = database::connect(url, DatabaseRole::Keys, 2).await;
    store.context("the key store cannot be reached; the login must be a member of daybook_keys")
}
