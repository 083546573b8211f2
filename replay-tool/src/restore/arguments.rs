//! The command line of `restore`.

use std::path::PathBuf;

use clap::Args;

use crate::arguments::{Database, Recording};
use crate::backup::arguments::BackupFiles;
use crate::recover::arguments::KeptFiles;

#[derive(Args)]
pub struct Restore {
    #[command(flatten)]
    pub files: BackupFiles,
    /// Where the files of visits are put back: what the servers will know as storage_directory, without files
    #[arg(long, value_name = "DIR", requires = "files_from")]
    pub storage: Option<PathBuf>,
    #[command(flatten)]
    pub kept: KeptFiles,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub recording: Recording,
    /// The empty database, as its owner
    #[command(flatten)]
    pub database: Database,
}
