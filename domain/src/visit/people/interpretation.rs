//! Interpreting as a machine of its own: nobody asked, needed, assigned, there, declined.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    InsteadOfInterpreter, InterpreterAssigned, InterpreterDeclined, InterpreterJoined, InterpreterModality,
    InterpreterQualification, InterpreterRequested,
};
use crate::visit::Event;
use crate::{Code, Language, ParticipantId};

/// Where interpreting stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InterpretationState {
    /// Nobody asked for an interpreter.
    #[default]
    NotRequested,
    /// One is needed and not yet found.
    Requested,
    /// One was found and is not yet there.
    Assigned,
    /// One is there.
    Joined,
    /// The patient wants none.
    Declined,
}

/// What is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterpreterNeed {
    /// The patient's language.
    pub language: Language,
    /// How the interpreter is to take part.
    pub modality: InterpreterModality,
}

/// Somebody who interprets, or is to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interpreter {
    /// For which language.
    pub language: Language,
    /// What makes them one.
    pub qualification: InterpreterQualification,
    /// The agency that sends them.
    pub agency_id: Option<Code>,
    /// Whether they were there.
    pub joined: bool,
}

/// What is known of interpreting in a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interpretation {
    state: InterpretationState,
    need: Option<InterpreterNeed>,
    instead: Option<InsteadOfInterpreter>,
    interpreters: BTreeMap<ParticipantId, Interpreter>,
}

impl Interpretation {
    /// Where it stands.
    pub fn state(&self) -> InterpretationState {
        self.state
    }

    /// What was last asked for, whether or not the patient declined it since.
    pub fn need(&self) -> Option<&InterpreterNeed> {
        self.need.as_ref()
    }

    /// What the patient wants instead, once they declined.
    pub fn instead(&self) -> Option<InsteadOfInterpreter> {
        self.instead
    }

    /// Everybody who was assigned.
    pub fn interpreters(&self) -> impl Iterator<Item = (ParticipantId, &Interpreter)> {
        self.interpreters.iter().map(|(id, interpreter)| (*id, interpreter))
    }

    /// One who was assigned.
    pub fn interpreter(&self, id: ParticipantId) -> Option<&Interpreter> {
        self.interpreters.get(&id)
    }

    /// Takes an event of the visit in; everything that is not about interpreting is passed over.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::InterpreterRequested(requested) => self.request(requested),
            Event::InterpreterAssigned(assigned) => self.assign(assigned),
            Event::InterpreterJoined(joined) => self.join(joined),
            Event::InterpreterDeclined(declined) => self.decline(declined),
            Event::Rescheduled(_) => self.begin_anew(),
            _ => {}
        }
    }

    /// Another language starts the search anew; another modality for the same language keeps who was found.
    fn request(&mut self, requested: &InterpreterRequested) {
        let same_language = self.need.as_ref().is_some_and(|need| need.language == requested.language);
        if !same_language || matches!(self.state, InterpretationState::NotRequested | InterpretationState::Declined) {
            self.state = InterpretationState::Requested;
        }
        self.need = Some(InterpreterNeed { language: requested.language.clone(), modality: requested.modality });
        self.instead = None;
    }

    fn assign(&mut self, assigned: &InterpreterAssigned) {
        if self.state != InterpretationState::Joined {
            self.state = InterpretationState::Assigned;
        }
        let interpreter = Interpreter {
            language: assigned.language.clone(),
            qualification: assigned.qualification,
            agency_id: assigned.agency_id.clone(),
            joined: false,
        };
        self.interpreters.insert(assigned.participant_id, interpreter);
    }

    fn join(&mut self, joined: &InterpreterJoined) {
        self.state = InterpretationState::Joined;
        if let Some(interpreter) = self.interpreters.get_mut(&joined.participant_id) {
            interpreter.joined = true;
        }
    }

    /// Who was found for one time was not found for another; the need stays.
    fn begin_anew(&mut self) {
        if matches!(self.state, InterpretationState::Assigned | InterpretationState::Joined) {
            self.state = InterpretationState::Requested;
        }
    }

    fn decline(&mut self, declined: &InterpreterDeclined) {
        self.state = InterpretationState::Declined;
        self.instead = Some(declined.instead);
    }
}
