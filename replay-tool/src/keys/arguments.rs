//! The command line of `keys`.

use clap::{Args, Subcommand};
use daybook_domain::{Code, KeySecretId, ShapeError};

use crate::arguments::{Database, Destroyed, Recording, code};

#[derive(Args)]
pub struct Keys {
    #[command(subcommand)]
    pub command: KeysCommand,
}

#[derive(Subcommand)]
pub enum KeysCommand {
    /// Wraps every key anew, under the first of DAYBOOK_KEY_SECRETS, and tells the logs.
    Rewrap(Rewrap),
    /// Tells the logs that no copy of a key secret is left, on your word.
    SecretDestroyed(SecretDestroyed),
    /// How many keys are wrapped under which secret.
    Status(KeysStatus),
}

#[derive(Args)]
pub struct Rewrap {
    /// Who runs this; recorded
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub operator: Code,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub recording: Recording,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct SecretDestroyed {
    /// The secret's name, as `keys status` shows it
    #[arg(long, value_name = "ID", value_parser = key_secret)]
    pub key_secret: KeySecretId,
    #[command(flatten)]
    pub destroyed: Destroyed,
}

#[derive(Args)]
pub struct KeysStatus {
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub database: Database,
}

fn key_secret(text: &str) -> Result<KeySecretId, ShapeError> {
    KeySecretId::try_from(text)
}
