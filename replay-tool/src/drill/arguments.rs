//! The command line of `drill`.

use std::path::PathBuf;

use clap::Args;
use daybook_domain::safekeeping::Span;

use crate::arguments::{Database, Recording};
use crate::backup::arguments::BackupFiles;

#[derive(Args)]
pub struct Drill {
    #[command(flatten)]
    pub files: BackupFiles,
    /// The most that may be lost, as promised (recovery point objective)
    #[arg(long, env = "DAYBOOK_RECOVERY_POINT_OBJECTIVE", value_name = "90s|15m|24h|30d")]
    pub point_objective: Option<Span>,
    /// The longest it may take, as promised (recovery time objective)
    #[arg(long, env = "DAYBOOK_RECOVERY_TIME_OBJECTIVE", value_name = "90s|15m|24h|30d")]
    pub time_objective: Option<Span>,
    /// A folder for the certificates, one a clinic, as signed notes
    #[arg(long, value_name = "FOLDER")]
    pub certificates: Option<PathBuf>,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub recording: Recording,
    /// The live log to compare with
    #[command(flatten)]
    pub database: Database,
}
