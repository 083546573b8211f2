//! Consent, of each kind its own machine: not asked, given, declined, withdrawn. Declining blocks nothing by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::already;
use super::{
    ConsentDeclined, ConsentGiven, ConsentKind, ConsentWithdrawn, DeclineConsent, Error, Event, GiveConsent,
    Participant, State, Visit, WithdrawConsent,
};
use crate::{Actor, Code};

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

    pub(super) fn apply(&mut self, event: &Event) {
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

/// While there is something to consent to.
const OPEN: [State; 5] = [State::Scheduled, State::Arrived, State::CheckedIn, State::Held, State::Admitted];
const WHILE_OPEN: &str = "consent is asked for until the visit ends, and of a patient who is expected or here";

impl Visit {
    pub(super) fn give_consent(&self, command: GiveConsent, actor: &Actor) -> Result<Event, Error> {
        self.require_own_patient(actor, "give-consent")?;
        self.require(&OPEN, "give-consent", WHILE_OPEN)?;
        let GiveConsent { kind, text_version } = command;
        if self.consents().get(kind) == Some(&ConsentState::Given(text_version.clone())) {
            return Err(already("this consent stands", "give-consent"));
        }
        Ok(ConsentGiven { participant: Participant::Patient, kind, text_version }.into())
    }

    pub(super) fn decline_consent(&self, command: DeclineConsent, actor: &Actor) -> Result<Event, Error> {
        self.require_own_patient(actor, "decline-consent")?;
        self.require(&OPEN, "decline-consent", WHILE_OPEN)?;
        let DeclineConsent { kind, text_version } = command;
        match self.consents().get(kind) {
            // Given consent ends by being withdrawn, so that nobody has to guess whether "no" was about a new text.
            Some(ConsentState::Given(_)) => Err(Error::WrongState {
                state: "this consent stands".to_owned(),
                command: "decline-consent",
                hint: "withdraw it instead",
            }),
            Some(ConsentState::Declined(declined)) if *declined == text_version => {
                Err(already("this consent is declined", "decline-consent"))
            }
            _ => Ok(ConsentDeclined { participant: Participant::Patient, kind, text_version }.into()),
        }
    }

    /// Taking consent back is the patient's right at any time, after the visit too.
    pub(super) fn withdraw_consent(&self, command: WithdrawConsent, actor: &Actor) -> Result<Event, Error> {
        self.require_own_patient(actor, "withdraw-consent")?;
        match self.consents().get(command.kind) {
            Some(ConsentState::Given(text_version)) => {
                let (kind, text_version) = (command.kind, text_version.clone());
                Ok(ConsentWithdrawn { participant: Participant::Patient, kind, text_version }.into())
            }
            _ => Err(Error::ConsentNotGiven),
        }
    }
}
