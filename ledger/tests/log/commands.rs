//! Commands: attempted until nobody was faster, on one aggregate or on several at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use daybook_domain::visit::{self, Modality, Schedule, ScheduleFacts, Visit, When};
use daybook_domain::{Request, Rules};
use daybook_ledger::append::{AppendError, Appended, CommandKey};
use daybook_ledger::cqrs::{ExecuteError, Execution, execute};
use daybook_ledger::verify::Verdict;
use daybook_ledger::{Intent, Ledger, Loaded, Metadata, aggregate};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::calendar::{self, Calendar, Command, book, request};
use crate::support::*;

type Answer = Result<Appended, ExecuteError>;

fn execution() -> Execution {
    Execution { clinic: CLINIC, key: command(), expected: None }
}

fn schedule() -> Request<visit::Command> {
    let schedule = Schedule {
        patient_id: Uuid::from_u128(0xAB).into(),
        provider_id: Uuid::from_u128(0xD).into(),
        starts_at: request(()).at.into(),
        duration_minutes: 20,
        modality: Modality::Video,
        reason: Some("Sore throat".try_into().unwrap()),
        overbook: None,
        hold_id: None,
    };
    let when = When { starts_at: Ok(request(()).at), in_hours: true };
    let facts = ScheduleFacts { patient_registered: true, provider_registered: true, when };
    request(visit::Command::Schedule(schedule, facts))
}

fn metadata() -> Metadata {
    Metadata::from([("actor".into(), "front-desk-7".into())])
}

/// The visit with this number, and the calendar.
async fn both(ledger: &Ledger, number: u128) -> Result<(Loaded<Visit>, Loaded<Calendar>), ExecuteError> {
    Ok(aggregate::load(ledger, CLINIC, (visit(number).id, calendar::ID)).await?)
}

/// Schedules a visit and books its slot. `meanwhile` happens in each attempt, told its number, between loading and
/// appending.
async fn schedule_in<F: Future<Output = ()>>(
    ledger: &Ledger,
    execution: Execution,
    (number, slot): (u128, u64),
    meanwhile: impl Fn(usize) -> F,
) -> Answer {
    let attempts = AtomicUsize::new(0);
    let (attempts, meanwhile) = (&attempts, &meanwhile);
    execute(ledger, execution, || async move {
        let (visit, calendar) = both(ledger, number).await?;
        meanwhile(attempts.fetch_add(1, Ordering::SeqCst) + 1).await;
        Ok(Intent::new(visit, schedule(), metadata()).together_with([calendar.decides(book(slot))]))
    })
    .await
}

async fn schedule_at(ledger: &Ledger, number: u128, slot: u64) -> Answer {
    schedule_in(ledger, execution(), (number, slot), async |_| {}).await
}

/// Books a slot of the calendar alone.
async fn book_at(ledger: &Ledger, slot: u64) -> Answer {
    execute(ledger, execution(), || async move {
        let calendar: Loaded<Calendar> = aggregate::load(ledger, CLINIC, calendar::ID).await?;
        Ok(Intent::new(calendar, book(slot), metadata()))
    })
    .await
}

/// What a refusal is called.
fn code(answer: Answer) -> &'static str {
    match answer {
        Err(ExecuteError::Refused(refusal)) => refusal.code(),
        other => panic!("not refused: {other:?}"),
    }
}

fn streams(appended: &Appended) -> Vec<&str> {
    appended.events.iter().map(|event| &*event.stream.kind).collect()
}

#[tokio::test]
async fn a_command_on_two_aggregates_writes_both_of_their_events_or_neither() {
    let log = Log::start().await;
    let appended = schedule_at(&log.ledger, 1, 9).await.unwrap();
    assert_eq!(streams(&appended), ["calendar", "visit"]);
    assert_eq!(appended.last().unwrap().stream, visit(1), "the main aggregate's event covers the companion's");
    let events = log.ledger.read_log(CLINIC, 0, 10).await.unwrap();
    assert!(events.iter().all(|event| event.metadata() == metadata()));
    assert!(!events[1].sealed.is_empty(), "each is sealed for whom it concerns");

    assert_eq!(code(schedule_at(&log.ledger, 2, 9).await), "slot-taken");
    assert_eq!(code(schedule_at(&log.ledger, 1, 10).await), "already-scheduled");
    assert_eq!(code(schedule_at(&log.ledger, 1, 9).await), "already-scheduled", "the main aggregate's refusal is told");
    let (second, calendar) = both(&log.ledger, 2).await.unwrap();
    assert!(!second.exists() && calendar.booked == [9].into());
    assert_eq!(log.verify().await.verdict, Verdict::Valid);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_race_for_one_slot_one_gets_it_and_the_other_is_told_that_it_is_taken() {
    let log = Log::start().await;
    let other = server(&log.database.url).await.0;
    for round in 0..10u64 {
        // Both have seen the slot free before either writes.
        let seen = Barrier::new(2);
        let race = async |ledger: &Ledger, number: u128| {
            let meanwhile = async |attempt| {
                if attempt == 1 {
                    seen.wait().await;
                }
            };
            schedule_in(ledger, execution(), (number, round), meanwhile).await
        };
        let number = u128::from(round) * 2;
        let (one, two) = tokio::join!(race(&log.ledger, number), race(&other, number + 1));
        let (winner, (loser, answer)) = match (one, two) {
            (Ok(_), answer) => (number, (number + 1, answer)),
            (answer, _) => (number + 1, (number, answer)),
        };
        assert_eq!(code(answer), "slot-taken");
        let (won, _) = both(&log.ledger, winner).await.unwrap();
        let (lost, calendar) = both(&log.ledger, loser).await.unwrap();
        assert!(won.exists() && !lost.exists());
        assert_eq!(calendar.sequence(), round + 1);
    }
    assert_eq!(log.verify().await.verdict, Verdict::Valid);
}

#[tokio::test]
async fn who_lost_a_race_for_another_slot_gets_it_on_the_next_attempt() {
    let log = Log::start().await;
    let ledger = &log.ledger;
    let meanwhile = async |attempt| {
        if attempt == 1 {
            book_at(ledger, 1).await.unwrap();
        }
    };
    let appended = schedule_in(ledger, execution(), (1, 2), meanwhile).await.unwrap();
    assert_eq!((streams(&appended), appended.events[0].sequence), (vec!["calendar", "visit"], 2));
}

#[tokio::test]
async fn who_loses_every_race_is_told_so_after_a_while_and_nothing_was_written() {
    let log = Log::start().await;
    let (ledger, attempts) = (&log.ledger, AtomicUsize::new(0));
    let meanwhile = async |attempt| {
        attempts.store(attempt, Ordering::SeqCst);
        book_at(ledger, attempt as u64).await.unwrap();
    };
    let answer = schedule_in(ledger, execution(), (1, 99), meanwhile).await;
    assert!(matches!(answer, Err(ExecuteError::Append(AppendError::WrongVersion { .. }))), "{answer:?}");
    assert_eq!(attempts.into_inner(), 8);
    assert!(!both(ledger, 1).await.unwrap().0.exists());
}

#[tokio::test]
async fn a_repeated_command_is_answered_with_the_events_of_all_its_streams() {
    let log = Log::start().await;
    let execution = execution();
    let first = schedule_in(&log.ledger, execution, (1, 9), async |_| {}).await.unwrap();
    book_at(&log.ledger, 10).await.unwrap();
    // The server died before it answered: another one knows only what is in the database.
    let other = server(&log.database.url).await.0;
    for ledger in [&log.ledger, &other] {
        let again = schedule_in(ledger, execution, (1, 9), async |_| {}).await.unwrap();
        assert!(again.repeated && !first.repeated);
        assert_eq!(again.events, first.events);
        // A creation that is repeated comes under a fresh id, and is the first one all the same.
        let created = schedule_in(ledger, execution, (7, 9), async |_| {}).await.unwrap();
        assert_eq!((created.events, created.repeated), (first.events.clone(), true));
    }
    let reused = Execution { key: CommandKey { request_hash: [9; 32], ..execution.key }, ..execution };
    let answer = schedule_in(&other, reused, (1, 9), async |_| {}).await;
    assert!(matches!(answer, Err(ExecuteError::Append(AppendError::CommandReused))), "{answer:?}");
    assert_eq!(log.verify().await.events, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_command_that_races_with_itself_through_two_servers_is_carried_out_once() {
    let log = Log::start().await;
    let other = server(&log.database.url).await.0;
    for round in 0..10u64 {
        let (execution, seen) = (execution(), Barrier::new(2));
        let race = async |ledger: &Ledger| {
            let meanwhile = async |attempt| {
                if attempt == 1 {
                    seen.wait().await;
                }
            };
            schedule_in(ledger, execution, (round.into(), round), meanwhile).await.unwrap()
        };
        let (one, two) = tokio::join!(race(&log.ledger), race(&other));
        assert_eq!(one.events, two.events);
        assert_eq!(streams(&one), ["calendar", "visit"]);
        assert!(one.repeated != two.repeated);
    }
    assert_eq!(log.verify().await.events, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn connections_killed_while_writing_leave_no_half_of_a_command() {
    let log = Log::start().await;
    let owner = log.owner.clone();
    let killer = tokio::spawn(async move {
        loop {
            let kill = "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE application_name = 'daybook' AND datname = current_database()";
            sqlx::query(kill).execute(&owner).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        }
    });
    let callers = (0..4u64).map(|caller| {
        let ledger = log.ledger.clone();
        tokio::spawn(async move {
            for slot in (0..10).map(|round| caller * 10 + round) {
                let execution = execution();
                // Whoever is told that the database is away repeats the same command.
                while schedule_in(&ledger, execution, (slot.into(), slot), async |_| {}).await.is_err() {}
            }
        })
    });
    futures::future::join_all(callers).await.into_iter().for_each(Result::unwrap);
    killer.abort();
    let calendar: Loaded<Calendar> = aggregate::load(&log.ledger, CLINIC, calendar::ID).await.unwrap();
    assert_eq!(calendar.booked, (0..40).collect());
    for slot in 0..40 {
        assert_eq!(both(&log.ledger, slot).await.unwrap().0.sequence(), 1);
    }
    let report = log.verify().await;
    assert_eq!((report.verdict, report.events), (Verdict::Valid, 80), "{report:?}");
}

#[tokio::test]
async fn a_fact_that_changed_meanwhile_is_looked_up_again() {
    let log = Log::start().await;
    let (ledger, attempts) = (&log.ledger, &AtomicUsize::new(0));
    let appended = execute(ledger, execution(), || async move {
        let (visit, calendar) = both(ledger, 1).await?;
        if attempts.fetch_add(1, Ordering::SeqCst) == 0 {
            assert!(calendar.booked.is_empty());
            book_at(ledger, 1).await?;
        } else {
            assert!(calendar.booked == [1].into());
        }
        Ok::<_, ExecuteError>(Intent::new(visit, schedule(), metadata()).relying_on([calendar.guard()]))
    })
    .await;
    assert_eq!(streams(&appended.unwrap()), ["visit"]);
    assert_eq!(attempts.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_companion_that_writes_nothing_has_still_been_relied_on() {
    let log = Log::start().await;
    let ledger = &log.ledger;
    let attempts = &AtomicUsize::new(0);
    let answer = execute(ledger, execution(), || async move {
        let (visit, calendar) = both(ledger, 1).await?;
        if attempts.fetch_add(1, Ordering::SeqCst) == 0 {
            book_at(ledger, 9).await?;
        }
        let look = calendar.decides(request(Command::Look(9)));
        Ok::<_, ExecuteError>(Intent::new(visit, schedule(), metadata()).together_with([look]))
    })
    .await;
    assert_eq!(code(answer), "slot-taken");
    let appended = execute(ledger, execution(), || async move {
        let (visit, calendar) = both(ledger, 1).await?;
        let look = calendar.decides(request(Command::Look(10)));
        Ok::<_, ExecuteError>(Intent::new(visit, schedule(), metadata()).together_with([look]))
    });
    assert_eq!(streams(&appended.await.unwrap()), ["visit"]);
}

#[tokio::test]
async fn a_main_aggregate_that_changes_nothing_takes_no_companion_along() {
    let log = Log::start().await;
    let ledger = &log.ledger;
    let answer = execute(ledger, execution(), || async move {
        let (visit, calendar) = both(ledger, 1).await?;
        let companion = visit.decides(schedule());
        Ok::<_, ExecuteError>(Intent::new(calendar, request(Command::Look(1)), metadata()).together_with([companion]))
    })
    .await;
    assert!(matches!(answer, Err(ExecuteError::Append(AppendError::Invalid(_)))), "{answer:?}");
    assert!(!both(ledger, 1).await.unwrap().0.exists());
}

#[tokio::test]
async fn only_the_version_the_caller_named_makes_an_answer_stale() {
    let log = Log::start().await;
    let ledger = &log.ledger;
    // The calendar, where it is only a companion, may move on.
    let new = Execution { expected: Some(0), ..execution() };
    let meanwhile = async |attempt| {
        if attempt == 1 {
            book_at(ledger, 1).await.unwrap();
        }
    };
    schedule_in(ledger, new, (1, 2), meanwhile).await.unwrap();
    // Where it is the main aggregate, and one knows better than the caller at any time up to the commit, it may not.
    let attempts = &AtomicUsize::new(0);
    let seen = Execution { expected: Some(2), ..execution() };
    let answer = execute(ledger, seen, || async move {
        let calendar: Loaded<Calendar> = aggregate::load(ledger, CLINIC, calendar::ID).await?;
        if attempts.fetch_add(1, Ordering::SeqCst) == 0 {
            book_at(ledger, 3).await?;
        }
        Ok(Intent::new(calendar, book(4), metadata()))
    })
    .await;
    assert!(matches!(answer, Err(ExecuteError::Stale { expected: 2, actual: 3 })), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_loaded_together_comes_back_in_the_shape_asked_for_however_many_ask() {
    let log = Log::start().await;
    schedule_at(&log.ledger, 1, 1).await.unwrap();
    schedule_at(&log.ledger, 2, 2).await.unwrap();
    let asking = (0..300u128).map(|number| {
        let ledger = log.ledger.clone();
        tokio::spawn(async move {
            let elsewhere: Loaded<Calendar> =
                aggregate::load(&ledger, Uuid::from_u128(0xE15E), calendar::ID).await.unwrap();
            assert!(!elsewhere.exists() && elsewhere.booked.is_empty());
            type Three = (Loaded<Visit>, (Loaded<Calendar>, Loaded<Visit>));
            let ids = (visit(number % 3).id, (calendar::ID, visit(1).id));
            let (some, (calendar, first)): Three = aggregate::load(&ledger, CLINIC, ids).await.unwrap();
            assert_eq!((some.exists(), some.stream()), (number % 3 != 0, &visit(number % 3)));
            assert!(calendar.booked == [1, 2].into() && first.sequence() == 1);
            assert_eq!(*first, Visit::replay(&[recorded(&ledger, 1).await]));
        })
    });
    futures::future::join_all(asking).await.into_iter().for_each(Result::unwrap);
}

/// The one event of a visit.
async fn recorded(ledger: &Ledger, number: u128) -> visit::Event {
    ledger.read_stream(CLINIC, &visit(number), 0).await.unwrap()[0].decode().unwrap()
}
