//! The command line of `restore`.

use std::path::PathBuf;

use clap::Args;

use crate::arguments::{Database, Recording};
use crate::backup::arguments::BackupFiles;

#[derive(Args)]
pub struct Restore {
    #[command(flatten)]
    pub files: BackupFiles,
    /// Where the files of visits are put back: what the servers will know as storage_directory, without files
    #[arg(long, value_name = "DIR", requires = "files_from")]
    pub storage: Option<PathBuf>,
    /// A checkpoint that was kept elsewhere: what it covers beyond the backup is known to be lost. May be given several times
    #[arg(long, value_name = "FILE")]
    pub against: Vec<PathBuf>,
    /// The trust policy (C2SP tlog-policy) that the kept checkpoints and the logs' keys are judged by
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub recording: Recording,
    /// The empty database, as its owner
    #[command(flatten)]
    pub database: Database,
}
