//! How a clinic's log is kept safe: its backups, and whether they can be restored. One stream a clinic, apart from the
//! clinic's own, on which decisions about care rely. No event of it is of a patient, and none holds content of a backup.

mod aggregate;
mod alarm;
mod certificate;
mod command;
mod event;
#[cfg(test)]
pub mod example;
mod objective;
mod rules;
mod span;
mod state;
mod unrecoverable;

pub use alarm::{Alarm, Promises};
pub use command::Command;
pub use event::{
    BackupDestroyed, BackupMade, DrillFailed, DrillStep, Event, KeySecretDestroyed, KeysRewrapped, LedgerRecovered,
    RestoreDrilled, Restored,
};
pub use objective::Objective;
pub use rules::Error;
pub use span::Span;
pub use state::Safekeeping;
pub use unrecoverable::Unrecoverable;
