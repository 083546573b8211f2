//! What can be asked of a clinic's safekeeping: to record what a program has done and measured. It never does it itself.

use super::{
    BackupDestroyed, BackupMade, DrillFailed, KeySecretDestroyed, KeysRewrapped, LedgerRecovered, RestoreDrilled,
};

/// Everything that can be recorded.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A backup stands whole under its names.
    RecordBackup(Box<BackupMade>),
    /// A backup was restored elsewhere, or turned out not to be what was written.
    RecordDrill(Box<RestoreDrilled>),
    /// Whether a backup can be restored could not be found out.
    RecordDrillFailed(DrillFailed),
    /// Nobody has a backup's keys any more.
    RecordBackupDestroyed(BackupDestroyed),
    /// All keys are wrapped under one secret.
    RecordRewrapping(KeysRewrapped),
    /// Nobody has a key secret any more.
    RecordSecretDestroyed(KeySecretDestroyed),
    /// The log begins anew from what was restored.
    Recover(Box<LedgerRecovered>),
}

impl Command {
    /// The command's name, kebab-case.
    pub fn name(&self) -> &'static str {
        match self {
            Command::RecordBackup(_) => "record-backup",
            Command::RecordDrill(_) => "record-drill",
            Command::RecordDrillFailed(_) => "record-drill-failed",
            Command::RecordBackupDestroyed(_) => "record-backup-destroyed",
            Command::RecordRewrapping(_) => "record-rewrapping",
            Command::RecordSecretDestroyed(_) => "record-secret-destroyed",
            Command::Recover(_) => "recover",
        }
    }
}
