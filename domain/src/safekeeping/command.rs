//! What can be asked of a clinic's safekeeping: to record what a program has done and measured. It never does it itself.

use super::{BackupMade, RestoreDrilled};

/// Everything that can be recorded.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A backup stands whole under its names.
    RecordBackup(Box<BackupMade>),
    /// A backup was restored elsewhere, or turned out not to be what was written.
    RecordDrill(Box<RestoreDrilled>),
}

impl Command {
    /// The command's name, kebab-case.
    pub fn name(&self) -> &'static str {
        match self {
            Command::RecordBackup(_) => "record-backup",
            Command::RecordDrill(_) => "record-drill",
        }
    }
}
