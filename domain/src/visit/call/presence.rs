//! Who is on the call: absent, present or reconnecting, for each participant. Observations may come late, doubled or out
//! of order.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{LeaveReason, ParticipantJoined, ParticipantLeft};
use crate::visit::Participant;
use crate::{Code, ParticipantId};

/// Where a participant is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PresenceState {
    /// Not on the call.
    #[default]
    Absent,
    /// On the call with one connection at least.
    Present,
    /// The last connection broke; they are expected back.
    Reconnecting,
}

impl PresenceState {
    /// The state's name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            PresenceState::Absent => "absent",
            PresenceState::Present => "present",
            PresenceState::Reconnecting => "reconnecting",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Connections {
    open: BTreeSet<Code>,
    /// Connections whose end was seen before, or without, their beginning.
    ended: BTreeSet<Code>,
    broke: bool,
    /// When the newest end was seen: an older one that is reported later says nothing about now.
    last_end: Option<DateTime<Utc>>,
    /// Whether there was any sign of them since the visit was last set for a time.
    seen: bool,
}

impl Connections {
    fn state(&self) -> PresenceState {
        match self {
            Connections { open, .. } if !open.is_empty() => PresenceState::Present,
            Connections { broke: true, .. } => PresenceState::Reconnecting,
            _ => PresenceState::Absent,
        }
    }
}

/// The presence of every participant: of the patient and the provider by what they are, of everybody else by their id.
/// Somebody who was seen without an id, though they should have one, is counted by what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    by_kind: BTreeMap<Participant, Connections>,
    by_id: BTreeMap<ParticipantId, Connections>,
}

impl Presence {
    /// Where this participant is.
    pub fn of(&self, participant: Participant) -> PresenceState {
        self.by_kind.get(&participant).map_or(PresenceState::Absent, Connections::state)
    }

    /// Where somebody is who is neither patient nor provider.
    pub fn of_participant(&self, id: ParticipantId) -> PresenceState {
        self.by_id.get(&id).map_or(PresenceState::Absent, Connections::state)
    }

    /// Everybody who is neither patient nor provider and was ever seen on the call.
    pub fn participants(&self) -> impl Iterator<Item = (ParticipantId, PresenceState)> {
        self.by_id.iter().map(|(id, connections)| (*id, connections.state()))
    }

    /// Whether this participant was seen on the call since the visit was last set for a time.
    pub fn was_seen(&self, participant: Participant) -> bool {
        self.by_kind.get(&participant).is_some_and(|connections| connections.seen)
    }

    /// When the newest end of a connection of this participant's was seen.
    pub fn last_end(&self, participant: Participant) -> Option<DateTime<Utc>> {
        self.by_kind.get(&participant).and_then(|connections| connections.last_end)
    }

    /// The visit is at another time: only who is still on the call has been seen for that one.
    pub(in crate::visit) fn begin_anew(&mut self) {
        for connections in self.by_kind.values_mut().chain(self.by_id.values_mut()) {
            connections.seen = !connections.open.is_empty();
        }
    }

    fn connections(&mut self, participant: Participant, id: Option<ParticipantId>) -> &mut Connections {
        match id {
            Some(id) => self.by_id.entry(id).or_default(),
            None => self.by_kind.entry(participant).or_default(),
        }
    }

    /// A connection is counted by its name, so that the late end of a broken connection does not hide the new one. One
    /// whose end is already known stays ended: rooms name a connection once and report out of order.
    pub(in crate::visit) fn join(&mut self, joined: &ParticipantJoined) {
        let connections = self.connections(joined.participant, joined.participant_id);
        connections.seen = true;
        if !connections.ended.contains(&joined.connection) {
            connections.open.insert(joined.connection.clone());
            connections.broke = false;
        }
    }

    pub(in crate::visit) fn leave(&mut self, left: &ParticipantLeft) {
        let connections = self.connections(left.participant, left.participant_id);
        connections.seen = true;
        connections.open.remove(&left.connection);
        if connections.ended.insert(left.connection.clone()) && connections.last_end <= Some(left.observed_at) {
            connections.last_end = Some(left.observed_at);
            connections.broke = matches!(left.reason, LeaveReason::Dropped | LeaveReason::Unknown);
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::Rules;
    use crate::given::{code, id, now};
    use crate::visit::example::events;
    use crate::visit::{Event, Visit};

    const PATIENT: Participant = Participant::Patient;

    fn joined(connection: &str) -> Event {
        events::joined(PATIENT, connection)
    }

    fn left(connection: &str, reason: LeaveReason) -> Event {
        events::left(PATIENT, connection, reason)
    }

    fn after(events: &[Event]) -> PresenceState {
        Visit::replay(events).presence().of(PATIENT)
    }

    #[test]
    fn a_dropped_patient_is_reconnecting_until_they_return() {
        assert_eq!(after(&[]), PresenceState::Absent);
        assert_eq!(after(&[joined("a")]), PresenceState::Present);
        assert_eq!(after(&[joined("a"), left("a", LeaveReason::Dropped)]), PresenceState::Reconnecting);
        assert_eq!(after(&[joined("a"), left("a", LeaveReason::Dropped), joined("b")]), PresenceState::Present);
        assert_eq!(after(&[joined("a"), left("a", LeaveReason::HungUp)]), PresenceState::Absent);
    }

    #[test]
    fn the_late_end_of_an_old_connection_does_not_hide_the_new_one() {
        assert_eq!(after(&[joined("a"), joined("b"), left("a", LeaveReason::Dropped)]), PresenceState::Present);
    }

    #[test]
    fn a_connection_whose_end_came_first_does_not_come_to_life() {
        assert_eq!(after(&[left("a", LeaveReason::HungUp), joined("a")]), PresenceState::Absent);
    }

    #[test]
    fn two_guests_come_and_go_each_on_their_own() {
        let seen = |guest: u128| ParticipantJoined {
            participant: Participant::Guest,
            participant_id: Some(id(guest)),
            connection: code("a"),
            observed_at: now(),
        };
        let gone = ParticipantLeft {
            participant: Participant::Guest,
            participant_id: Some(id(81)),
            connection: code("a"),
            reason: LeaveReason::HungUp,
            observed_at: now(),
        };
        let visit = Visit::replay(&[seen(81).into(), seen(82).into(), Event::from(gone)]);
        let state = |guest: u128| visit.presence().of_participant(id(guest));
        assert_eq!((state(81), state(82)), (PresenceState::Absent, PresenceState::Present));
        assert_eq!(visit.presence().of(Participant::Patient), PresenceState::Absent);
    }

    #[test]
    fn an_older_end_reported_later_says_nothing_about_now() {
        let earlier = ParticipantLeft {
            participant: PATIENT,
            participant_id: None,
            connection: code("a"),
            reason: LeaveReason::Dropped,
            observed_at: now() - Duration::minutes(1),
        };
        assert_eq!(
            after(&[joined("a"), joined("b"), left("b", LeaveReason::HungUp), earlier.into()]),
            PresenceState::Absent
        );
    }
}
