//! Interpreters and proxies in examples.

use chrono::Duration;

use super::*;
use crate::given::{PROVIDER, code, id, now, text};
use crate::law::Standing;
use crate::patient::ProxyAuthority;
use crate::patient::example::{AUTHORITY, authority_verified, today};
use crate::visit::example::{COSIGNER, licensed};
use crate::visit::{AdmitFacts, Command, Event, Identifier, IdentityMethod};
use crate::{Language, Phi, Role, Sha256Hex};

/// The interpreter of every test visit that has one.
pub const INTERPRETER: u128 = 70;
/// The guest of every test visit that has one.
pub const GUEST: u128 = 72;
/// The proxy of every test visit that has one.
pub const PROXY: u128 = 71;

fn token_sha256() -> Sha256Hex {
    Sha256Hex::of(&[b"a random token"])
}

/// A provider of the clinic, licensed in Wisconsin all year.
pub fn supervisor_facts() -> SupervisorFacts {
    let AdmitFacts { licences, time_zone, reliance, .. } = licensed();
    SupervisorFacts { registered: true, licences, time_zone, reliance }
}

/// The patient is of age in Wisconsin.
pub fn of_age() -> Standing {
    Standing::OfAge { rule: code("majority.18") }
}

/// The patient is a minor there; perhaps with a row that lets them consent alone.
pub fn minor(alone: Option<&str>) -> Standing {
    Standing::Minor { rule: code("majority.18"), alone: alone.map(|row| Ok(Some(code(row)))) }
}

/// A parent's authority, standing.
pub fn authority() -> ProxyAuthority {
    let verified = authority_verified();
    ProxyAuthority {
        authority_id: verified.authority_id,
        kind: verified.kind,
        scope: verified.scope,
        expires_on: verified.expires_on,
        ended: false,
    }
}

/// A minor's parent.
pub fn proxy_facts() -> ProxyFacts {
    ProxyFacts { authority: Some(authority()), standing: minor(None), today: today() }
}

fn language(tag: &str) -> Language {
    tag.try_into().unwrap()
}

pub mod events {
    use super::*;

    pub fn interpreter_requested(tag: &str) -> Event {
        let modality = InterpreterModality::Video;
        InterpreterRequested { language: language(tag), modality, requested_by: Role::Patient }.into()
    }

    pub fn interpreter_assigned(participant: u128) -> Event {
        InterpreterAssigned {
            participant_id: id(participant),
            language: language("hmn"),
            qualification: InterpreterQualification::CertifiedMedical,
            agency_id: Some(code("agency-4")),
            interpreter_number: Some(code("20417")),
            assigned_by: Role::FrontDesk,
        }
        .into()
    }

    pub fn interpreter_joined() -> Event {
        InterpreterJoined {
            participant_id: id(INTERPRETER),
            language: language("hmn"),
            qualification: InterpreterQualification::CertifiedMedical,
            agency_id: Some(code("agency-4")),
            recorded_by: Role::Provider,
        }
        .into()
    }

    pub fn interpreter_declined() -> Event {
        InterpreterDeclined {
            instead: InsteadOfInterpreter::AdultCompanion,
            reason: Some(Phi::Clear(text("My sister speaks Hmong."))),
            declined_by: Role::Patient,
        }
        .into()
    }

    pub fn proxy_verified() -> Event {
        ProxyVerified {
            participant_id: id(PROXY),
            authority_id: id(AUTHORITY),
            kind: authority().kind,
            method: IdentityMethod::Document,
            identifiers: vec![Identifier::Name, Identifier::Photo],
            verified_by: Role::FrontDesk,
        }
        .into()
    }

    pub fn participant_invited(participant: u128) -> Event {
        ParticipantInvited {
            participant_id: id(participant),
            kind: InviteeKind::Caregiver,
            name: Phi::Clear(text("Rest Muster")),
            token_sha256: token_sha256(),
            expires_at: now() + Duration::days(1),
            invited_by: Role::Patient,
        }
        .into()
    }

    pub fn invitation_used() -> Event {
        InvitationUsed { participant_id: id(GUEST) }.into()
    }

    pub fn supervisor_named() -> Event {
        SupervisorNamed { trainee_id: id(PROVIDER), supervisor_id: id(COSIGNER), named_by: Role::FrontDesk }.into()
    }

    pub fn invitation_revoked() -> Event {
        InvitationRevoked { participant_id: id(GUEST), revoked_by: Role::FrontDesk }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![
            interpreter_requested("hmn"),
            interpreter_assigned(INTERPRETER),
            interpreter_joined(),
            interpreter_declined(),
            proxy_verified(),
            participant_invited(GUEST),
            invitation_used(),
            invitation_revoked(),
            supervisor_named(),
        ]
    }
}

pub mod commands {
    use super::*;

    pub fn request_interpreter(tag: &str) -> Command {
        let (language, modality) = (language(tag), InterpreterModality::Video);
        Command::RequestInterpreter(RequestInterpreter { language, modality })
    }

    pub fn assign_interpreter(participant: u128) -> Command {
        let command = AssignInterpreter {
            qualification: InterpreterQualification::CertifiedMedical,
            agency_id: Some(code("agency-4")),
            interpreter_number: Some(code("20417")),
        };
        Command::AssignInterpreter(command, NewParticipant { participant_id: id(participant) })
    }

    pub fn record_interpreter_joined() -> Command {
        Command::RecordInterpreterJoined(RecordInterpreterJoined { participant_id: id(INTERPRETER) })
    }

    pub fn decline_interpreter() -> Command {
        let reason = Some(text("My sister speaks Hmong."));
        Command::DeclineInterpreter(DeclineInterpreter { instead: InsteadOfInterpreter::AdultCompanion, reason })
    }

    pub fn verify_proxy() -> Command {
        let identifiers = vec![Identifier::Photo, Identifier::Name];
        let command = VerifyProxy { authority_id: id(AUTHORITY), method: IdentityMethod::Document, identifiers };
        Command::VerifyProxy(command, proxy_facts(), NewParticipant { participant_id: id(PROXY) })
    }

    pub fn invite_participant(participant: u128) -> Command {
        let (kind, name) = (InviteeKind::Caregiver, text("Rest Muster"));
        let command = InviteParticipant { kind, name, expires_at: now() + Duration::days(1) };
        let new = NewInvitation { participant_id: id(participant), token_sha256: token_sha256() };
        Command::InviteParticipant(command, new)
    }

    pub fn name_supervisor() -> Command {
        Command::NameSupervisor(NameSupervisor { supervisor_id: id(COSIGNER) }, supervisor_facts())
    }

    pub fn revoke_invitation() -> Command {
        Command::RevokeInvitation(RevokeInvitation { participant_id: id(GUEST) })
    }

    pub fn use_invitation() -> Command {
        Command::UseInvitation(UseInvitation { token_sha256: token_sha256() })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::Patient, request_interpreter("hmn")),
            (Role::FrontDesk, assign_interpreter(INTERPRETER)),
            (Role::Provider, record_interpreter_joined()),
            (Role::Patient, decline_interpreter()),
            (Role::FrontDesk, verify_proxy()),
            (Role::Patient, invite_participant(GUEST)),
            (Role::FrontDesk, revoke_invitation()),
            (Role::System, use_invitation()),
            (Role::FrontDesk, name_supervisor()),
        ]
    }
}
