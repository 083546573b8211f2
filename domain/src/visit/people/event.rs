//! Interpreters asked for, found, there and declined; proxies known; caregivers and guests
//! invited.

use chrono::{DateTime, Utc};

use super::{InsteadOfInterpreter, InterpreterModality, InterpreterQualification, InviteeKind};
use crate::patient::ProxyKind;
use crate::visit::declare::payloads;
use crate::visit::{Identifier, IdentityMethod};
use crate::{AuthorityId, Code, Language, ParticipantId, Phi, ProviderId, Role, Sha256Hex, Text};

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

    /// Staff made sure who acts for the patient, and that the patient's record names them.
    ProxyVerified {
        /// The proxy, as a participant of this visit.
        participant_id: ParticipantId,
        /// The authority on the patient's record.
        authority_id: AuthorityId,
        /// What makes them a proxy.
        kind: ProxyKind,
        /// How they were identified.
        method: IdentityMethod,
        /// By which identifiers.
        identifiers: Vec<Identifier>,
        /// In which role.
        verified_by: Role,
    }

    /// Somebody was invited to the visit, by a token that is good once.
    ParticipantInvited {
        /// Who, as a participant of this visit.
        participant_id: ParticipantId,
        /// As what.
        kind: InviteeKind,
        /// Their name.
        name: Phi<Text<200>>,
        /// Hash of the token; the token itself was handed out and is kept nowhere.
        token_sha256: Sha256Hex,
        /// Until when it may be used.
        expires_at: DateTime<Utc>,
        /// In which role they were invited.
        invited_by: Role,
    }

    /// Somebody came with an invitation, which is used up.
    InvitationUsed {
        /// Who was invited.
        participant_id: ParticipantId,
    }

    /// An invitation was taken back.
    InvitationRevoked {
        /// Who was invited.
        participant_id: ParticipantId,
        /// In which role it was taken back.
        revoked_by: Role,
    }

    /// The provider who treats works under the supervision of another one, who answers for what they write.
    SupervisorNamed {
        /// Who treats.
        trainee_id: ProviderId,
        /// Who supervises them in this visit.
        supervisor_id: ProviderId,
        /// In which role it was entered.
        named_by: Role,
    }
}
