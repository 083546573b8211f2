//! What each event does to the waiting room's rows: one a visit, one a patient for the name, one a wait that came to its end.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use daybook_domain::visit::{Event, HoldReason, Participant, State, TimeSpent, Visit};
use daybook_domain::{ProviderId, Role, Rules, patient};
use serde::{Deserialize, Serialize};

use super::pace::Wait;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{Fact, PATIENT, Seen, VISIT};

/// Kind of the rows of waits. Each has its visit's id.
pub(super) const WAIT: &str = "wait";

/// States in which a visit stands in the waiting room.
pub(super) const LISTED: [State; 6] =
    [State::Scheduled, State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Admitted];

/// States out of which no visit comes back into the room.
const OVER: [State; 4] = [State::Ended, State::Closed, State::Cancelled, State::Expired];

/// A stored row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum RoomRow {
    Visit(Box<RoomVisit>),
    /// A visit that is over: nobody asks any more how it stood but at a moment before, and then its events tell. Position of
    /// its first event. Most visits are over, so nearly all of the rows are these.
    Over(u64),
    /// Position of the newest event that says who the patient is.
    Person(u64),
    /// How long the patient of this visit waited.
    Wait(Wait),
    /// They were sent back: that wait has not come to its end.
    TakenBack,
}

impl RoomRow {
    fn visit(&self) -> Option<&RoomVisit> {
        match self {
            RoomRow::Visit(room) => Some(room),
            _ => None,
        }
    }
}

/// A visit as the waiting room knows it: the visit itself, as the domain tells it, and when it came to be so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RoomVisit {
    pub visit: Visit,
    /// Position of its first event.
    pub begun: u64,
    pub state_since: DateTime<Utc>,
    pub arrived_at: Option<DateTime<Utc>>,
    pub checked_in_at: Option<DateTime<Utc>>,
    /// Seconds spent in states that passed.
    pub spent: BTreeMap<State, u64>,
    /// The same by account.
    pub time: TimeSpent,
    /// When the provider last admitted the patient.
    pub admitted_at: Option<DateTime<Utc>>,
    pub hold_reason: Option<HoldReason>,
    pub roomed_by: Option<RoomedBy>,
    /// When each participant was last seen to come or go.
    pub seen_at: BTreeMap<Participant, DateTime<Utc>>,
    pub reason_position: Option<u64>,
}

/// Who is with a roomed patient: staff, so nothing about a patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomedBy {
    /// The identity provider's subject; `None` where the log does not say.
    pub subject: Option<String>,
    /// In which role.
    pub role: Role,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Position of a visit's first event, out of its row.
macro_rules! begun {
    () => {
        "coalesce(body ->> 'Over', body #>> '{Visit,begun}')::bigint"
    };
}
pub(super) use begun;

pub(crate) struct Room;

impl Projection for Room {
    const VIEW: View = View::WaitingRoom;
    const VERSION: u32 = 21;
    /// The second is for what changed since a position and was there already, the third for a provider's newest waits.
    const INDEXES: &'static [&'static str] = &[
        "(clinic_id, tag, to_position, at) WHERE tag IS NOT NULL",
        concat!("(clinic_id, from_position, (", begun!(), ")) WHERE kind = 'visit'"),
        "(clinic_id, owner, from_position) WHERE kind = 'wait'",
    ];
    const STREAMS: &'static [&'static str] = &[VISIT, PATIENT];
    const KINDS: &'static [&'static str] = &[VISIT, PATIENT, WAIT];
    type Row = RoomRow;

    fn keys(seen: &Seen) -> Vec<Key> {
        let id = seen.recorded.stream.id;
        match &seen.fact {
            Ok(Fact::Patient(_)) => vec![Key { kind: PATIENT, id }],
            Ok(Fact::Visit(Event::Admitted(_) | Event::ReturnedToWaiting(_))) => {
                vec![Key { kind: VISIT, id }, Key { kind: WAIT, id }]
            }
            Ok(Fact::Visit(event)) if is_shown(event) => vec![Key { kind: VISIT, id }],
            _ => Vec::new(),
        }
    }

    fn fold(rows: &mut Rows<RoomRow>, seen: &Seen) {
        let (position, id) = (seen.position(), seen.recorded.stream.id);
        match &seen.fact {
            Ok(Fact::Patient(patient::Event::PatientRegistered(_) | patient::Event::PatientImported(_))) => {
                rows.set(Key { kind: PATIENT, id }, position, RoomRow::Person(position));
            }
            Ok(Fact::Visit(event)) if is_shown(event) => {
                let key = Key { kind: VISIT, id };
                let before = rows.get(key).cloned();
                if let Event::Admitted(admitted) = event
                    && admitted.overridden_gates.is_empty()
                {
                    admit(rows, before.as_ref(), admitted.provider_id, seen);
                }
                if matches!(event, Event::ReturnedToWaiting(returned) if returned.sent_back_by.is_some()) {
                    take_back(rows, before.as_ref(), seen);
                }
                rows.set(key, position, next(before, event, seen));
            }
            _ => {}
        }
    }

    fn columns(row: &RoomRow) -> Columns {
        match row {
            RoomRow::Visit(room) => Columns {
                owner: room.visit.provider().map(|provider| provider.0),
                tag: Some(room.visit.state().name()),
                at: room.visit.starts_at(),
            },
            RoomRow::Wait(wait) => Columns { owner: Some(wait.provider.0), ..Columns::default() },
            RoomRow::Over(_) | RoomRow::Person(_) | RoomRow::TakenBack => Columns::default(),
        }
    }

    /// How a visit stood is folded again from its own events, which are few. A pace comes of the waits of many visits.
    fn is_kept(row: &RoomRow) -> bool {
        !matches!(row, RoomRow::Visit(_) | RoomRow::Over(_))
    }
}

/// A visit's row as these events of its stream, in order, leave it, and the position of the one that made it so. `None`
/// where nothing of it is shown yet.
pub(super) fn told<'a>(events: impl IntoIterator<Item = &'a Seen>) -> Option<(u64, RoomRow)> {
    let mut told: Option<(u64, RoomRow)> = None;
    for seen in events {
        let Some(event) = seen.visit().filter(|event| is_shown(event)) else { continue };
        let row = next(told.as_ref().map(|(_, row)| row.clone()), event, seen);
        if told.as_ref().is_none_or(|(_, before)| *before != row) {
            told = Some((seen.position(), row));
        }
    }
    told
}

/// A visit's row as an event leaves it.
fn next(before: Option<RoomRow>, event: &Event, seen: &Seen) -> RoomRow {
    let before = match before {
        Some(over @ RoomRow::Over(_)) => return over,
        Some(RoomRow::Visit(room)) => Some(*room),
        _ => None,
    };
    let room = after(before, event, seen);
    if OVER.contains(&room.visit.state()) { RoomRow::Over(room.begun) } else { RoomRow::Visit(Box::new(room)) }
}

/// Whether the waiting room could look different after it. Notes, diagnoses, orders and charges are not its business.
fn is_shown(event: &Event) -> bool {
    !matches!(
        event,
        Event::NoteDrafted(_)
            | Event::NoteSigned(_)
            | Event::NoteAddended(_)
            | Event::NoteCorrected(_)
            | Event::NoteEnteredInError(_)
            | Event::CosignRequested(_)
            | Event::Cosigned(_)
            | Event::DiagnosisRecorded(_)
            | Event::DiagnosisRemoved(_)
            | Event::PrescriptionDrafted(_)
            | Event::LabOrderDrafted(_)
            | Event::OrderSigned(_)
            | Event::OrderCancelled(_)
            | Event::OrderTransmitted(_)
            | Event::OrderAccepted(_)
            | Event::OrderFailed(_)
            | Event::ResultReceived(_)
            | Event::ResultReviewed(_)
            | Event::ChargeCaptured(_)
            | Event::Billed(_)
    )
}

fn after(before: Option<RoomVisit>, event: &Event, seen: &Seen) -> RoomVisit {
    let at = seen.recorded.recorded_at;
    let mut room = before.unwrap_or_else(|| RoomVisit {
        visit: Visit::default(),
        begun: seen.position(),
        state_since: at,
        arrived_at: None,
        checked_in_at: None,
        spent: BTreeMap::new(),
        time: TimeSpent::default(),
        admitted_at: None,
        hold_reason: None,
        roomed_by: None,
        seen_at: BTreeMap::new(),
        reason_position: None,
    });
    let state = room.visit.state();
    room.visit.evolve(event);
    room.time.observe(at, event, &room.visit);
    if room.visit.state() != state {
        *room.spent.entry(state).or_default() += seconds(room.state_since, at);
        room.state_since = at;
        room.roomed_by = None;
    }
    match event {
        Event::Requested(_) => room.reason_position = Some(seen.position()),
        // Of a visit that was asked for on demand the request has the reason.
        Event::Scheduled(scheduled) => {
            room.reason_position = scheduled.reason.as_ref().map(|_| seen.position()).or(room.reason_position);
            room.spent.clear();
        }
        Event::Rescheduled(_) => {
            (room.arrived_at, room.checked_in_at, room.hold_reason) = (None, None, None);
            room.spent.clear();
        }
        // Whoever comes back starts waiting anew.
        Event::Arrived(_) => (room.arrived_at, room.checked_in_at) = (Some(at), None),
        Event::CheckedIn(_) => room.checked_in_at = Some(at),
        Event::Roomed(roomed) => {
            let (subject, role) = (seen.actor(), roomed.roomed_by);
            room.roomed_by = Some(RoomedBy { subject, role, since: at });
        }
        Event::Admitted(_) => room.admitted_at = Some(at),
        Event::Held(held) => room.hold_reason = Some(held.reason),
        Event::ReturnedToWaiting(_) => room.hold_reason = None,
        Event::ParticipantJoined(joined) => room.see(joined.participant, joined.observed_at),
        Event::ParticipantLeft(left) => room.see(left.participant, left.observed_at),
        _ => {}
    }
    room
}

impl RoomVisit {
    /// An older sighting reported later changes nothing.
    fn see(&mut self, participant: Participant, at: DateTime<Utc>) {
        let newest = self.seen_at.entry(participant).or_insert(at);
        *newest = at.max(*newest);
    }
}

/// A wait came to its end: it says how long this provider's patients wait, unless an emergency cut it short.
fn admit(rows: &mut Rows<RoomRow>, before: Option<&RoomRow>, provider: ProviderId, seen: &Seen) {
    let Some(since) = before.and_then(RoomRow::visit).and_then(|room| room.checked_in_at) else { return };
    let ended = seen.recorded.recorded_at;
    let wait = Wait { provider, ended, seconds: seconds(since, ended) };
    rows.set(Key { kind: WAIT, id: seen.recorded.stream.id }, seen.position(), RoomRow::Wait(wait));
}

/// The patient was sent back: that wait has not come to its end.
fn take_back(rows: &mut Rows<RoomRow>, before: Option<&RoomRow>, seen: &Seen) {
    let key = Key { kind: WAIT, id: seen.recorded.stream.id };
    let admitted = before.and_then(RoomRow::visit).and_then(|room| room.admitted_at);
    if matches!(rows.get(key), Some(RoomRow::Wait(wait)) if Some(wait.ended) == admitted) {
        rows.set(key, seen.position(), RoomRow::TakenBack);
    }
}

/// Whole seconds between; none where the clock ran backwards.
pub(super) fn seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> u64 {
    u64::try_from(to.signed_duration_since(from).num_seconds()).unwrap_or(0)
}
