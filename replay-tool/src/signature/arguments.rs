//! The command line of `signature`.

use clap::Args;
use uuid::Uuid;

use crate::arguments::{Database, Opening};

#[derive(Args)]
pub struct Signature {
    /// The note
    #[arg(value_name = "NOTE")]
    pub note: Uuid,
    /// The clinic it is at
    #[arg(long, value_name = "ID")]
    pub clinic: Uuid,
    /// The visit it is of; without it the log is searched
    #[arg(long, value_name = "ID")]
    pub visit: Option<Uuid>,
    #[command(flatten)]
    pub database: Database,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub opening: Opening,
}
