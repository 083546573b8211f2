//! What a proxy answers in the patient's place, recorded by staff before whom they were identified.

use super::{ConsentDeclined, ConsentGiven, ConsentState, ConsentWithdrawn, ProxyAnswer, RecordProxyConsent};
use super::{
    WithdrawProxyConsent,
    answers::{OPEN, WHILE_OPEN},
};
use crate::law::Standing;
use crate::patient::ProxyMatter;
use crate::visit::decide::require_role;
use crate::visit::error::already;
use crate::visit::{Error, Event, Participant, ProxyFacts, Visit};
use crate::{Actor, AuthorityId, ParticipantId, Role};

const WHO: [Role; 3] = [Role::FrontDesk, Role::ClinicalStaff, Role::Provider];
const STAFF: &str = "the front desk, clinical staff and providers, before whom the proxy was identified,";

impl Visit {
    pub(in crate::visit) fn record_proxy_consent(
        &self,
        command: RecordProxyConsent,
        facts: &ProxyFacts,
        actor: &Actor,
    ) -> Result<Event, Error> {
        require_role(actor, &WHO, "record-proxy-consent", STAFF)?;
        self.require(&OPEN, "record-proxy-consent", WHILE_OPEN)?;
        let RecordProxyConsent { participant_id, answer, kind, text_version } = command;
        let authority_id = self.consenting_proxy(participant_id, facts)?;
        let (participant, participant_id, authority_id) =
            (Participant::Proxy, Some(participant_id), Some(authority_id));
        let stands = self.consents().get(kind);
        match (answer, stands) {
            (ProxyAnswer::Given, Some(ConsentState::Given(version))) if *version == text_version => {
                Err(already("this consent stands", "record-proxy-consent"))
            }
            (ProxyAnswer::Given, _) => {
                let age_rule = match &facts.standing {
                    Standing::OfAge { rule } | Standing::Minor { rule, .. } => Some(rule.clone()),
                    Standing::PlaceUnknown | Standing::Unknown(_) => None,
                };
                let self_consent = None;
                Ok(ConsentGiven {
                    participant,
                    participant_id,
                    authority_id,
                    kind,
                    text_version,
                    age_rule,
                    self_consent,
                }
                .into())
            }
            (ProxyAnswer::Declined, Some(ConsentState::Given(_))) => Err(Error::WrongState {
                state: "this consent stands".to_owned(),
                command: "record-proxy-consent",
                hint: "withdraw it instead",
            }),
            (ProxyAnswer::Declined, Some(ConsentState::Declined(version))) if *version == text_version => {
                Err(already("this consent is declined", "record-proxy-consent"))
            }
            (ProxyAnswer::Declined, _) => {
                Ok(ConsentDeclined { participant, participant_id, authority_id, kind, text_version }.into())
            }
        }
    }

    /// At any time, after the visit too, whoever had given it.
    pub(in crate::visit) fn withdraw_proxy_consent(
        &self,
        command: WithdrawProxyConsent,
        facts: &ProxyFacts,
        actor: &Actor,
    ) -> Result<Event, Error> {
        require_role(actor, &WHO, "withdraw-proxy-consent", STAFF)?;
        let WithdrawProxyConsent { participant_id, kind } = command;
        let authority_id = Some(self.consenting_proxy(participant_id, facts)?);
        let (participant, participant_id) = (Participant::Proxy, Some(participant_id));
        match self.consents().get(kind) {
            Some(ConsentState::Given(version)) => {
                let text_version = version.clone();
                Ok(ConsentWithdrawn { participant, participant_id, authority_id, kind, text_version }.into())
            }
            _ => Err(Error::ConsentNotGiven),
        }
    }

    /// The authority on which this proxy consents today.
    fn consenting_proxy(&self, id: ParticipantId, facts: &ProxyFacts) -> Result<AuthorityId, Error> {
        let proxy = self.proxies().get(id).ok_or(Error::UnknownParticipant)?;
        Ok(facts.authority(proxy.authority_id, Some(ProxyMatter::Consent))?.authority_id)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;
    use crate::Rules;
    use crate::given::given;
    use crate::patient::ProxyAuthority;
    use crate::patient::example::today;
    use crate::visit::ConsentKind::{Recording, Telehealth};
    use crate::visit::example::{authority, commands::*, events::*, of_age, proxy_facts, story};
    use crate::visit::{Command, State};

    const V1: &str = "text/1";

    fn with_proxy(state: State) -> Vec<Event> {
        story(state).into_iter().chain([proxy_verified()]).collect()
    }

    fn with(facts: ProxyFacts) -> Command {
        let Command::RecordProxyConsent(command, _) = record_proxy_consent(Telehealth, ProxyAnswer::Given, V1) else {
            unreachable!()
        };
        Command::RecordProxyConsent(command, facts)
    }

    #[test]
    fn a_proxys_answer_says_whose_it_was_and_on_which_authority() {
        let visit = given::<Visit>(with_proxy(State::CheckedIn));
        visit
            .when(Role::FrontDesk, record_proxy_consent(Telehealth, ProxyAnswer::Given, V1))
            .then([proxy_consent_given(Telehealth, V1)]);
        visit
            .when(Role::Provider, record_proxy_consent(Recording, ProxyAnswer::Declined, V1))
            .then([proxy_consent_declined(Recording, V1)]);
        let given_once: Vec<_> =
            with_proxy(State::CheckedIn).into_iter().chain([proxy_consent_given(Telehealth, V1)]).collect();
        assert!(Visit::replay(&given_once).consents().stands(Telehealth));
        let stands = given::<Visit>(given_once);
        stands.when(Role::FrontDesk, record_proxy_consent(Telehealth, ProxyAnswer::Given, V1)).refused("wrong-state");
        stands
            .when(Role::FrontDesk, record_proxy_consent(Telehealth, ProxyAnswer::Declined, V1))
            .refused("wrong-state");
        stands
            .when(Role::FrontDesk, withdraw_proxy_consent(Telehealth))
            .then([proxy_consent_withdrawn(Telehealth, V1)]);
        stands.when(Role::FrontDesk, withdraw_proxy_consent(Recording)).refused("consent-not-given");
        // The patient may take back what the proxy gave.
        stands.when(Role::Patient, withdraw_consent(Telehealth)).then([consent_withdrawn(Telehealth, V1)]);
    }

    #[test]
    fn a_declined_answer_is_not_recorded_twice() {
        let declined = with_proxy(State::CheckedIn).into_iter().chain([proxy_consent_declined(Recording, V1)]);
        given::<Visit>(declined)
            .when(Role::FrontDesk, record_proxy_consent(Recording, ProxyAnswer::Declined, V1))
            .refused("wrong-state");
    }

    #[test]
    fn authority_is_asked_anew_each_time() {
        let visit = given::<Visit>(with_proxy(State::CheckedIn));
        let facts = |authority| ProxyFacts { authority, ..proxy_facts() };
        let expired = ProxyAuthority { expires_on: today() - Days::new(1), ..authority() };
        visit.when(Role::FrontDesk, with(facts(Some(expired)))).refused("proxy-authority-expired");
        let ended = ProxyAuthority { ended: true, ..authority() };
        visit.when(Role::FrontDesk, with(facts(Some(ended)))).refused("proxy-without-authority");
        let for_scheduling = ProxyAuthority { scope: [ProxyMatter::Scheduling].into(), ..authority() };
        visit.when(Role::FrontDesk, with(facts(Some(for_scheduling)))).refused("proxy-without-authority");
        visit.when(Role::FrontDesk, with(facts(None))).refused("proxy-without-authority");
        let came_of_age = ProxyFacts { standing: of_age(), ..proxy_facts() };
        visit.when(Role::FrontDesk, with(came_of_age)).refused("proxy-without-authority");
    }

    #[test]
    fn only_a_proxy_of_this_visit_answers_and_only_staff_records_it() {
        let given_by = |role, code| {
            let visit = given::<Visit>(with_proxy(State::CheckedIn));
            visit.when(role, record_proxy_consent(Telehealth, ProxyAnswer::Given, V1)).refused(code);
            visit.when(role, withdraw_proxy_consent(Telehealth)).refused(code);
        };
        given_by(Role::Patient, "role-not-permitted");
        given_by(Role::System, "role-not-permitted");
        given::<Visit>(story(State::CheckedIn))
            .when(Role::FrontDesk, record_proxy_consent(Telehealth, ProxyAnswer::Given, V1))
            .refused("unknown-participant");
        given::<Visit>(with_proxy(State::Ended))
            .when(Role::FrontDesk, record_proxy_consent(Telehealth, ProxyAnswer::Given, V1))
            .refused("wrong-state");
    }
}
