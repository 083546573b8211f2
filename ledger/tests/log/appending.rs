//! One caller at a time: what an append promises.

use daybook_ledger::append::{Append, AppendError, CommandKey, Expected};
use daybook_ledger::verify::Verdict;
use daybook_ledger::{Ids, clock::System};
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn an_appended_event_is_read_back_byte_for_byte_and_its_sealed_words_open() {
    let log = Log::start().await;
    let appended = log.append(&visit(1), Expected::New, &[said("sore throat"), json!({"plain": 1})]).await.unwrap();
    let events = log.ledger.read_stream(CLINIC, &visit(1), 0).await.unwrap();
    assert_eq!(events.iter().map(|event| event.placed()).collect::<Vec<_>>(), appended.events);
    assert_eq!(events[0].payload, br#"{"location":"WI","words":{"$phi":0}}"#);
    assert!(events[1].sealed.is_empty());
    assert!(events.iter().all(|event| event.computed_hash() == event.hash));
    let opened = log.opener.open(&events, &Default::default(), |_, _| true).await.unwrap();
    assert_eq!(opened[0], said("sore throat"));
    assert!(log.opener.open(&events, &Default::default(), |_, _| false).await.is_err());
}

#[tokio::test]
async fn the_head_covers_every_acknowledged_event_and_the_log_verifies() {
    let log = Log::start().await;
    assert_eq!(log.verify().await.verdict, Verdict::Incomplete);
    for number in 1..=20 {
        log.append(&visit(number), Expected::New, &[said("a"), said("b")]).await.unwrap();
        assert_eq!(log.ledger.head(CLINIC).await.unwrap().unwrap().size, number as u64 * 2);
    }
    let report = log.verify().await;
    assert_eq!((report.verdict, report.events, report.checkpoints), (Verdict::Valid, 40, 20), "{report:?}");
}

#[tokio::test]
async fn a_wrong_expectation_is_refused_and_names_the_actual_version() {
    let log = Log::start().await;
    log.append(&visit(1), Expected::New, &[said("a")]).await.unwrap();
    for expected in [Expected::New, Expected::Exact(2), Expected::After { sequence: 7, hash: [0; 32] }] {
        let error = log.append(&visit(1), expected, &[said("b")]).await.unwrap_err();
        assert!(matches!(error, AppendError::WrongVersion { actual: 1, .. }), "{error:?}");
    }
    log.append(&visit(1), Expected::Exact(1), &[said("b")]).await.unwrap();
    log.append(&visit(1), Expected::Any, &[said("c")]).await.unwrap();
    assert_eq!(log.verify().await.events, 3);
}

#[tokio::test]
async fn what_a_fresh_server_is_told_of_a_stream_is_not_believed_against_the_log() {
    let log = Log::start().await;
    log.append(&visit(1), Expected::New, &[said("a"), said("b")]).await.unwrap();
    let (fresh, _) = server(&log.database.url).await;
    for expected in [Expected::New, Expected::After { sequence: 1, hash: [9; 32] }] {
        let error = append(&fresh, CLINIC, &visit(1), expected, &[said("c")]).await.unwrap_err();
        assert!(matches!(error, AppendError::WrongVersion { actual: 2, .. }), "{error:?}");
    }
    append(&fresh, CLINIC, &visit(1), Expected::Exact(2), &[said("c")]).await.unwrap();
    assert_eq!(log.verify().await.verdict, Verdict::Valid);
}

#[tokio::test]
async fn one_append_spans_streams_all_or_nothing_under_guards() {
    let log = Log::start().await;
    log.append(&visit(9), Expected::New, &[said("licence")]).await.unwrap();
    let both = |guard_at: u64| {
        let log = &log;
        async move {
            let streams = vec![
                part(&log.ledger, &visit(1), Expected::New, &[said("a")]).await,
                part(&log.ledger, &visit(2), Expected::New, &[said("b")]).await,
            ];
            log.ledger
                .append(Append {
                    clinic: CLINIC,
                    command: command(),
                    streams,
                    guards: vec![guard(&visit(9), guard_at)],
                })
                .await
        }
    };
    assert!(matches!(both(2).await, Err(AppendError::GuardFailed { actual: 1, .. })));
    assert!(log.ledger.read_stream(CLINIC, &visit(1), 0).await.unwrap().is_empty());
    let appended = both(1).await.unwrap();
    assert_eq!(appended.events.iter().map(|placed| placed.position).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn a_repeated_command_is_answered_with_what_it_wrote_then() {
    let log = Log::start().await;
    let key = CommandKey { id: System.internal(), request_hash: [1; 32] };
    let ask = |key: CommandKey| {
        let log = &log;
        async move {
            let streams = vec![part(&log.ledger, &visit(1), Expected::Any, &[said("a")]).await];
            log.ledger.append(Append { clinic: CLINIC, command: key, streams, guards: vec![] }).await
        }
    };
    let first = ask(key).await.unwrap();
    log.append(&visit(1), Expected::Any, &[said("meanwhile")]).await.unwrap();
    let again = ask(key).await.unwrap();
    assert!(again.repeated && !first.repeated);
    assert_eq!(again.events, first.events);
    assert!(matches!(ask(CommandKey { request_hash: [2; 32], ..key }).await, Err(AppendError::CommandReused)));
    assert_eq!(log.ledger.head(CLINIC).await.unwrap().unwrap().size, 2);
}

#[tokio::test]
async fn what_could_never_be_appended_is_refused_before_it_is_queued() {
    let log = Log::start().await;
    let twice = vec![
        part(&log.ledger, &visit(1), Expected::Any, &[said("a")]).await,
        part(&log.ledger, &visit(1), Expected::Any, &[said("b")]).await,
    ];
    let none = vec![part(&log.ledger, &visit(1), Expected::Any, &[]).await];
    for streams in [twice, none] {
        let error = log
            .ledger
            .append(Append { clinic: CLINIC, command: command(), streams, guards: vec![] })
            .await
            .unwrap_err();
        assert!(matches!(error, AppendError::Invalid(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_log_begun_under_another_root_secret_is_not_signed() {
    let log = Log::start().await;
    log.append(&visit(1), Expected::New, &[said("a")]).await.unwrap();
    sqlx::raw_sql("ALTER TABLE ledger.logs DISABLE TRIGGER append_only; UPDATE ledger.logs SET vkey = 'daybook.test+00000000+AAAA'").execute(&log.owner).await.unwrap();
    let (fresh, _) = server(&log.database.url).await;
    let error = append(&fresh, CLINIC, &visit(1), Expected::Any, &[said("b")]).await.unwrap_err();
    assert!(matches!(error, AppendError::Unavailable(_)), "{error:?}");
}
