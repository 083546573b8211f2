//! What the system proposes of who is late or gone. Computed whenever somebody looks, by the rules of the commands: what is
//! proposed can be recorded. Only a person records it, and may not.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::LateResponse;
use crate::Clinic;
use crate::visit::{NoShowFacts, Participant, PresenceState, Readiness, State, Visit};

/// The clinic's rules about who is late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatenessRules {
    /// How long after the start nobody is yet late or a no-show.
    pub grace_minutes: u16,
    /// What may be done of a patient who came late.
    pub responses: BTreeSet<LateResponse>,
}

impl LatenessRules {
    /// As the clinic's record has them.
    pub fn of(clinic: &Clinic) -> Self {
        Self { grace_minutes: clinic.grace_minutes(), responses: clinic.late_responses() }
    }
}

/// Something a person may record, and why the system proposes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "proposal", rename_all = "kebab-case")]
pub enum Proposal {
    /// The provider is ready, and the patient never came: `record-no-show`.
    NoShow {
        /// Since when it can be recorded.
        since: DateTime<Utc>,
        /// When the patient was expected.
        due_at: DateTime<Utc>,
        /// What the clinic forgives.
        grace_minutes: u16,
    },
    /// The patient waits, and the provider never came: `record-provider-no-show`.
    ProviderNoShow {
        /// Since when it can be recorded.
        since: DateTime<Utc>,
        /// When the provider was last expected.
        due_at: DateTime<Utc>,
        /// What the clinic forgives.
        grace_minutes: u16,
    },
    /// The provider is ready, and the patient came later than the clinic forgives: `record-late-arrival`.
    LateArrival {
        /// When the patient was expected.
        due_at: DateTime<Utc>,
        /// How late they came.
        late_minutes: u32,
        /// What the clinic forgives.
        grace_minutes: u16,
        /// What may be done of it.
        responses: BTreeSet<LateResponse>,
    },
    /// The patient was on the call and has been gone for longer than the clinic forgives: `leave-waiting-room`.
    Left {
        /// When their last connection ended.
        since: DateTime<Utc>,
        /// What the clinic forgives.
        grace_minutes: u16,
    },
}

impl Visit {
    /// What may be recorded at that moment of who is late or gone.
    pub fn proposals(&self, at: DateTime<Utc>, rules: &LatenessRules) -> Vec<Proposal> {
        let Some(due_at) = self.starts_at() else { return Vec::new() };
        let grace_minutes = rules.grace_minutes;
        let grace = Duration::minutes(grace_minutes.into());
        let facts = NoShowFacts { grace_minutes };
        let after = |due: DateTime<Utc>| due.checked_add_signed(grace).unwrap_or(due);
        let ready = self.readiness() == Readiness::Ready;
        let mut proposals = Vec::new();
        if ready && self.require_no_show(facts, at).is_ok() {
            proposals.push(Proposal::NoShow { since: after(due_at), due_at, grace_minutes });
        }
        if self.require_provider_no_show(facts, at).is_ok() {
            let due_at = self.expected_at().map_or(due_at, |expected| expected.max(due_at));
            proposals.push(Proposal::ProviderNoShow { since: after(due_at), due_at, grace_minutes });
        }
        if ready && !rules.responses.is_empty() && self.require_late(rules).is_ok() {
            // What takes five minutes cannot be made shorter.
            let possible = |response: &LateResponse| *response != LateResponse::Shorten || self.duration_minutes() > 5;
            let responses = rules.responses.iter().copied().filter(possible).collect();
            let late_minutes = self.late_arrival().minutes;
            proposals.push(Proposal::LateArrival { due_at, late_minutes, grace_minutes, responses });
        }
        proposals.extend(self.gone(at, grace).map(|since| Proposal::Left { since, grace_minutes }));
        proposals
    }

    /// Since when a patient who is marked as waiting is no longer on the call, once that is longer than the grace.
    fn gone(&self, at: DateTime<Utc>, grace: Duration) -> Option<DateTime<Utc>> {
        const UNSEEN: [State; 3] = [State::Arrived, State::CheckedIn, State::Held];
        let presence = self.presence();
        let away = presence.was_seen(Participant::Patient)
            && presence.of(Participant::Patient) != PresenceState::Present
            && UNSEEN.contains(&self.state());
        let since = presence.last_end(Participant::Patient).filter(|_| away)?;
        (at.signed_duration_since(since) >= grace).then_some(since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;
    use crate::given::now;
    use crate::visit::example::{events::*, lateness_rules, starts_at, story};
    use crate::visit::{Event, LeaveReason};

    fn proposed(events: &[Event], at: DateTime<Utc>) -> Vec<Proposal> {
        Visit::replay(events).proposals(at, &lateness_rules())
    }

    #[test]
    fn a_no_show_is_proposed_after_the_grace_and_only_with_the_provider_ready() {
        let since = starts_at() + Duration::minutes(15);
        let ready = [scheduled(), provider_ready()];
        assert_eq!(proposed(&ready, since - Duration::seconds(1)), []);
        let proposal = Proposal::NoShow { since, due_at: starts_at(), grace_minutes: 15 };
        assert_eq!(proposed(&ready, since), [proposal]);
        assert_eq!(proposed(&[scheduled()], since), []);
        assert_eq!(proposed(&[scheduled(), provider_ready(), provider_not_ready()], since), []);
        let seen = [scheduled(), provider_ready(), joined(Participant::Patient, "a")];
        assert_eq!(proposed(&seen, since), []);
    }

    #[test]
    fn a_provider_no_show_is_proposed_while_the_patient_waits() {
        let waiting = story(State::CheckedIn);
        let since = starts_at() + Duration::minutes(15);
        let proposal =
            |due_at| Proposal::ProviderNoShow { since: due_at + Duration::minutes(15), due_at, grace_minutes: 15 };
        assert_eq!(proposed(&waiting, since), [proposal(starts_at())]);
        let delayed = [waiting.clone(), vec![provider_delayed()]].concat();
        assert_eq!(proposed(&delayed, since), []);
        let expected = now() + Duration::minutes(10);
        assert_eq!(proposed(&delayed, expected + Duration::minutes(15)), [proposal(expected)]);
    }

    #[test]
    fn a_late_arrival_is_proposed_with_what_the_clinic_offers_until_it_is_recorded() {
        let late = [story(State::CheckedIn), vec![provider_ready()]].concat();
        let responses = lateness_rules().responses;
        let proposal = Proposal::LateArrival { due_at: starts_at(), late_minutes: 30, grace_minutes: 15, responses };
        assert_eq!(proposed(&late, now()), std::slice::from_ref(&proposal));
        let recorded = [late.clone(), vec![late_arrival_recorded()]].concat();
        assert_eq!(proposed(&recorded, now()), []);
        assert_eq!(proposed(&[recorded, vec![late_arrival_reversed()]].concat(), now()), [proposal]);
        let offers_nothing = LatenessRules { responses: BTreeSet::new(), ..lateness_rules() };
        assert_eq!(Visit::replay(&late).proposals(now(), &offers_nothing), []);
    }

    #[test]
    fn who_is_off_the_call_for_long_is_proposed_to_have_left() {
        let (on, off) = (joined(Participant::Patient, "a"), left(Participant::Patient, "a", LeaveReason::Dropped));
        let gone = [story(State::CheckedIn), vec![provider_ready(), late_arrival_recorded(), on, off]].concat();
        let since = now();
        assert_eq!(proposed(&gone, since + Duration::minutes(14)), []);
        let proposal = Proposal::Left { since, grace_minutes: 15 };
        assert_eq!(proposed(&gone, since + Duration::minutes(15)), [proposal]);
        let back = [gone, vec![joined(Participant::Patient, "b")]].concat();
        assert_eq!(proposed(&back, since + Duration::minutes(15)), []);
    }

    #[test]
    fn nothing_is_proposed_of_what_is_over_or_has_not_begun() {
        for state in
            [State::NotScheduled, State::Requested, State::Ended, State::Closed, State::Cancelled, State::NoShow]
        {
            assert_eq!(proposed(&story(state), now() + Duration::days(1)), []);
        }
    }
}
