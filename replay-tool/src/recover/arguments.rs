//! The command line of `recover`, and of what it has in common with that of `restore`.

use std::path::PathBuf;

use clap::Args;

use crate::arguments::{Database, Recording};

#[derive(Args)]
pub struct Recover {
    #[command(flatten)]
    pub kept: KeptFiles,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub recording: Recording,
    #[command(flatten)]
    pub database: Database,
}

/// What is known of the logs from elsewhere.
#[derive(Args)]
pub struct KeptFiles {
    /// A checkpoint that was kept elsewhere: what it covers beyond what is there is known to be lost. May be given several times
    #[arg(long, value_name = "FILE")]
    pub against: Vec<PathBuf>,
    /// The trust policy (C2SP tlog-policy) that the kept checkpoints and the logs' keys are judged by
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}
