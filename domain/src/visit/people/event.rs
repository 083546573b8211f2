//! Interpreters asked for, found, there and declined.

use super::{InsteadOfInterpreter, InterpreterModality, InterpreterQualification};
use crate::visit::declare::payloads;
use crate::{Code, Language, ParticipantId, Phi, Role, Text};

payloads! {
    /// The visit needs an interpreter.
    InterpreterRequested {
        /// The patient's language, as a BCP 47 tag; a sign language has one too.
        language: Language,
        /// How the interpreter is to take part.
        modality: InterpreterModality,
        /// Who entered it: the patient, or staff on the patient's word.
        requested_by: Role,
    }

    /// An interpreter was found.
    InterpreterAssigned {
        /// The interpreter, as a participant of this visit.
        participant_id: ParticipantId,
        /// For which language.
        language: Language,
        /// What makes them one.
        qualification: InterpreterQualification,
        /// The agency that sends them, as the clinic names it; absent for the clinic's own staff.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agency_id: Option<Code>,
        /// The number they interpret under.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interpreter_number: Option<Code>,
        /// In which role they were assigned.
        assigned_by: Role,
    }

    /// An interpreter is there and interprets from now on.
    InterpreterJoined {
        /// The interpreter.
        participant_id: ParticipantId,
        /// For which language.
        language: Language,
        /// What makes them one.
        qualification: InterpreterQualification,
        /// The agency that sent them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agency_id: Option<Code>,
        /// In which role it was recorded.
        recorded_by: Role,
    }

    /// The patient does not want an interpreter.
    InterpreterDeclined {
        /// What they want instead.
        instead: InsteadOfInterpreter,
        /// Why, in the patient's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Phi<Text<500>>>,
        /// Who entered it: the patient, or staff on the patient's word.
        declined_by: Role,
    }
}
