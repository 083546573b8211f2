//! Attempts to reach the patient.

use super::{ContactAttempted, RecordContactAttempt};
use crate::visit::decide::require_role;
use crate::visit::{Error, Event, Visit};
use crate::{Actor, Phi, Role};

impl Visit {
    /// An attempt was made or it was not: it is recorded wherever the visit stands, also after a no-show.
    pub(in crate::visit) fn record_contact_attempt(
        &self,
        command: RecordContactAttempt,
        actor: &Actor,
    ) -> Result<Event, Error> {
        const WHO: [Role; 3] = [Role::FrontDesk, Role::ClinicalStaff, Role::Provider];
        require_role(actor, &WHO, "record-contact-attempt", "the front desk, clinical staff and providers")?;
        let RecordContactAttempt { means, outcome, number, details } = command;
        let (number, details) = (number.map(Phi::Clear), details.map(Phi::Clear));
        Ok(ContactAttempted { means, outcome, number, details, attempted_by: actor.role }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;
    use crate::given::given;
    use crate::visit::State;
    use crate::visit::example::{commands::*, events::*, story};

    #[test]
    fn an_attempt_is_recorded_wherever_the_visit_stands_and_moves_nothing() {
        for state in State::ALL.into_iter().filter(|state| *state != State::NotScheduled) {
            let story = story(state);
            given::<Visit>(story.clone()).when(Role::FrontDesk, record_contact_attempt()).then([contact_attempted()]);
            assert_eq!(Visit::replay(story.iter().chain(&[contact_attempted()])).state(), state);
        }
    }

    #[test]
    fn only_who_calls_patients_records_it() {
        for role in [Role::Patient, Role::Billing, Role::System] {
            given::<Visit>([scheduled()]).when(role, record_contact_attempt()).refused("role-not-permitted");
        }
    }
}
