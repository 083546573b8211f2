//! Taking a request. The gates are those of booking, and the licence: whoever may not treat where the patient says they are
//! does not take them. Whether the provider is free is their calendar's to decide, in the same append.

use chrono::{DateTime, Duration, Utc};

use super::{Claim, ClaimFacts, Claimed};
use crate::visit::decide::require_role;
use crate::visit::scheduling::{require_hours, require_plausible};
use crate::visit::{Error, Event, Scheduled, State, Visit, VisitRequest};
use crate::{Actor, ProviderId, Role};

impl Visit {
    /// The claim, and the visit that comes of it. The reason stays with the request: the state holds no health information.
    pub(in crate::visit) fn claim(
        &self,
        command: Claim,
        facts: &ClaimFacts,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Vec<Event>, Error> {
        let provider_id = claiming_provider(actor, "claim")?;
        let request = self.open_request("claim")?;
        let Claim { duration_minutes, overbook, .. } = command;
        let starts_at = facts.starts_at;
        let moment_ago = at.checked_sub_signed(Duration::minutes(1)).unwrap_or(at);
        let too_early = starts_at < moment_ago || request.earliest.is_some_and(|earliest| starts_at < earliest);
        if too_early || request.latest.is_some_and(|latest| starts_at > latest) {
            return Err(Error::OutsideRequestedWindow);
        }
        require_plausible(starts_at, duration_minutes, at)?;
        let (jurisdiction, on) = (request.jurisdiction, facts.licences.day(starts_at));
        let licence = facts.licences.permitting(jurisdiction, starts_at);
        let licence = licence.map_err(|why| Error::LicenceNotValid { jurisdiction, on, why })?;
        require_hours(facts.in_hours, overbook)?;
        let patient_id = self.patient().ok_or_else(|| self.wrong_state("claim", HINT))?;
        let (modality, licence_number) = (request.modality, licence.number.clone());
        Ok(vec![
            Claimed { provider_id, licence_number }.into(),
            Scheduled { patient_id, provider_id, starts_at, duration_minutes, modality, reason: None }.into(),
        ])
    }

    /// The request, while nobody took it and it was neither called off nor expired.
    pub(super) fn open_request(&self, command: &'static str) -> Result<&VisitRequest, Error> {
        match (self.state(), self.requested()) {
            (State::Requested, Some(request)) => Ok(request),
            (_, Some(VisitRequest { claimed_by: Some(_), .. })) => Err(Error::AlreadyClaimed),
            _ => Err(self.wrong_state(command, HINT)),
        }
    }
}

const HINT: &str = "only a request that is open can be taken or declined";

/// Passes for providers, each for themselves.
pub(super) fn claiming_provider(actor: &Actor, command: &'static str) -> Result<ProviderId, Error> {
    require_role(actor, &[Role::Provider], command, "providers")?;
    actor.person.map(ProviderId).ok_or(Error::RoleNotPermitted { command, permitted: "providers" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;
    use crate::calendar::OverbookReason;
    use crate::given::{PROVIDER, actor, given, id, now};
    use crate::visit::example::{commands::*, events::*, licence, story};
    use crate::visit::{AdmitFacts, Cancel, CancelReason, Command, Party, Requested};

    fn claim_with(change: impl FnOnce(&mut Claim, &mut ClaimFacts)) -> Command {
        let Command::Claim(mut command, mut facts) = claim() else { unreachable!() };
        change(&mut command, &mut facts);
        Command::Claim(command, facts)
    }

    #[test]
    fn a_claim_makes_the_request_a_visit_of_the_providers() {
        given::<Visit>([requested()]).when(Role::Provider, claim()).then([claimed(), scheduled_on_demand()]);
        let visit = Visit::replay(&[requested(), claimed(), scheduled_on_demand()]);
        assert_eq!((visit.state(), visit.provider()), (State::Scheduled, Some(id(PROVIDER))));
        assert_eq!(visit.requested().and_then(|request| request.claimed_by), Some(id(PROVIDER)));
        let visit = [requested(), claimed(), scheduled_on_demand()];
        given::<Visit>(visit).when(Role::Patient, arrive()).events();
    }

    #[test]
    fn a_request_is_claimed_once_and_only_while_it_is_open() {
        let taken = [requested(), claimed(), scheduled_on_demand()];
        let colleague = || crate::Actor { person: Some(uuid::Uuid::from_u128(88)), ..actor(Role::Provider) };
        given::<Visit>(taken.clone()).when_by(colleague(), claim()).refused("already-claimed");
        given::<Visit>(taken).when(Role::Provider, claim()).refused("already-claimed");
        for over in [cancelled(), request_expired()] {
            given::<Visit>([requested(), over]).when(Role::Provider, claim()).refused("wrong-state");
        }
        for state in State::ALL.into_iter().filter(|state| *state != State::Requested) {
            given::<Visit>(story(state)).when(Role::Provider, claim()).refused("wrong-state");
        }
    }

    #[test]
    fn only_a_provider_claims_who_is_licensed_where_the_patient_is_on_the_day_it_starts() {
        let open = given::<Visit>([requested()]);
        for role in [Role::Patient, Role::FrontDesk, Role::System] {
            open.when(role, claim()).refused("role-not-permitted");
        }
        for licences in
            [vec![], vec![licence("MN", "2026-01-01", "2026-12-31")], vec![licence("WI", "2025-01-01", "2026-03-01")]]
        {
            let unlicensed = claim_with(|_, facts| {
                facts.licences = AdmitFacts { licences, ..facts.licences.clone() };
            });
            open.when(Role::Provider, unlicensed).refused("licence-not-valid");
        }
    }

    #[test]
    fn it_starts_in_the_time_the_patient_gave_and_when_the_provider_works() {
        let Event::Requested(asked) = requested() else { unreachable!() };
        let (earliest, latest) = (now() + Duration::minutes(10), now() + Duration::minutes(20));
        let later = given::<Visit>([Requested { earliest: Some(earliest), latest: Some(latest), ..asked }.into()]);
        let at = |minutes| claim_with(move |_, facts| facts.starts_at = now() + Duration::minutes(minutes));
        for minutes in [-10, 0, 9, 21] {
            later.when(Role::Provider, at(minutes)).refused("outside-requested-window");
        }
        assert_eq!(later.when(Role::Provider, at(10)).events().len(), 2);
        assert_eq!(later.when(Role::Provider, at(20)).events().len(), 2);

        let open = given::<Visit>([requested()]);
        open.when(Role::Provider, at(-10)).refused("outside-requested-window");
        open.when(Role::Provider, claim_with(|command, _| command.duration_minutes = 4))
            .refused("duration-out-of-range");
        open.when(Role::Provider, claim_with(|_, facts| facts.in_hours = false)).refused("provider-not-at-work");
        let overbooked = claim_with(|command, facts| {
            (command.overbook, facts.in_hours) = (Some(OverbookReason::ProviderAgreed), false);
        });
        open.when(Role::Provider, overbooked).then([claimed(), scheduled_on_demand()]);
    }

    #[test]
    fn an_open_request_is_called_off_at_no_charge_and_nothing_else_is_asked_of_it() {
        let open = given::<Visit>([requested()]);
        open.when(Role::Patient, cancel()).then([cancelled()]);
        let charged = Cancel {
            by: Party::Patient,
            reason: CancelReason::Other,
            details: None,
            late_charge: Some(crate::visit::LateCharge::Due),
        };
        open.when(Role::FrontDesk, Command::Cancel(charged)).refused("charge-not-due");
        for command in [arrive(), check_in(), hold(), reschedule(), hand_over(), record_no_show()] {
            open.when(Role::FrontDesk, command).refused("wrong-state");
        }
    }
}
