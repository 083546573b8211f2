//! Many callers, several servers: no gap, no duplicate, no lost answer.

use std::collections::HashSet;

use daybook_ledger::append::{Append, AppendError, CommandKey, Expected};
use daybook_ledger::verify::Verdict;
use daybook_ledger::{Ids, Ledger, clock::System};
use futures::StreamExt;
use uuid::Uuid;

use crate::support::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_race_on_the_same_streams_and_every_answer_is_true() {
    let log = Log::start().await;
    let servers = [log.ledger.clone(), server(&log.database.url).await.0];
    let callers = (0..16u128).map(|caller| {
        let ledger = servers[caller as usize % 2].clone();
        tokio::spawn(async move {
            let mut positions = Vec::new();
            for round in 0..12 {
                let stream = visit(1 + (caller + round) % 5);
                positions.extend(append_exactly(&ledger, &stream).await);
            }
            positions
        })
    });
    let positions: Vec<u64> = futures::future::join_all(callers).await.into_iter().flat_map(Result::unwrap).collect();
    let distinct: HashSet<u64> = positions.iter().copied().collect();
    assert_eq!((positions.len(), distinct.len()), (16 * 12, 16 * 12));
    let report = log.verify().await;
    assert_eq!((report.verdict, report.events), (Verdict::Valid, 16 * 12), "{report:?}");
}

/// Appends after reading, as a command does, until nobody was faster.
async fn append_exactly(ledger: &Ledger, stream: &daybook_ledger::Stream) -> Vec<u64> {
    loop {
        let events = ledger.read_stream(CLINIC, stream, 0).await.unwrap();
        let expected =
            events.last().map_or(Expected::New, |event| Expected::After { sequence: event.sequence, hash: event.hash });
        match append(ledger, CLINIC, stream, expected, &[said("x")]).await {
            Ok(appended) => return appended.events.iter().map(|placed| placed.position).collect(),
            Err(AppendError::WrongVersion { .. }) => continue,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_command_sent_by_many_to_two_servers_is_carried_out_once() {
    let log = Log::start().await;
    let servers = [log.ledger.clone(), server(&log.database.url).await.0];
    for _ in 0..5 {
        let key = CommandKey { id: System.internal(), request_hash: [3; 32] };
        let callers = (0..12).map(|caller| {
            let ledger = servers[caller % 2].clone();
            tokio::spawn(async move {
                let streams = vec![part(&ledger, &visit(1), Expected::Any, &[said("once")]).await];
                ledger.append(Append { clinic: CLINIC, command: key, streams, guards: vec![] }).await.unwrap()
            })
        });
        let answers: Vec<_> = futures::future::join_all(callers).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers.iter().filter(|answer| !answer.repeated).count(), 1);
        assert!(answers.iter().all(|answer| answer.events == answers[0].events));
    }
    assert_eq!(log.verify().await.events, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn batches_of_many_clinics_do_not_deadlock_or_mix() {
    let log = Log::start().await;
    let servers = [log.ledger.clone(), server(&log.database.url).await.0];
    let callers = (0..40u128).map(|caller| {
        let ledger = servers[caller as usize % 2].clone();
        tokio::spawn(async move {
            for round in 0..5 {
                append(
                    &ledger,
                    Uuid::from_u128(caller % 10),
                    &visit(caller * 100 + round),
                    Expected::New,
                    &[said("x")],
                )
                .await
                .unwrap();
            }
        })
    });
    futures::future::join_all(callers).await.into_iter().for_each(Result::unwrap);
    for clinic in log.ledger.clinics().await.unwrap() {
        let report = daybook_ledger::verify::clinic(&log.owner, clinic, |_| {}).await.unwrap();
        assert_eq!((report.verdict, report.events), (Verdict::Valid, 20), "{report:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_subscriber_sees_every_event_once_and_in_order_while_two_servers_write() {
    let log = Log::start().await;
    let other = server(&log.database.url).await.0;
    for number in 0..30 {
        log.append(&visit(number), Expected::New, &[said("before")]).await.unwrap();
    }
    let mut follow = Box::pin(log.ledger.subscribe(CLINIC, 0));
    let writers = [log.ledger.clone(), other].map(|ledger| {
        tokio::spawn(async move {
            for _ in 0..30 {
                append(&ledger, CLINIC, &visit(System.internal().as_u128()), Expected::New, &[said("during")])
                    .await
                    .unwrap();
            }
        })
    });
    let mut positions = Vec::new();
    while positions.len() < 90 {
        positions.extend(follow.next().await.unwrap().unwrap().iter().map(|event| event.position));
    }
    assert_eq!(positions, (0..90).collect::<Vec<_>>());
    futures::future::join_all(writers).await.into_iter().for_each(Result::unwrap);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_connection_killed_while_writing_loses_nothing_and_writes_nothing_twice() {
    let log = Log::start().await;
    log.append(&visit(0), Expected::New, &[said("first")]).await.unwrap();
    let owner = log.owner.clone();
    let (over, mut ended) = tokio::sync::oneshot::channel::<()>();
    let killer = tokio::spawn(async move {
        while ended.try_recv().is_err() {
            let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'daybook' AND datname = current_database()";
            sqlx::query(kill).execute(&owner).await.unwrap();
            tokio::task::yield_now().await;
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        }
    });
    let callers = (1..=8u128).map(|caller| {
        let ledger = log.ledger.clone();
        tokio::spawn(async move {
            for round in 0..25 {
                let stream = visit(caller * 1000 + round);
                let key = CommandKey { id: System.internal(), request_hash: [0; 32] };
                let streams = vec![part(&ledger, &stream, Expected::New, &[said("x")]).await];
                ledger.append(Append { clinic: CLINIC, command: key, streams, guards: vec![] }).await.unwrap();
            }
        })
    });
    futures::future::join_all(callers).await.into_iter().for_each(Result::unwrap);
    // The last kill is over before anything is looked at.
    over.send(()).unwrap();
    killer.await.unwrap();
    let report = log.verify().await;
    assert_eq!((report.verdict, report.events), (Verdict::Valid, 1 + 8 * 25), "{report:?}");
}

#[tokio::test]
async fn a_server_that_lost_its_connection_does_not_turn_callers_away_on_what_it_remembers() {
    let log = Log::start().await;
    let other = server(&log.database.url).await.0;
    log.append(&visit(1), Expected::New, &[said("ours")]).await.unwrap();
    let theirs = append(&other, CLINIC, &visit(1), Expected::Exact(1), &[said("theirs")]).await.unwrap();
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'daybook' AND datname = current_database()",
    )
    .execute(&log.owner)
    .await
    .unwrap();
    log.append(&visit(2), Expected::New, &[said("reads the log anew")]).await.unwrap();
    let after = Expected::After { sequence: 2, hash: theirs.events[0].hash };
    log.append(&visit(1), after, &[said("ours again")]).await.unwrap();
    assert_eq!(log.verify().await.verdict, Verdict::Valid);
}
