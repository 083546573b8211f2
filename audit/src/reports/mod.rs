//! The reports: each a pure function of facts that were looked up for it, to a [`crate::Table`].

mod access;
mod access_review;
mod breach;
mod consents;
mod disclosures;
#[cfg(test)]
mod example;
mod glass;
mod integrity;
mod notable;
mod recall;
mod reconciliation;
mod who_looked;

pub use access::accesses;
pub use access_review::{access_review, access_reviews};
pub use breach::received;
pub use consents::consent_history;
pub use disclosures::disclosures;
pub use glass::{broken_glasses, is_through};
pub use integrity::integrity_history;
pub use notable::{Circumstances, Notable, Sign, family_name, notable, notable_accesses};
pub use recall::{NoteVersion, Received, Superseded, recall, stood, superseded_versions};
pub use reconciliation::{
    Happening, Only, Outside, OutsideRecord, Unanswered, differences, reconciliation, told_by_the_log,
};
pub use who_looked::{Staff, who_looked};

use daybook_projections::Reading;
use serde::Serialize;

use crate::Cell;

/// Whether a part of the log was taken away.
pub fn is_export(reading: &Reading) -> bool {
    !reading.denied && ["export-log", "export-content"].contains(&reading.action.as_str())
}

/// A term of a closed list as stored.
fn term(term: &impl Serialize) -> Cell {
    match serde_json::to_value(term) {
        Ok(serde_json::Value::String(name)) => Cell::Text(name),
        _ => Cell::None,
    }
}
