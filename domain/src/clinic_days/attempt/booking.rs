//! Setting visits up: at a time that is free, or for whoever asked on demand. What is decided of a calendar is decided in the
//! same append.

use super::super::asks::PATIENTS;
use super::super::log::Part;
use super::{Asked, Decided, NOTHING};
use crate::calendar::{Booking, OverbookReason};
use crate::given::{actor, id};
use crate::visit::example::{commands as example, place};
use crate::visit::*;
use crate::{Actor, HoldId, PatientId, ProviderId, Request, Role, Visit, VisitId, calendar, patient};

impl Asked<'_> {
    /// The days' calendars, having decided.
    pub(super) fn calendars(&self, booking: &Booking, by: &Actor) -> Result<Vec<Part>, &'static str> {
        let decided = booking.days().into_iter().map(|day| {
            let (command, relies_on_others) = booking.command(day);
            let request = Request { at: self.at, actor: by.clone(), command };
            let part = self.records.calendar(booking.provider_id, day).decides(request)?;
            Ok(if relies_on_others { part } else { part.wherever_it_ends() })
        });
        decided.collect()
    }

    pub(super) fn schedule(
        &self,
        patient: usize,
        number: u128,
        quarter: i64,
        overbook: bool,
        hold: Option<usize>,
    ) -> Decided {
        let Command::Schedule(command, _) = example::schedule() else { unreachable!() };
        let (patient_id, provider_id) = (id(PATIENTS[patient].0), id(number));
        let (visit_id, starts_at): (VisitId, _) = (id(self.fresh), self.quarter(quarter));
        let overbook = overbook.then_some(OverbookReason::Urgent);
        let hold_id = hold.and_then(|index| self.holds(provider_id).nth(index));
        let command = Schedule { patient_id, provider_id, starts_at: starts_at.into(), overbook, hold_id, ..command };
        let (patient, provider) = (self.records.patient(patient_id), self.records.provider(provider_id));
        let zone = self.records.clinic().state.time_zone();
        let when = When::of(Ok(starts_at), command.duration_minutes, &provider.state, &zone);
        let facts = ScheduleFacts::of(&patient.state, &provider.state, when);
        let to = Some((starts_at, command.duration_minutes));
        let booking = Booking { provider_id, visit_id, from: None, to, overbook, hold_id };
        let desk = actor(Role::FrontDesk);
        let mut parts = self.calendars(&booking, &desk)?;
        let visit = self.records.visit(visit_id);
        parts.push(visit.decides(self.request(Role::FrontDesk, Command::Schedule(command, facts)))?);
        Ok(self.decided(parts, vec![provider.guard()]))
    }

    /// On demand: the patient's stream says so too, so that two requests at once meet there.
    pub(super) fn ask_for_a_visit(&self, patient_id: PatientId, jurisdiction: &str) -> Decided {
        let Command::RequestVisit(command, _) = example::request() else { unreachable!() };
        let patient = self.records.patient(patient_id);
        let (visit_id, jurisdiction) = (id(self.fresh), place(jurisdiction));
        let command = RequestVisit { patient_id, jurisdiction, earliest: None, latest: None, ..command };
        let open = |visit: &VisitId| self.records.visit(*visit).state.state() == State::Requested;
        let newest_is_open = patient.state.newest_request().is_some_and(|newest| open(&newest));
        let noted = patient::Command::RequestVisit(patient::NewRequest { visit_id, newest_is_open });
        let noted = patient.decides(self.request(Role::FrontDesk, noted))?;
        let command = Command::RequestVisit(command, RequestFacts::of(&patient.state));
        let visit = self.records.visit(visit_id).decides(self.request(Role::FrontDesk, command))?;
        Ok(self.decided(vec![noted, visit], vec![]))
    }

    /// Whoever claims is licensed where the patient says to be, and takes their own time for it.
    pub(super) fn claim(&self, provider_id: ProviderId, overbook: bool) -> Decided {
        let open = |(_, visit): &(&VisitId, &Visit)| visit.state() == State::Requested;
        let visit_id = *self.records.visits.iter().find(open).ok_or(NOTHING)?.0;
        let Command::Claim(command, _) = example::claim() else { unreachable!() };
        let overbook = overbook.then_some(OverbookReason::Urgent);
        let command = Claim { overbook, starts_at: None, ..command };
        let (provider, clinic) = (self.records.provider(provider_id), self.records.clinic());
        let to = Some((self.at, command.duration_minutes));
        let booking = Booking { provider_id, visit_id, from: None, to, overbook, hold_id: None };
        let by = Actor { person: Some(provider_id.0), ..actor(Role::Provider) };
        let mut parts = self.calendars(&booking, &by)?;
        let facts = ClaimFacts::of(self.at, command.duration_minutes, &provider.state, &clinic.state);
        let request = Request { at: self.at, actor: by, command: Command::Claim(command, facts) };
        parts.push(self.records.visit(visit_id).decides(request)?);
        Ok(self.decided(parts, vec![provider.guard(), clinic.guard()]))
    }

    pub(super) fn holds(&self, provider: ProviderId) -> impl Iterator<Item = HoldId> {
        let of_provider = self.records.calendars.iter().filter(move |((id, _), _)| *id == provider);
        of_provider.flat_map(|(_, calendar)| calendar.held(self.at).map(|(hold, _)| hold))
    }

    pub(super) fn hold(&self, provider_id: ProviderId, quarter: i64) -> Decided {
        let (starts_at, duration_minutes, hold_id) = (self.quarter(quarter), 20, id(self.fresh));
        let parts = calendar::days(starts_at, duration_minutes).into_iter().map(|day| {
            let hold = calendar::Hold { provider_id, day, hold_id, starts_at, duration_minutes };
            let calendar = self.records.calendar(provider_id, day);
            calendar.decides(self.request(Role::FrontDesk, calendar::Command::Hold(hold)))
        });
        Ok(self.decided(parts.collect::<Result<_, _>>()?, vec![]))
    }
}
