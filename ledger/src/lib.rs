//! The hash-chained, sealed, encrypted event log on Postgres. Formats: docs/ARCHITECTURE.md, "The ledger".
//!
//! Only this crate knows the log's SQL. Everything above appends through [`Ledger::append`] or, by an aggregate's rules,
//! through [`cqrs::execute`], and reads events as the exact bytes that were hashed.

pub mod add_checkpoint;
pub mod aggregate;
pub mod append;
pub mod backup;
pub mod checkpoint;
pub mod clock;
pub mod cosignature;
pub mod cosignatures;
pub mod cqrs;
pub mod database;
pub mod drafts;
pub mod epochs;
pub mod erased;
mod erasure;
mod event;
pub mod format;
pub mod intent;
pub mod kept;
mod ledger;
mod loader;
mod logs;
pub mod merkle;
mod migrations;
pub mod note;
pub mod publish;
mod read;
mod recovery;
pub mod restoration;
mod rows;
pub mod sealing;
mod sequencer;
pub mod statement;
#[cfg(test)]
mod vectors;
pub mod verify;
mod wakeups;
pub mod witnessed;

pub use aggregate::Loaded;
pub use clock::{Clock, Ids};
pub use event::{Draft, Metadata, Placed, Recorded, Unsealed};
pub use format::{Hash, Stream};
pub use intent::{Companion, Intent};
pub use ledger::{Ledger, Options};
pub use recovery::{Recovery, RecoveryError};
