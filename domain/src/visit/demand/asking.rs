//! Asking for a visit. That a patient has one open request at most is their own record's to decide.

use chrono::{DateTime, Duration, Utc};

use super::{RequestFacts, RequestVisit, Requested};
use crate::visit::decide::require_role;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Phi, Role};

/// How far ahead a request may reach, in days: for later there are appointments.
const FURTHEST_AHEAD_DAYS: i64 = 7;

impl Visit {
    pub(in crate::visit) fn request_visit(
        &self,
        command: RequestVisit,
        facts: RequestFacts,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Event, Error> {
        if self.state() != State::NotScheduled {
            return Err(Error::AlreadyScheduled);
        }
        let RequestVisit { patient_id, modality, reason, jurisdiction, earliest, latest } = command;
        match actor.role {
            Role::Patient if actor.is_patient(Some(patient_id)) => {}
            Role::Patient => return Err(Error::NotThisVisitsPatient { command: "request" }),
            _ => require_role(actor, &[Role::FrontDesk], "request", "the patient and the front desk")?,
        }
        if !facts.patient_registered {
            return Err(Error::UnknownPatient);
        }
        let furthest = at.checked_add_signed(Duration::days(FURTHEST_AHEAD_DAYS)).unwrap_or(at);
        let past = latest.is_some_and(|latest| latest <= at);
        let reversed = earliest.zip(latest).is_some_and(|(earliest, latest)| latest <= earliest);
        if past || reversed || earliest.max(latest).is_some_and(|end| end > furthest) {
            return Err(Error::RequestWindowUnreasonable);
        }
        let (reason, requested_by) = (Phi::Clear(reason), actor.role);
        Ok(Requested { patient_id, modality, reason, jurisdiction, earliest, latest, requested_by }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{actor, given, now};
    use crate::visit::Command;
    use crate::visit::example::{commands::*, events::*};

    fn request_with(change: impl FnOnce(&mut RequestVisit, &mut RequestFacts)) -> Command {
        let Command::RequestVisit(mut command, mut facts) = request() else { unreachable!() };
        change(&mut command, &mut facts);
        Command::RequestVisit(command, facts)
    }

    #[test]
    fn a_patient_asks_for_themselves_and_the_desk_for_anybody() {
        let nothing = given::<Visit>([]);
        nothing.when(Role::Patient, request()).then([requested()]);
        let Event::Requested(by_patient) = requested() else { unreachable!() };
        nothing
            .when(Role::FrontDesk, request())
            .then([Requested { requested_by: Role::FrontDesk, ..by_patient }.into()]);
        let mut stranger = actor(Role::Patient);
        stranger.person = Some(uuid::Uuid::from_u128(77));
        nothing.when_by(stranger, request()).refused("not-this-visits-patient");
        nothing.when(Role::Provider, request()).refused("role-not-permitted");
    }

    #[test]
    fn it_is_a_visit_of_its_own_for_a_registered_patient() {
        given::<Visit>([scheduled()]).when(Role::Patient, request()).refused("already-scheduled");
        given::<Visit>([requested()]).when(Role::Patient, request()).refused("already-scheduled");
        given::<Visit>([requested()]).when(Role::FrontDesk, schedule()).refused("already-scheduled");
        let unknown = request_with(|_, facts| facts.patient_registered = false);
        given::<Visit>([]).when(Role::Patient, unknown).refused("unknown-patient");
    }

    #[test]
    fn the_window_lies_ahead_is_in_order_and_ends_within_a_week() {
        let asked = |earliest: Option<i64>, latest: Option<i64>| {
            let moment = |minutes: i64| now() + Duration::minutes(minutes);
            let command = request_with(|command, _| {
                (command.earliest, command.latest) = (earliest.map(moment), latest.map(moment));
            });
            given::<Visit>([]).when(Role::Patient, command)
        };
        for (earliest, latest) in [
            (None, Some(-1)),
            (None, Some(0)),
            (Some(60), Some(60)),
            (Some(60), Some(30)),
            (None, Some(7 * 24 * 60 + 1)),
            (Some(7 * 24 * 60 + 1), None),
        ] {
            asked(earliest, latest).refused("request-window-unreasonable");
        }
        for (earliest, latest) in
            [(None, None), (Some(-30), None), (None, Some(1)), (Some(30), Some(60)), (None, Some(7 * 24 * 60))]
        {
            assert_eq!(asked(earliest, latest).events().len(), 1);
        }
    }
}
