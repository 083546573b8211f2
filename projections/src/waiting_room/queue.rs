//! The order of the queue, and why. Waiting patients come first, by scheduled start and then by check-in, so that an early
//! bird does not overtake who is due; those on hold follow, then those here and not yet checked in, then those expected,
//! last those already with the provider. Each provider's patients are a queue of their own.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use daybook_domain::visit::{
    ConsentKind, ConsentState, DeviceCheck, HoldReason, IdentityConfirmation, InterpretationState, InterpreterModality,
    MessageFrom, Modality, Participant, PresenceState, Proposal, Readiness, State, TimePart, Told,
};
use daybook_domain::{Code, Jurisdiction, Language, PatientId, ProviderId, VisitId};
use serde::{Deserialize, Serialize};

use super::fold::{RoomVisit, RoomedBy, seconds};
use super::pace::{Estimate, Pace};
use crate::chart::ConsentAnswer;

/// A visit in the waiting room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaitingRow {
    pub visit_id: VisitId,
    pub patient_id: PatientId,
    pub provider_id: ProviderId,
    pub state: State,
    pub state_since: DateTime<Utc>,
    /// Seconds in this state.
    pub in_state_seconds: u64,
    /// Seconds since arrival; 0 for who is not here.
    pub waited_seconds: u64,
    /// Seconds in each state so far, the present one too.
    pub seconds_by_state: BTreeMap<State, u64>,
    /// Where the time went, by state and on whose account; the parts add up to the whole.
    pub time: Vec<TimePart>,
    pub scheduled_for: DateTime<Utc>,
    pub duration_minutes: u16,
    pub modality: Option<Modality>,
    pub arrived_at: Option<DateTime<Utc>>,
    pub checked_in_at: Option<DateTime<Utc>>,
    pub hold_reason: Option<HoldReason>,
    /// Who is with the patient; `None` for who is not roomed.
    pub roomed_by: Option<RoomedBy>,
    pub patient_presence: ParticipantPresence,
    pub provider_presence: ParticipantPresence,
    /// When a late provider is expected.
    pub provider_expected_at: Option<DateTime<Utc>>,
    /// Whether the provider said to be ready.
    pub provider_readiness: Readiness,
    /// What the system proposes to record of who is late or gone; only a person records it.
    pub proposals: Vec<Proposal>,
    /// Whether an emergency is open.
    pub emergency: bool,
    /// The interpreter that was asked for, and whether one is there; `None`: nobody asked.
    pub interpreter: Option<InterpreterBadge>,
    /// Messages of the patient that nobody has read.
    pub unread_messages: usize,
    pub identity_verified: bool,
    /// What the provider found, seeing the patient.
    pub identity_confirmation: IdentityConfirmation,
    /// Whether the patient told what a provider needs to know.
    pub intake_recorded: bool,
    /// How the patient's devices last did.
    pub device_check: Option<DeviceCheck>,
    /// Where the patient attested to be.
    pub jurisdiction: Option<Jurisdiction>,
    /// Whether the provider has no licence there, found out during the visit.
    pub licence_gap: bool,
    pub consents: Vec<ConsentBadge>,
    /// Position of the event with the patient's name.
    pub patient_registered: Option<u64>,
    /// Position of the event with the reason for the visit, where one was given.
    pub reason_position: Option<u64>,
    /// Position of the event that made the row what it is.
    pub changed_position: u64,
    /// Place in the whole room, from 1.
    pub order: u32,
    /// Place among those waiting for this provider, from 1; `None` for who is not waiting.
    pub place: Option<u32>,
    /// Why this order.
    pub why: Vec<OrderReason>,
    /// How much longer; measured, or none.
    pub estimate: Option<Estimate>,
    /// What a waiting patient is told of this provider's waits.
    pub measured: Option<Told>,
}

/// Whether a participant is on the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantPresence {
    pub state: PresenceState,
    /// When they were last seen to come or go; `None`: never.
    pub last_seen: Option<DateTime<Utc>>,
}

/// The interpreter a visit needs, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterpreterBadge {
    pub state: InterpretationState,
    pub language: Language,
    pub modality: InterpreterModality,
}

/// What became of one question for consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentBadge {
    pub kind: ConsentKind,
    pub answer: ConsentAnswer,
    pub text_version: Code,
}

/// Why a row stands where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum OrderReason {
    /// Waits for the provider.
    Waiting,
    /// Waits for the provider, and clinical staff are with them: keeps their place among those waiting.
    Roomed,
    /// On hold: comes after those waiting.
    OnHold,
    /// Here, not yet checked in: comes after those who are.
    NotCheckedIn,
    /// Expected, not yet here.
    NotHere,
    /// With the provider: no longer waits.
    WithProvider,
    /// First of this provider's patients in this group.
    First,
    /// Starts later than the visit ahead.
    ScheduledAfter { visit_id: VisitId },
    /// Starts at the same time as the visit ahead, and checked in (or arrived) later.
    CheckedInAfter { visit_id: VisitId },
}

/// What the queue is made from.
pub(super) struct Entry {
    pub id: VisitId,
    pub changed_position: u64,
    pub room: RoomVisit,
}

/// The queue at a moment. `names` and `paces` are the rows of patients and providers.
pub(super) fn queue(
    mut entries: Vec<Entry>,
    names: &BTreeMap<PatientId, u64>,
    paces: &BTreeMap<ProviderId, Pace>,
    as_of: DateTime<Utc>,
) -> Vec<WaitingRow> {
    entries.sort_by_key(rank);
    let mut ahead: BTreeMap<(ProviderId, Group), (u32, Rank)> = BTreeMap::new();
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let rank = rank(&entry);
        let Some(mut row) = row(entry, as_of) else { continue };
        row.order = rows.len() as u32 + 1;
        row.patient_registered = names.get(&row.patient_id).copied();
        let before = ahead.insert((row.provider_id, rank.0), (0, rank));
        let place = before.map_or(1, |(place, _)| place + 1);
        ahead.insert((row.provider_id, rank.0), (place, rank));
        let group = if row.state == State::Roomed { OrderReason::Roomed } else { rank.0.reason() };
        row.why = vec![group, before.map_or(OrderReason::First, |(_, before)| behind(before, rank))];
        if rank.0 == Group::Waiting {
            row.place = Some(place);
            let waited = row.checked_in_at.map_or(0, |since| seconds(since, as_of));
            row.estimate = paces.get(&row.provider_id).and_then(|pace| pace.estimate(waited, as_of));
        }
        if matches!(rank.0, Group::Waiting | Group::OnHold) {
            row.measured = Some(paces.get(&row.provider_id).cloned().unwrap_or_default().told(as_of));
        }
        rows.push(row);
    }
    rows
}

/// Groups, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Waiting,
    OnHold,
    NotCheckedIn,
    NotHere,
    WithProvider,
}

impl Group {
    fn reason(self) -> OrderReason {
        match self {
            Group::Waiting => OrderReason::Waiting,
            Group::OnHold => OrderReason::OnHold,
            Group::NotCheckedIn => OrderReason::NotCheckedIn,
            Group::NotHere => OrderReason::NotHere,
            Group::WithProvider => OrderReason::WithProvider,
        }
    }
}

/// Group, scheduled start, check-in (before that, arrival), and the id so that the order is always the same.
type Rank = (Group, Option<DateTime<Utc>>, Option<DateTime<Utc>>, VisitId);

fn rank(entry: &Entry) -> Rank {
    let group = match entry.room.visit.state() {
        State::CheckedIn | State::Roomed => Group::Waiting,
        State::Held => Group::OnHold,
        State::Arrived => Group::NotCheckedIn,
        State::Admitted => Group::WithProvider,
        _ => Group::NotHere,
    };
    (group, entry.room.visit.starts_at(), entry.room.checked_in_at.or(entry.room.arrived_at), entry.id)
}

fn behind(ahead: Rank, rank: Rank) -> OrderReason {
    if ahead.1 < rank.1 {
        OrderReason::ScheduledAfter { visit_id: ahead.3 }
    } else {
        OrderReason::CheckedInAfter { visit_id: ahead.3 }
    }
}

/// A row without its place; `None` for a visit that was never scheduled.
fn row(entry: Entry, as_of: DateTime<Utc>) -> Option<WaitingRow> {
    let Entry { id, changed_position, room } = entry;
    let visit = &room.visit;
    let in_state_seconds = seconds(room.state_since, as_of);
    let mut seconds_by_state = room.spent.clone();
    *seconds_by_state.entry(visit.state()).or_default() += in_state_seconds;
    seconds_by_state.remove(&State::NotScheduled);
    Some(WaitingRow {
        visit_id: id,
        patient_id: visit.patient()?,
        provider_id: visit.provider()?,
        state: visit.state(),
        state_since: room.state_since,
        in_state_seconds,
        waited_seconds: room.arrived_at.map_or(0, |since| seconds(since, as_of)),
        seconds_by_state,
        time: room.time.parts(as_of),
        scheduled_for: visit.starts_at()?,
        duration_minutes: visit.duration_minutes(),
        modality: visit.modality(),
        arrived_at: room.arrived_at,
        checked_in_at: room.checked_in_at,
        hold_reason: room.hold_reason.filter(|_| visit.state() == State::Held),
        roomed_by: room.roomed_by.clone(),
        patient_presence: room.presence(Participant::Patient),
        provider_presence: room.presence(Participant::Provider),
        provider_expected_at: visit.expected_at(),
        provider_readiness: visit.readiness(),
        proposals: Vec::new(),
        emergency: visit.emergencies().open().is_some(),
        interpreter: visit.interpretation().need().map(|need| InterpreterBadge {
            state: visit.interpretation().state(),
            language: need.language.clone(),
            modality: need.modality,
        }),
        unread_messages: visit.messages().unread(MessageFrom::Patient),
        identity_verified: visit.identity_verified(),
        identity_confirmation: visit.identity_confirmation(),
        intake_recorded: visit.intake_recorded(),
        device_check: visit.device_check(),
        jurisdiction: visit.location().map(|location| location.jurisdiction),
        licence_gap: visit.location().is_some_and(|location| location.licence_gap),
        consents: [ConsentKind::Telehealth, ConsentKind::Recording]
            .into_iter()
            .filter_map(|kind| Some(badge(kind, visit.consents().get(kind)?)))
            .collect(),
        patient_registered: None,
        reason_position: room.reason_position,
        changed_position,
        order: 0,
        place: None,
        why: Vec::new(),
        estimate: None,
        measured: None,
    })
}

fn badge(kind: ConsentKind, state: &ConsentState) -> ConsentBadge {
    let (answer, text_version) = match state {
        ConsentState::Given(text) => (ConsentAnswer::Given, text),
        ConsentState::Declined(text) => (ConsentAnswer::Declined, text),
        ConsentState::Withdrawn(text) => (ConsentAnswer::Withdrawn, text),
    };
    ConsentBadge { kind, answer, text_version: text_version.clone() }
}

impl RoomVisit {
    fn presence(&self, participant: Participant) -> ParticipantPresence {
        let last_seen = self.seen_at.get(&participant).copied();
        ParticipantPresence { state: self.visit.presence().of(participant), last_seen }
    }
}

#[cfg(test)]
mod tests;
