//! What an imported resource's stream adds up to. Holds no PHI.

use std::collections::BTreeSet;

use super::Event;
use crate::{PatientId, Sha256Hex};

/// An imported resource as far as the rules need it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    patient: Option<PatientId>,
    contents: BTreeSet<Sha256Hex>,
}

impl History {
    /// Whom it is about; `None` for a practitioner or an organization.
    pub fn patient(&self) -> Option<PatientId> {
        self.patient
    }

    /// Whether exactly this content was imported before, from whatever file.
    pub fn has(&self, content_key: &Sha256Hex) -> bool {
        self.contents.contains(content_key)
    }

    pub(super) fn apply_event(&mut self, event: &Event) {
        let origin = match event {
            Event::HistoryImported(imported) => {
                self.patient = Some(imported.patient_id);
                &imported.origin
            }
            Event::DirectoryImported(imported) => &imported.origin,
        };
        self.contents.insert(origin.content_key.clone());
    }
}
