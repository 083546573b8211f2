//! Ask for an interpreter, assign one, record that they are there, or that the patient wants none.

use super::{InsteadOfInterpreter, InterpreterModality, InterpreterQualification};
use crate::visit::declare::commands;
use crate::{Code, Language, ParticipantId, Text};

commands! {
    /// The visit needs an interpreter. The newest need counts.
    RequestInterpreter {
        /// The patient's language, as a BCP 47 tag.
        language: Language,
        /// How the interpreter is to take part.
        modality: InterpreterModality,
    }

    /// An interpreter was found.
    AssignInterpreter {
        /// What makes them one.
        qualification: InterpreterQualification,
        /// The agency that sends them, as the clinic names it; none for the clinic's own staff.
        agency_id: Option<Code>,
        /// The number they interpret under.
        interpreter_number: Option<Code>,
    }

    /// An interpreter is there and interprets from now on.
    RecordInterpreterJoined {
        /// Who was assigned.
        participant_id: ParticipantId,
    }

    /// The patient does not want an interpreter.
    DeclineInterpreter {
        /// What they want instead.
        instead: InsteadOfInterpreter,
        /// Why, in the patient's words.
        reason: Option<Text<500>>,
    }
}

/// A fresh value for somebody who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewParticipant {
    /// The id they get.
    pub participant_id: ParticipantId,
}
