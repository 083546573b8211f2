//! What came of an import, in numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::kind::Kind;

/// What became of the resources of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Lines read.
    pub read: u64,
    /// New facts in the log.
    pub imported: u64,
    /// Imported before with the same content.
    pub already_there: u64,
    /// Left out.
    pub unusable: u64,
    /// Of those imported or there: about a patient whom the clinic does not know. They are shown once the patient is.
    pub waiting: u64,
}

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// By FHIR resource type.
    pub kinds: BTreeMap<&'static str, Count>,
    /// How often each reason for leaving out was given.
    pub reasons: BTreeMap<&'static str, u64>,
    /// How often each remark was made on something that was kept.
    pub remarks: BTreeMap<&'static str, u64>,
    /// Patients whom the clinic does not know and about whom something was imported.
    pub patients_waited_for: u64,
    /// Files that could not be read to their end.
    pub faulty_files: u64,
    /// NDJSON files of kinds that are not imported.
    pub other_files: u64,
    /// Position in the clinic's log of the newest fact written.
    pub position: Option<u64>,
}

impl Summary {
    pub(crate) fn of(&mut self, kind: Kind) -> &mut Count {
        self.kinds.entry(kind.name()).or_default()
    }

    /// All kinds together.
    pub fn total(&self) -> Count {
        self.kinds.values().fold(Count::default(), |total, count| Count {
            read: total.read + count.read,
            imported: total.imported + count.imported,
            already_there: total.already_there + count.already_there,
            unusable: total.unusable + count.unusable,
            waiting: total.waiting + count.waiting,
        })
    }
}
