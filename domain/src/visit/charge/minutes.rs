//! The minutes a provider attests. Codes that are chosen by time need them; what the call shows is recorded beside them.

use super::{AttestMinutes, CallEvidence, MinutesAttested};
use crate::Actor;
use crate::visit::{Error, Event, State, Visit};

impl Visit {
    /// Said again, the newest counts for charges captured from then on.
    pub(in crate::visit) fn attest_minutes(
        &self,
        command: AttestMinutes,
        evidence: CallEvidence,
        actor: &Actor,
    ) -> Result<Event, Error> {
        const AFTER_THE_END: [State; 2] = [State::Ended, State::Closed];
        self.require(&AFTER_THE_END, "attest-minutes", "minutes are attested once the visit has ended")?;
        let provider_id = self.require_own_provider(actor, "attest-minutes")?;
        if !(1..=1_440).contains(&command.minutes) {
            return Err(Error::MinutesOutOfRange);
        }
        let CallEvidence { provider_minutes, patient_minutes, together_minutes, positions } = evidence;
        Ok(MinutesAttested {
            provider_id,
            minutes: command.minutes,
            provider_minutes,
            patient_minutes,
            together_minutes,
            evidence_positions: positions,
        }
        .into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{actor, given};
    use crate::visit::Command;
    use crate::visit::example::{commands::*, events::*, story};
    use crate::{Role, Rules};

    #[test]
    fn this_visits_provider_attests_minutes_after_the_end() {
        given::<Visit>(story(State::Ended)).when(Role::Provider, attest_minutes(24)).then([minutes_attested(24)]);
        given::<Visit>(story(State::Closed)).when(Role::Provider, attest_minutes(24)).then([minutes_attested(24)]);
        given::<Visit>(story(State::Admitted)).when(Role::Provider, attest_minutes(24)).refused("wrong-state");
        let ended = given::<Visit>(story(State::Ended));
        ended.when(Role::Billing, attest_minutes(24)).refused("not-this-visits-provider");
        let mut colleague = actor(Role::Provider);
        colleague.person = Some(uuid::Uuid::from_u128(88));
        ended.when_by(colleague, attest_minutes(24)).refused("not-this-visits-provider");
        for minutes in [0, 1_441] {
            ended.when(Role::Provider, attest_minutes(minutes)).refused("minutes-out-of-range");
        }
    }

    #[test]
    fn minutes_need_no_evidence_because_a_phone_visit_may_leave_none() {
        let command = Command::AttestMinutes(AttestMinutes { minutes: 12 }, CallEvidence::default());
        let visit = Visit::replay(&story(State::Ended));
        let request = crate::Request { at: crate::given::now(), actor: actor(Role::Provider), command };
        assert!(visit.decide(request).is_ok());
    }
}
