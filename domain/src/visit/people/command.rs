//! Ask for an interpreter, assign one, record that they are there, or that the patient wants none; identify a proxy;
//! invite others; name a supervisor.

use super::{InsteadOfInterpreter, InterpreterModality, InterpreterQualification, InviteeKind};
use crate::law::{Reliance, Standing};
use crate::patient::ProxyAuthority;
use crate::visit::declare::commands;
use crate::visit::{Identifier, IdentityMethod};
use crate::{AuthorityId, Code, Language, Licence, ParticipantId, ProviderId, Sha256Hex, Text, TimeZone};
use chrono::{DateTime, NaiveDate, Utc};

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

    /// Staff made sure who acts for the patient.
    VerifyProxy {
        /// The authority on the patient's record.
        authority_id: AuthorityId,
        /// How they were identified.
        method: IdentityMethod,
        /// By which identifiers; two different ones at least.
        identifiers: Vec<Identifier>,
    }

    /// Somebody is invited, by a token that is good once.
    InviteParticipant {
        /// As what.
        kind: InviteeKind,
        /// Their name.
        name: Text<200>,
        /// Until when the token may be used; 31 days at most.
        expires_at: DateTime<Utc>,
    }

    /// An invitation is taken back, used or not.
    RevokeInvitation {
        /// Who was invited.
        participant_id: ParticipantId,
    }

    /// Somebody comes with a token.
    UseInvitation {
        /// Its hash.
        token_sha256: Sha256Hex,
    }

    /// The provider who treats does so under the supervision of another one, who cosigns whatever they sign.
    NameSupervisor {
        /// Another provider of the clinic, licensed where the patient is.
        supervisor_id: ProviderId,
    }
}

/// Fresh values for an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// The id of who is invited.
    pub participant_id: ParticipantId,
    /// The hash of the token.
    pub token_sha256: Sha256Hex,
}

/// A fresh value for somebody who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewParticipant {
    /// The id they get.
    pub participant_id: ParticipantId,
}

/// What is on record of somebody who acts for the patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyFacts {
    /// The authority the command is about, as the patient's record has it.
    pub authority: Option<ProxyAuthority>,
    /// Whether the patient is of age: a parent acts for a minor only.
    pub standing: Standing,
    /// The clinic's day.
    pub today: NaiveDate,
}

/// What the clinic's records say of a supervisor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SupervisorFacts {
    /// Whether they are a provider of the clinic.
    pub registered: bool,
    /// Every licence on record, valid or not.
    pub licences: Vec<Licence>,
    /// Where the clinic's clocks are set.
    pub time_zone: TimeZone,
    /// On which rules of law the clinic may rely.
    pub reliance: Reliance,
}
