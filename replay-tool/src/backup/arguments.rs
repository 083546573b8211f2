//! The command line of `backup`.

use std::path::PathBuf;

use clap::{ArgAction, Args, Subcommand};
use daybook_domain::safekeeping::Span;
use daybook_domain::{Sha256Hex, ShapeError};

use crate::arguments::{Database, Destroyed, Recording};

#[derive(Args)]
pub struct Backup {
    #[command(subcommand)]
    pub command: BackupCommand,
}

#[derive(Subcommand)]
pub enum BackupCommand {
    /// Writes the log and, apart from it, the keys as of one moment, each encrypted (age) for a recipient of its own; and then
    /// the files of visits, if told where they are.
    Make(MakeBackup),
    /// Tells the logs of a backup that stands whole, where that was not done when it was made.
    Record(RecordBackup),
    /// Tells the logs that no copy of a backup's keys file is left, on your word.
    Destroyed(BackupDestroyed),
    /// How old each log's newest backup is and its last drill that passed; ends with 1 if one is too old.
    Status(BackupStatus),
}

#[derive(Args)]
pub struct MakeBackup {
    /// The log's file; beside it, with .json added, is written in the clear where each log stood
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Who can decrypt it: a public key of age
    #[arg(long, value_name = "age1…")]
    pub recipient: String,
    /// The keys' file, to be kept elsewhere
    #[arg(long, value_name = "FILE")]
    pub keys_to: PathBuf,
    /// Who can decrypt the keys: another public key
    #[arg(long, value_name = "age1…")]
    pub keys_recipient: String,
    /// Where the servers keep the files of visits, as their storage_directory says: with it the files are in the backup too
    #[arg(long, value_name = "DIR", requires = "files_to")]
    pub storage: Option<PathBuf>,
    /// The file of the files of visits, for the log's recipient; what opens them is in the keys' file alone
    #[arg(long, value_name = "FILE", requires = "storage")]
    pub files_to: Option<PathBuf>,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub recording: Recording,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct RecordBackup {
    /// The log's file
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// The keys' file
    #[arg(long, value_name = "FILE")]
    pub keys_from: PathBuf,
    /// The file of the files of visits, where the backup has one
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub recording: Recording,
    #[command(flatten)]
    pub database: Database,
}

/// A backup's files, and what decrypts them.
#[derive(Args)]
pub struct BackupFiles {
    /// The log's file
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// The file with the identity (the private key of age) that decrypts it
    #[arg(long, value_name = "FILE")]
    pub identity: PathBuf,
    /// The keys' file
    #[arg(long, value_name = "FILE")]
    pub keys_from: PathBuf,
    /// The file with the identity that decrypts the keys
    #[arg(long, value_name = "FILE")]
    pub keys_identity: PathBuf,
    /// The file of the files of visits, where the backup has one; the log's identity decrypts it
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,
}

#[derive(Args)]
pub struct BackupDestroyed {
    /// The hash of the keys' file, as what lies beside the backup has it
    #[arg(long, value_name = "SHA256", value_parser = sha256)]
    pub keys_sha256: Sha256Hex,
    #[command(flatten)]
    pub destroyed: Destroyed,
}

#[derive(Args)]
pub struct BackupStatus {
    /// The oldest that a newest backup may be (recovery point objective)
    #[arg(long, env = "DAYBOOK_RECOVERY_POINT_OBJECTIVE", value_name = "90s|15m|24h|30d", default_value = "24h")]
    pub point_objective: Span,
    /// The longest that the last drill may have taken (recovery time objective)
    #[arg(long, env = "DAYBOOK_RECOVERY_TIME_OBJECTIVE", value_name = "90s|15m|24h|30d")]
    pub time_objective: Option<Span>,
    /// The oldest that the last drill that passed may be
    #[arg(long, env = "DAYBOOK_DRILL_EVERY", value_name = "90s|15m|24h|30d", default_value = "90d")]
    pub drill_every: Span,
    /// Whether files of visits have to be in the backups and opened in the drills: `false` where they are backed up by other means
    #[arg(
        long,
        env = "DAYBOOK_FILES_IN_BACKUPS",
        value_name = "true|false",
        default_value_t = true,
        action = ArgAction::Set
    )]
    pub files_in_backups: bool,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub database: Database,
}

fn sha256(text: &str) -> Result<Sha256Hex, ShapeError> {
    Sha256Hex::try_from(text)
}
