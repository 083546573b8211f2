//! Technology that failed.

use super::{ReportTechnicalFailure, TechnicalFailure};
use crate::visit::{Error, Event, Visit};
use crate::{Actor, Phi};

impl Visit {
    /// What failed is a fact in every state, and moves nothing: leaving and ending are recorded by themselves.
    pub(in crate::visit) fn report_technical_failure(
        &self,
        command: ReportTechnicalFailure,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require_patient_or_staff(actor, "report-technical-failure")?;
        let ReportTechnicalFailure { side, kind, resolution, details } = command;
        let details = details.map(Phi::Clear);
        Ok(TechnicalFailure { side, kind, resolution, details, reported_by: actor.role }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{actor, given};
    use crate::visit::State;
    use crate::visit::example::{commands::*, events::*, story};
    use crate::{Role, Rules};

    #[test]
    fn a_failure_is_recorded_wherever_the_visit_stands_and_moves_nothing() {
        for state in State::ALL.into_iter().filter(|state| *state != State::NotScheduled) {
            let story = story(state);
            given::<Visit>(story.clone()).when(Role::Provider, report_technical_failure()).then([technical_failure()]);
            assert_eq!(Visit::replay(story.iter().chain(&[technical_failure()])).state(), state);
        }
    }

    #[test]
    fn the_patient_or_staff_reports_it() {
        let mut somebody_else = actor(Role::Patient);
        somebody_else.person = Some(uuid::Uuid::from_u128(77));
        let visit = given::<Visit>([scheduled()]);
        visit.when_by(somebody_else, report_technical_failure()).refused("not-this-visits-patient");
        visit.when(Role::Billing, report_technical_failure()).refused("role-not-permitted");
    }
}
