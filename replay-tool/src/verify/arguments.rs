//! The command line of `verify`.

use std::path::PathBuf;

use clap::Args;
use uuid::Uuid;

use crate::arguments::Database;

#[derive(Args)]
pub struct Verify {
    /// Only this clinic's log
    #[arg(long, value_name = "ID")]
    pub clinic: Option<Uuid>,
    /// A checkpoint that was kept elsewhere: the log must have grown from it. May be given several times
    #[arg(long, value_name = "FILE")]
    pub against: Vec<PathBuf>,
    /// The trust policy (C2SP tlog-policy) that the kept checkpoints and the log's key are judged by
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    /// Prints the reports as JSON
    #[arg(long)]
    pub json: bool,
}
