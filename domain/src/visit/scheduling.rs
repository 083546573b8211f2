//! Setting a visit up, calling it off, and recording that the patient never came.

use chrono::{DateTime, Datelike, Duration, Utc};

use super::decide::require_role;
use super::{
    Cancel, Cancelled, Error, Event, NoShowFacts, NoShowRecorded, Participant, Schedule, ScheduleFacts, Scheduled,
};
use super::{State, Visit};
use crate::{Actor, Phi, Role};

/// How far ahead a visit may be set up, in days.
const FURTHEST_AHEAD_DAYS: i64 = 2 * 366;

impl Visit {
    pub(super) fn schedule(&self, command: Schedule, facts: ScheduleFacts, at: DateTime<Utc>) -> Result<Event, Error> {
        if self.state() != State::NotScheduled {
            return Err(Error::AlreadyScheduled);
        }
        if !facts.patient_registered {
            return Err(Error::UnknownPatient);
        }
        if !facts.provider_registered {
            return Err(Error::UnknownProvider);
        }
        let Schedule { patient_id, provider_id, starts_at, duration_minutes, modality, reason } = command;
        if starts_at.year() < 2000 || starts_at.signed_duration_since(at) > Duration::days(FURTHEST_AHEAD_DAYS) {
            return Err(Error::StartUnreasonable);
        }
        if !(5..=480).contains(&duration_minutes) {
            return Err(Error::DurationOutOfRange);
        }
        let reason = reason.map(Phi::Clear);
        Ok(Scheduled { patient_id, provider_id, starts_at, duration_minutes, modality, reason }.into())
    }

    pub(super) fn cancel(&self, command: Cancel) -> Result<Event, Error> {
        const BEFORE_ADMISSION: [State; 5] =
            [State::Scheduled, State::Arrived, State::CheckedIn, State::Held, State::Left];
        self.require(&BEFORE_ADMISSION, "cancel", "a visit is called off before the patient is admitted, and once")?;
        Ok(Cancelled { by: command.by, reason: command.reason, details: command.details.map(Phi::Clear) }.into())
    }

    /// A no-show stands in a patient's record, so a person answers for it, and nobody who was here gets one: neither who
    /// arrived nor who was seen on the call without having been marked as arrived.
    pub(super) fn record_no_show(&self, facts: NoShowFacts, at: DateTime<Utc>, actor: &Actor) -> Result<Event, Error> {
        const STAFF: [Role; 3] = [Role::FrontDesk, Role::Provider, Role::Administrator];
        require_role(actor, &STAFF, "record-no-show", "staff of the clinic")?;
        if matches!(self.state(), State::Arrived | State::CheckedIn | State::Held | State::Left) {
            return Err(Error::PatientHasArrived);
        }
        self.require(&[State::Scheduled], "record-no-show", "only a scheduled visit can turn out a no-show")?;
        if self.presence().was_seen(Participant::Patient) {
            return Err(Error::PatientHasArrived);
        }
        let grace = Duration::minutes(facts.grace_minutes.into());
        if self.starts_at().is_some_and(|starts_at| at.signed_duration_since(starts_at) < grace) {
            return Err(Error::TooEarlyForNoShow);
        }
        Ok(NoShowRecorded { grace_minutes: facts.grace_minutes }.into())
    }
}
