//! Random commands, asked by random people at random times: whatever is asked in whatever order, the invariants hold.

mod asks;
mod invariants;
mod told;

use chrono::Duration;
use proptest::prelude::*;

use self::asks::{command, stories};
use self::invariants::check;
use super::example;
use super::*;
use crate::given::{actor, now};
use crate::{Catalogue, Concerns, Request, Rules};

fn round_trips(event: &Event) {
    let payload = serde_json::to_vec(&event.payload()).unwrap();
    let decoded = Event::decode(event.event_type(), event.event_version(), &payload).unwrap();
    assert_eq!(decoded.payload(), event.payload());
    assert!(decoded == *event);
}

/// The commands with which a person may accept a proposal.
fn accepting(proposal: &Proposal, rules: &LatenessRules) -> Vec<Command> {
    let facts = NoShowFacts { grace_minutes: rules.grace_minutes };
    match proposal {
        Proposal::NoShow { .. } => vec![Command::RecordNoShow(RecordNoShow {}, facts)],
        Proposal::ProviderNoShow { .. } => vec![Command::RecordProviderNoShow(RecordProviderNoShow {}, facts)],
        Proposal::LateArrival { responses, .. } => {
            let record = |response: &LateResponse| {
                let shortened_to_minutes = (*response == LateResponse::Shorten).then_some(10);
                let command = RecordLateArrival { response: *response, shortened_to_minutes };
                Command::RecordLateArrival(command, LateFacts { rules: rules.clone() })
            };
            responses.iter().map(record).collect()
        }
        Proposal::Left { .. } => vec![Command::LeaveWaitingRoom(LeaveWaitingRoom { reason: None })],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_asked_the_invariants_hold((start, asks) in stories()) {
        let mut events = example::story(start);
        let mut visit = Visit::replay(&events);
        for (ask, somebody, minutes) in asks {
            let at = now() + Duration::minutes(minutes);
            let (role, command) = command(&visit, &ask);
            let observation = matches!(command, Command::ObserveJoin(_) | Command::ObserveLeave(_));
            let request = Request { at, actor: somebody.unwrap_or_else(|| actor(role)), command: command.clone() };
            let before = visit.clone();
            match visit.decide(request) {
                Ok(decided) => {
                    prop_assert!(!decided.is_empty(), "a command that is accepted says something");
                    for event in decided {
                        check(&events, &event, at, &command);
                        round_trips(&event);
                        visit.evolve(&event);
                        prop_assert!(visit.concerns(&event).is_some(), "every event of a visit concerns its patient");
                        events.push(event);
                    }
                }
                Err(error) => {
                    prop_assert!(!observation || before.state() == State::NotScheduled, "an observation was refused: {error}");
                }
            }
            prop_assert!(visit == Visit::replay(&events), "the state is what the events add up to");
        }
        for (_, order) in visit.orders().iter() {
            prop_assert_eq!(order.transmission(), Transmission::NotSent, "an order that nobody transmitted");
        }
        let stored = serde_json::to_string(&visit).unwrap();
        prop_assert!(serde_json::from_str::<Visit>(&stored).unwrap() == visit, "the state survives being stored");
        for phi in ["Sore", "ibuprofen", "Lake Street", "99213", "J02", "Rest", "Feels", "608 555", "608555", "chest-pain", "Written"] {
            prop_assert!(!stored.contains(phi), "the state holds PHI");
        }
    }

    #[test]
    fn what_is_proposed_can_be_recorded((start, asks) in stories(), later in 0..600_i64) {
        let mut visit = Visit::replay(&example::story(start));
        for (ask, somebody, minutes) in asks {
            let at = now() + Duration::minutes(minutes);
            let (role, command) = command(&visit, &ask);
            let request = Request { at, actor: somebody.unwrap_or_else(|| actor(role)), command };
            visit.decide(request).unwrap_or_default().iter().for_each(|event| visit.evolve(event));
            let (at, rules) = (at + Duration::minutes(later), example::lateness_rules());
            for proposal in visit.proposals(at, &rules) {
                for command in accepting(&proposal, &rules) {
                    let request = Request { at, actor: actor(crate::Role::FrontDesk), command };
                    prop_assert!(visit.decide(request).is_ok(), "{proposal:?} was refused");
                }
            }
        }
    }

    #[test]
    fn applying_events_in_any_order_never_fails(indexes in proptest::collection::vec(0..example::events::all().len(), 0..40)) {
        let all = example::events::all();
        let story: Vec<_> = indexes.into_iter().map(|index| all[index].clone()).collect();
        let _ = Visit::replay(&story);
    }
}
