//! What the patient answers when asked for consent: yes, no, no longer. Declining blocks nothing by itself.

use super::standing::grounds;
use super::{
    ConsentDeclined, ConsentFacts, ConsentGiven, ConsentState, ConsentWithdrawn, DeclineConsent, GiveConsent,
    WithdrawConsent,
};
use crate::Actor;
use crate::visit::error::already;
use crate::visit::{Error, Event, Participant, State, Visit};

/// While there is something to consent to.
pub(super) const OPEN: [State; 6] =
    [State::Scheduled, State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Admitted];
pub(super) const WHILE_OPEN: &str =
    "consent is asked for until the visit ends, and of a patient who is expected or here";

impl Visit {
    /// By the patient alone, who is of age where they are, or whom a rule lets consent alone.
    pub(in crate::visit) fn give_consent(
        &self,
        command: GiveConsent,
        facts: &ConsentFacts,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require_own_patient(actor, "give-consent")?;
        self.require(&OPEN, "give-consent", WHILE_OPEN)?;
        let grounds = grounds(&command, &facts.standing)?;
        let GiveConsent { kind, text_version, service: _ } = command;
        if self.consents().get(kind) == Some(&ConsentState::Given(text_version.clone())) {
            return Err(already("this consent stands", "give-consent"));
        }
        Ok(ConsentGiven {
            participant: Participant::Patient,
            participant_id: None,
            authority_id: None,
            kind,
            text_version,
            age_rule: Some(grounds.age_rule),
            self_consent: grounds.self_consent,
        }
        .into())
    }

    pub(in crate::visit) fn decline_consent(&self, command: DeclineConsent, actor: &Actor) -> Result<Event, Error> {
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
            _ => {
                let (participant, participant_id, authority_id) = (Participant::Patient, None, None);
                Ok(ConsentDeclined { participant, participant_id, authority_id, kind, text_version }.into())
            }
        }
    }

    /// Taking consent back is the patient's right at any time, after the visit too.
    pub(in crate::visit) fn withdraw_consent(&self, command: WithdrawConsent, actor: &Actor) -> Result<Event, Error> {
        self.require_own_patient(actor, "withdraw-consent")?;
        match self.consents().get(command.kind) {
            Some(ConsentState::Given(text_version)) => {
                let (kind, text_version) = (command.kind, text_version.clone());
                let (participant, participant_id, authority_id) = (Participant::Patient, None, None);
                Ok(ConsentWithdrawn { participant, participant_id, authority_id, kind, text_version }.into())
            }
            _ => Err(Error::ConsentNotGiven),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{code, given};
    use crate::law::{Service, Standing, Unanswered};
    use crate::visit::Command;
    use crate::visit::consent::ConsentKind::{Recording, Telehealth};
    use crate::visit::example::{commands::*, events::*, minor, story};
    use crate::{Private, Role, Rules};

    const V1: &str = "text/1";
    const V2: &str = "text/2";

    #[test]
    fn only_the_patient_consents() {
        let waiting = given::<Visit>(story(State::CheckedIn));
        waiting.when(Role::Patient, give_consent(Telehealth, V1)).then([consent_given(Telehealth, V1)]);
        for role in [Role::Provider, Role::FrontDesk, Role::System] {
            waiting.when(role, give_consent(Telehealth, V1)).refused("not-this-visits-patient");
            waiting.when(role, decline_consent(Telehealth, V1)).refused("not-this-visits-patient");
        }
    }

    #[test]
    fn a_minor_needs_a_proxy_or_a_rule() {
        let waiting = given::<Visit>(story(State::CheckedIn));
        let ask = |standing: Standing, service: Option<Service>| {
            let command = GiveConsent { kind: Telehealth, text_version: code(V1), service: service.map(Private) };
            waiting.when(Role::Patient, Command::GiveConsent(command, ConsentFacts { standing }))
        };
        ask(minor(None), None).refused("proxy-needed");
        let mental_health = Some(Service::MentalHealth);
        ask(minor(Some("minor-consent.ca-mental-health")), mental_health).then([self_consented(
            Telehealth,
            V1,
            Service::MentalHealth,
            "minor-consent.ca-mental-health",
        )]);
        let too_young = Standing::Minor { rule: code("majority.18"), alone: Some(Ok(None)) };
        ask(too_young, mental_health).refused("proxy-needed");
        let why = Unanswered::NoRule { matter: "a minor's own consent", subject: "mental-health in TX".to_owned() };
        let nobody_knows = Standing::Minor { rule: code("majority.18"), alone: Some(Err(why)) };
        ask(nobody_knows, mental_health).refused("rule-unknown");
    }

    #[test]
    fn not_knowing_whether_somebody_is_of_age_is_no_yes() {
        let waiting = given::<Visit>(story(State::CheckedIn));
        let ask = |standing: Standing| {
            let command = GiveConsent { kind: Telehealth, text_version: code(V1), service: None };
            waiting.when(Role::Patient, Command::GiveConsent(command, ConsentFacts { standing }))
        };
        ask(Standing::PlaceUnknown).refused("location-not-attested");
        let unreviewed = Unanswered::Unreviewed { rule: code("majority.18") };
        ask(Standing::Unknown(unreviewed)).refused("rule-unreviewed");
        // Declining and taking back is everybody's right, of whatever age.
        waiting.when(Role::Patient, decline_consent(Recording, V1)).then([consent_declined(Recording, V1)]);
    }

    #[test]
    fn consent_is_given_once_a_text() {
        let given_once = given::<Visit>([scheduled(), consent_given(Telehealth, V1)]);
        given_once.when(Role::Patient, give_consent(Telehealth, V1)).refused("wrong-state");
        given_once.when(Role::Patient, give_consent(Telehealth, V2)).then([consent_given(Telehealth, V2)]);
        given_once.when(Role::Patient, give_consent(Recording, V1)).then([consent_given(Recording, V1)]);
    }

    #[test]
    fn given_consent_is_withdrawn_not_declined_and_may_be_given_again() {
        let consented = [scheduled(), consent_given(Recording, V1)];
        given::<Visit>(consented.clone()).when(Role::Patient, decline_consent(Recording, V1)).refused("wrong-state");
        given::<Visit>(consented.clone())
            .when(Role::Patient, withdraw_consent(Recording))
            .then([consent_withdrawn(Recording, V1)]);
        let withdrawn = given::<Visit>(consented.into_iter().chain([consent_withdrawn(Recording, V1)]));
        withdrawn.when(Role::Patient, withdraw_consent(Recording)).refused("consent-not-given");
        withdrawn.when(Role::Patient, give_consent(Recording, V1)).then([consent_given(Recording, V1)]);
    }

    #[test]
    fn who_declined_may_still_consent() {
        let declined = given::<Visit>([scheduled(), consent_declined(Telehealth, V1)]);
        declined.when(Role::Patient, decline_consent(Telehealth, V1)).refused("wrong-state");
        declined.when(Role::Patient, decline_consent(Telehealth, V2)).then([consent_declined(Telehealth, V2)]);
        declined.when(Role::Patient, give_consent(Telehealth, V1)).then([consent_given(Telehealth, V1)]);
    }

    #[test]
    fn consent_can_be_taken_back_even_after_the_visit() {
        let story =
            [scheduled(), consent_given(Recording, V1)].into_iter().chain(story(State::Closed).into_iter().skip(1));
        let closed: Vec<_> = story.collect();
        assert!(Visit::replay(&closed).consents().stands(Recording));
        given::<Visit>(closed.clone())
            .when(Role::Patient, withdraw_consent(Recording))
            .then([consent_withdrawn(Recording, V1)]);
        given::<Visit>(closed).when(Role::Patient, give_consent(Telehealth, V1)).refused("wrong-state");
    }
}
