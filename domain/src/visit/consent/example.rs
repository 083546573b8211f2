//! Consent given, declined and taken back, in examples.

use super::*;
use crate::given::{code, id};
use crate::law::Service;
use crate::patient::example::AUTHORITY;
use crate::visit::example::{PROXY, of_age, proxy_facts};
use crate::visit::{Command, ConsentAnswer, Event, Participant};
use crate::{AuthorityId, ParticipantId, Phi, Role};

pub mod events {
    use super::*;

    pub fn consent_given(kind: ConsentKind, version: &str) -> Event {
        ConsentGiven {
            participant: Participant::Patient,
            participant_id: None,
            authority_id: None,
            kind,
            text_version: code(version),
            age_rule: Some(code("majority.18")),
            self_consent: None,
        }
        .into()
    }

    pub fn consent_declined(kind: ConsentKind, version: &str) -> Event {
        let (participant, text_version) = (Participant::Patient, code(version));
        ConsentDeclined { participant, participant_id: None, authority_id: None, kind, text_version }.into()
    }

    pub fn consent_withdrawn(kind: ConsentKind, version: &str) -> Event {
        let (participant, text_version) = (Participant::Patient, code(version));
        ConsentWithdrawn { participant, participant_id: None, authority_id: None, kind, text_version }.into()
    }

    /// A minor's own consent.
    pub fn self_consented(kind: ConsentKind, version: &str, service: Service, rule: &str) -> Event {
        let Event::ConsentGiven(given) = consent_given(kind, version) else { unreachable!() };
        let self_consent = Some(Phi::Clear(SelfConsentGrounds { service, rule: code(rule) }));
        ConsentGiven { self_consent, ..given }.into()
    }

    pub fn proxy_consent_given(kind: ConsentKind, version: &str) -> Event {
        let Event::ConsentGiven(given) = consent_given(kind, version) else { unreachable!() };
        let (participant, participant_id, authority_id) = by_proxy();
        ConsentGiven { participant, participant_id, authority_id, ..given }.into()
    }

    pub fn proxy_consent_declined(kind: ConsentKind, version: &str) -> Event {
        let ((participant, participant_id, authority_id), text_version) = (by_proxy(), code(version));
        ConsentDeclined { participant, participant_id, authority_id, kind, text_version }.into()
    }

    pub fn proxy_consent_withdrawn(kind: ConsentKind, version: &str) -> Event {
        let ((participant, participant_id, authority_id), text_version) = (by_proxy(), code(version));
        ConsentWithdrawn { participant, participant_id, authority_id, kind, text_version }.into()
    }

    fn by_proxy() -> (Participant, Option<ParticipantId>, Option<AuthorityId>) {
        (Participant::Proxy, Some(id(PROXY)), Some(id(AUTHORITY)))
    }

    pub fn recording_consent_recorded() -> Event {
        let (participant, text_version) = (Participant::Provider, code("recording/1"));
        let (answer, recorded_by) = (ConsentAnswer::Given, Role::Provider);
        RecordingConsentRecorded { participant, participant_id: None, answer, text_version, recorded_by }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![
            self_consented(
                ConsentKind::Telehealth,
                "telehealth/3",
                Service::MentalHealth,
                "minor-consent.or-mental-health",
            ),
            consent_declined(ConsentKind::Recording, "recording/1"),
            consent_withdrawn(ConsentKind::Recording, "recording/1"),
            recording_consent_recorded(),
        ]
    }
}

pub mod commands {
    use super::*;

    pub fn give_consent(kind: ConsentKind, version: &str) -> Command {
        let command = GiveConsent { kind, text_version: code(version), service: None };
        Command::GiveConsent(command, ConsentFacts { standing: of_age() })
    }

    pub fn decline_consent(kind: ConsentKind, version: &str) -> Command {
        Command::DeclineConsent(DeclineConsent { kind, text_version: code(version) })
    }

    pub fn withdraw_consent(kind: ConsentKind) -> Command {
        Command::WithdrawConsent(WithdrawConsent { kind })
    }

    pub fn record_proxy_consent(kind: ConsentKind, answer: ProxyAnswer, version: &str) -> Command {
        let command = RecordProxyConsent { participant_id: id(PROXY), answer, kind, text_version: code(version) };
        Command::RecordProxyConsent(command, proxy_facts())
    }

    pub fn withdraw_proxy_consent(kind: ConsentKind) -> Command {
        let command = WithdrawProxyConsent { participant_id: id(PROXY), kind };
        Command::WithdrawProxyConsent(command, proxy_facts())
    }

    pub fn record_recording_consent() -> Command {
        let (participant, text_version) = (Participant::Provider, code("recording/1"));
        let answer = ConsentAnswer::Given;
        let command = RecordRecordingConsent { participant, participant_id: None, answer, text_version };
        Command::RecordRecordingConsent(command)
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::Patient, give_consent(ConsentKind::Telehealth, "telehealth/3")),
            (Role::Patient, decline_consent(ConsentKind::Telehealth, "telehealth/3")),
            (Role::Patient, withdraw_consent(ConsentKind::Telehealth)),
            (Role::FrontDesk, record_proxy_consent(ConsentKind::Telehealth, ProxyAnswer::Given, "telehealth/3")),
            (Role::FrontDesk, withdraw_proxy_consent(ConsentKind::Telehealth)),
            (Role::Provider, record_recording_consent()),
        ]
    }
}
