//! Asking for the waiting room: now, as it was, and what changed since.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use daybook_domain::visit::{Proposal, State};
use daybook_domain::{PatientId, ProviderId, VisitId};
use daybook_ledger::Stream;
use serde::Serialize;
use uuid::Uuid;

use super::fold::{LISTED, RoomRow, RoomVisit, WAIT, begun, told};
use super::pace::{Pace, REMEMBERED};
use super::queue::{Entry, WaitingRow, queue};
use crate::error::{Behind, Error};
use crate::projection::View;
use crate::seen::{Seen, VISIT};
use crate::store::{self, Found};
use crate::views::Views;

/// Visits nobody has arrived for are listed from so long after their start to so long before: the day around a moment,
/// wherever the clinic's clocks are set.
const AROUND: Duration = Duration::hours(12);
/// Visits whose events are read at once.
const AT_ONCE: usize = 200;

/// The waiting room at a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WaitingRoom {
    /// Position of the newest event in it.
    pub position: u64,
    /// The moment its times are counted to.
    pub as_of: DateTime<Utc>,
    /// In the order of the queue.
    pub rows: Vec<WaitingRow>,
}

/// What became different in the waiting room.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WaitingRoomChanges {
    /// Position of the newest event in it: ask again after this one.
    pub position: u64,
    pub as_of: DateTime<Utc>,
    /// Rows that are new, or different in anything but the passing of time: a place in the queue is part of a row.
    pub changed: Vec<WaitingRow>,
    /// Visits no longer in the room.
    pub removed: Vec<VisitId>,
}

impl WaitingRoomChanges {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.removed.is_empty()
    }
}

impl Views {
    /// The waiting room now, or as it stood right after the event at a position; times are then those of that moment.
    pub async fn waiting_room(&self, clinic: Uuid, at: Option<u64>) -> Result<WaitingRoom, Error> {
        let Some(at) = at else {
            let as_of = self.ledger.clock().now();
            let Some(position) = self.position(View::WaitingRoom, clinic).await? else {
                return Ok(WaitingRoom { position: 0, as_of, rows: Vec::new() });
            };
            return self.room(clinic, position, as_of).await;
        };
        let newest = self.position(View::WaitingRoom, clinic).await?;
        let event = self.ledger.read_positions(clinic, &[at]).await?.pop();
        match event {
            Some(event) if Some(at) <= newest => self.room(clinic, at, event.recorded_at).await,
            _ => Err(Behind { at: newest }.into()),
        }
    }

    /// What became different after the event at a position, for a live view that has everything up to it. Nothing, if the
    /// read model has not come further.
    pub async fn waiting_room_changes(&self, clinic: Uuid, after: u64) -> Result<WaitingRoomChanges, Error> {
        let now = self.waiting_room(clinic, None).await?;
        let WaitingRoom { position, as_of, rows } = now;
        if position <= after {
            return Ok(WaitingRoomChanges { position: after, as_of, changed: Vec::new(), removed: Vec::new() });
        }
        let before = self.room(clinic, after, as_of).await?;
        let mut before: BTreeMap<VisitId, WaitingRow> =
            before.rows.into_iter().map(|row| (row.visit_id, row)).collect();
        let changed = rows.into_iter().filter(|row| before.remove(&row.visit_id).as_ref() != Some(row)).collect();
        Ok(WaitingRoomChanges { position, as_of, changed, removed: before.into_keys().collect() })
    }

    /// The room at a position, with the times of `as_of`.
    async fn room(&self, clinic: Uuid, position: u64, as_of: DateTime<Utc>) -> Result<WaitingRoom, Error> {
        let mut entries = self.unchanged(clinic, position, as_of).await?;
        // Asked second: what changed between the two is in both, and not in neither.
        entries.extend(self.changed(clinic, position, as_of).await?);
        let entries: Vec<Entry> = entries.into_values().collect();
        let (names, paces) =
            futures::try_join!(self.names(clinic, position, &entries), self.paces(clinic, position, &entries))?;
        // The clinic's record is another read model, and perhaps not there yet: then nothing is proposed.
        let lateness = self.clinic(clinic).await?.map(|clinic| clinic.lateness());
        let proposed = |entry: &Entry| {
            let proposals = lateness.as_ref().map(|rules| entry.room.visit.proposals(as_of, rules));
            (entry.id, proposals.unwrap_or_default())
        };
        let mut proposals: BTreeMap<VisitId, Vec<Proposal>> = entries.iter().map(proposed).collect();
        let mut rows = queue(entries, &names, &paces, as_of);
        rows.iter_mut().for_each(|row| row.proposals = proposals.remove(&row.visit_id).unwrap_or_default());
        Ok(WaitingRoom { position, as_of, rows })
    }

    /// Visits in the room that stand now as they stood at a position.
    async fn unchanged(
        &self,
        clinic: Uuid,
        position: u64,
        as_of: DateTime<Utc>,
    ) -> Result<BTreeMap<VisitId, Entry>, Error> {
        const EXPECTED: &str = "kind = 'visit' AND tag = 'scheduled' AND at BETWEEN $3 AND $4";
        // That it has a tag is said twice: the index is of rows that have one, and of a list the planner cannot tell.
        const HERE: &str = "kind = 'visit' AND tag IS NOT NULL AND tag = ANY($3)";
        let here: Vec<&str> = LISTED.iter().map(|state| state.name()).filter(|name| *name != "scheduled").collect();
        let view = View::WaitingRoom;
        let expected = store::read_at::<RoomRow>(&self.pool, view, clinic, position, EXPECTED, |q| {
            q.bind(as_of - AROUND).bind(as_of + AROUND)
        });
        let here = store::read_at::<RoomRow>(&self.pool, view, clinic, position, HERE, |q| q.bind(here));
        let (expected, here) = futures::try_join!(expected, here)?;
        Ok(here.into_iter().chain(expected).filter_map(entry).map(|entry| (entry.id, entry)).collect())
    }

    /// Visits that stood in the room at a position and stand otherwise now: each is folded again from its own events.
    async fn changed(
        &self,
        clinic: Uuid,
        position: u64,
        as_of: DateTime<Utc>,
    ) -> Result<BTreeMap<VisitId, Entry>, Error> {
        const CHANGED: &str = concat!("kind = 'visit' AND from_position > $2 AND ", begun!(), " <= $2");
        let changed = store::ids(&self.pool, View::WaitingRoom, clinic, CHANGED, position).await?;
        let mut entries = BTreeMap::new();
        for some in changed.chunks(AT_ONCE) {
            let streams: Vec<_> = some.iter().map(|id| (clinic, Stream::new(VISIT, *id))).collect();
            let events = self.ledger.read_streams(&streams).await?.into_iter();
            let events: Vec<Seen> = events.filter(|event| event.position <= position).map(Seen::new).collect();
            for events in events.chunk_by(|one, next| one.recorded.stream == next.recorded.stream) {
                let Some((changed_position, RoomRow::Visit(room))) = told(events) else { continue };
                let id = VisitId(events[0].recorded.stream.id);
                if is_in(&room, as_of) {
                    entries.insert(id, Entry { id, changed_position, room: *room });
                }
            }
        }
        Ok(entries)
    }

    async fn names(&self, clinic: Uuid, position: u64, entries: &[Entry]) -> Result<BTreeMap<PatientId, u64>, Error> {
        const NAMED: &str = "kind = 'patient' AND id = ANY($3)";
        let ids: Vec<Uuid> = entries.iter().filter_map(|entry| Some(entry.room.visit.patient()?.0)).collect();
        let found =
            store::read_at(&self.pool, View::WaitingRoom, clinic, position, NAMED, |q| q.bind(ids)).await?.into_iter();
        let names = found.filter_map(|found| match found.row {
            RoomRow::Person(registered) => Some((PatientId(found.id), registered)),
            _ => None,
        });
        Ok(names.collect())
    }

    async fn paces(&self, clinic: Uuid, position: u64, entries: &[Entry]) -> Result<BTreeMap<ProviderId, Pace>, Error> {
        let providers = entries.iter().filter_map(|entry| Some(entry.room.visit.provider()?.0));
        let providers: BTreeSet<Uuid> = providers.collect();
        let of = (WAIT, providers.into_iter().collect());
        let mut found = store::newest_of(&self.pool, View::WaitingRoom, clinic, position, of, REMEMBERED).await?;
        found.sort_by_key(|found| Reverse(found.from));
        let mut paces: BTreeMap<ProviderId, Pace> = BTreeMap::new();
        for found in found {
            if let RoomRow::Wait(wait) = found.row {
                paces.entry(wait.provider).or_default().add(wait);
            }
        }
        Ok(paces)
    }
}

/// Whether a visit is shown in the room at a moment.
fn is_in(room: &RoomVisit, as_of: DateTime<Utc>) -> bool {
    let is_around = |at: DateTime<Utc>| as_of - AROUND <= at && at <= as_of + AROUND;
    match room.visit.state() {
        State::Scheduled => room.visit.starts_at().is_some_and(is_around),
        state => LISTED.contains(&state),
    }
}

fn entry(found: Found<RoomRow>) -> Option<Entry> {
    match found.row {
        RoomRow::Visit(room) => Some(Entry { id: VisitId(found.id), changed_position: found.from, room: *room }),
        _ => None,
    }
}
