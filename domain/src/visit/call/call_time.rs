//! How long people were seen on the call, counted from the observations of its connections. Evidence, not truth: an end
//! that was never seen is counted to the moment the caller states, and an end without a beginning counts nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use crate::Code;
use crate::visit::{CallEvidence, Event, Participant};

/// The connections of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallTime {
    connections: BTreeMap<(Participant, Code), Connection>,
    /// Log positions of the observations, in order.
    positions: Vec<u64>,
}

/// When one connection was seen to begin and to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Connection {
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
}

impl CallTime {
    /// Takes an event of the visit in; everything but an observation of a connection is passed over.
    pub fn observe(&mut self, position: u64, event: &Event) {
        match event {
            Event::ParticipantJoined(joined) => {
                let connection = self.connection(joined.participant, &joined.connection);
                // Seen twice, the earlier observation is nearer to the truth, of a beginning as of an end.
                connection.from = Some(connection.from.map_or(joined.observed_at, |seen| seen.min(joined.observed_at)));
            }
            Event::ParticipantLeft(left) => {
                let connection = self.connection(left.participant, &left.connection);
                connection.to = Some(connection.to.map_or(left.observed_at, |seen| seen.min(left.observed_at)));
            }
            _ => return,
        }
        self.positions.push(position);
    }

    fn connection(&mut self, participant: Participant, name: &Code) -> &mut Connection {
        self.connections.entry((participant, name.clone())).or_default()
    }

    /// What was seen, connections that are still open counted to `until`.
    pub fn evidence(&self, until: DateTime<Utc>) -> CallEvidence {
        let (provider, patient) = (self.spans(Participant::Provider, until), self.spans(Participant::Patient, until));
        CallEvidence {
            provider_minutes: whole_minutes(&provider),
            patient_minutes: whole_minutes(&patient),
            together_minutes: whole_minutes(&shared(&provider, &patient)),
            positions: self.positions.clone(),
        }
    }

    /// The times a participant was connected with at least one connection, in order and apart.
    fn spans(&self, participant: Participant, until: DateTime<Utc>) -> Vec<Span> {
        let own = self.connections.iter().filter(|((who, _), _)| *who == participant);
        let mut spans: Vec<Span> = own
            .filter_map(|(_, seen)| Some((seen.from?, seen.to.unwrap_or(until))))
            .filter(|(from, to)| from < to)
            .collect();
        spans.sort_unstable();
        let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
        for (from, to) in spans {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        merged
    }
}

type Span = (DateTime<Utc>, DateTime<Utc>);

fn shared(one: &[Span], other: &[Span]) -> Vec<Span> {
    let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))));
    pairs.filter(|(from, to)| from < to).collect()
}

fn whole_minutes(spans: &[Span]) -> u32 {
    let total = spans.iter().fold(Duration::zero(), |sum, (from, to)| sum + (*to - *from));
    u32::try_from(total.num_minutes()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::given::{code, now};
    use crate::visit::{LeaveReason, ParticipantJoined, ParticipantLeft};

    fn joined(participant: Participant, connection: &str, minute: i64) -> Event {
        let observed_at = now() + Duration::minutes(minute);
        ParticipantJoined { participant, participant_id: None, connection: code(connection), observed_at }.into()
    }

    fn left(participant: Participant, connection: &str, minute: i64) -> Event {
        let observed_at = now() + Duration::minutes(minute);
        ParticipantLeft {
            participant,
            participant_id: None,
            connection: code(connection),
            reason: LeaveReason::HungUp,
            observed_at,
        }
        .into()
    }

    fn seen(events: &[Event], until: i64) -> (u32, u32, u32) {
        let mut time = CallTime::default();
        for (position, event) in events.iter().enumerate() {
            time.observe(position as u64, event);
        }
        let evidence = time.evidence(now() + Duration::minutes(until));
        (evidence.provider_minutes, evidence.patient_minutes, evidence.together_minutes)
    }

    const PATIENT: Participant = Participant::Patient;
    const PROVIDER: Participant = Participant::Provider;

    #[test]
    fn minutes_together_are_those_of_both() {
        let call =
            [joined(PATIENT, "a", 0), joined(PROVIDER, "b", 10), left(PROVIDER, "b", 30), left(PATIENT, "a", 35)];
        assert_eq!(seen(&call, 60), (20, 35, 20));
    }

    #[test]
    fn a_patient_with_two_devices_is_one_patient_and_a_gap_is_no_time() {
        let call = [
            joined(PATIENT, "phone", 0),
            joined(PATIENT, "laptop", 5),
            left(PATIENT, "phone", 10),
            left(PATIENT, "laptop", 15),
            joined(PATIENT, "laptop-2", 20),
            left(PATIENT, "laptop-2", 25),
        ];
        assert_eq!(seen(&call, 60).1, 20);
    }

    #[test]
    fn an_end_nobody_saw_counts_to_the_moment_stated_and_an_end_without_a_beginning_not_at_all() {
        assert_eq!(seen(&[joined(PATIENT, "a", 0)], 12).1, 12);
        assert_eq!(seen(&[left(PATIENT, "a", 10)], 60).1, 0);
        assert_eq!(seen(&[left(PATIENT, "a", 10), joined(PATIENT, "a", 4)], 60).1, 6, "reported out of order");
    }

    #[test]
    fn the_evidence_names_the_observations_it_was_counted_from() {
        let mut time = CallTime::default();
        time.observe(7, &joined(PATIENT, "a", 0));
        time.observe(8, &crate::visit::example::events::checked_in());
        time.observe(9, &left(PATIENT, "a", 3));
        assert_eq!(time.evidence(now()).positions, [7, 9]);
    }

    proptest! {
        /// In whatever order and however often observations come: nobody was there longer than the call took, and both
        /// together no longer than either.
        #[test]
        fn times_stay_within_each_other(
            story in proptest::collection::vec((any::<bool>(), any::<bool>(), 0..3_usize, 0..90_i64), 0..20),
        ) {
            let events: Vec<Event> = story.into_iter().map(|(is_join, is_patient, connection, minute)| {
                let (who, name) = (if is_patient { PATIENT } else { PROVIDER }, ["a", "b", "c"][connection]);
                if is_join { joined(who, name, minute) } else { left(who, name, minute) }
            }).collect();
            let (provider, patient, together) = seen(&events, 90);
            prop_assert!(together <= provider.min(patient) && provider.max(patient) <= 90);
            let mut backwards = events.clone();
            backwards.reverse();
            prop_assert_eq!(seen(&backwards, 90), (provider, patient, together));
        }
    }
}
