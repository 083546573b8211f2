//! Consent, of each kind its own machine: not asked, given, declined, withdrawn.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ConsentKind;
use crate::Code;
use crate::visit::Event;

/// What became of one question for consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentState {
    /// Given, and standing, to the text of this version.
    Given(Code),
    /// Asked with the text of this version, and declined.
    Declined(Code),
    /// Given once to the text of this version, and taken back.
    Withdrawn(Code),
}

/// The patient's consents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consents(BTreeMap<ConsentKind, ConsentState>);

impl Consents {
    /// What became of the question; `None` if it was not asked.
    pub fn get(&self, kind: ConsentKind) -> Option<&ConsentState> {
        self.0.get(&kind)
    }

    /// Whether consent was given and not taken back.
    pub fn stands(&self, kind: ConsentKind) -> bool {
        matches!(self.get(kind), Some(ConsentState::Given(_)))
    }

    pub(in crate::visit) fn apply(&mut self, event: &Event) {
        let (kind, state) = match event {
            Event::ConsentGiven(given) => (given.kind, ConsentState::Given(given.text_version.clone())),
            Event::ConsentDeclined(declined) => (declined.kind, ConsentState::Declined(declined.text_version.clone())),
            Event::ConsentWithdrawn(withdrawn) => {
                (withdrawn.kind, ConsentState::Withdrawn(withdrawn.text_version.clone()))
            }
            _ => return,
        };
        self.0.insert(kind, state);
    }
}
