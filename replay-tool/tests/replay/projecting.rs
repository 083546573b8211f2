//! `projections`: read models held against the log, shown where they are not what it says, and built again.

use std::time::Duration;

use daybook_ledger::append::{Append, CommandKey, Expected, StreamAppend};
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::{Draft, Ids, Metadata, Stream, Unsealed};
use daybook_projections::{Projector, prepare};

use crate::support::*;

/// A log with its read models, as servers left them.
pub async fn projected() -> Log {
    let log = Log::checked_in().await;
    prepare(&log.url).await.unwrap();
    project(&log, 6).await;
    log
}

/// Lets the read models take in every event up to this one.
pub async fn project(log: &Log, position: u64) {
    let pool = database::connect(&log.url, DatabaseRole::Project, 4).await.unwrap();
    let projector = Projector::start(log.ledger.clone(), pool);
    projector.views().wait_for(CLINIC, position, Duration::from_secs(20)).await.unwrap();
    projector.stop().await;
}

/// Where the rows of a read model are, in its present version.
pub async fn schema(log: &Log, projection: &str) -> String {
    let sql = "SELECT projection FROM projections.checkpoints WHERE projection LIKE $1 || '%'";
    sqlx::query_scalar(sql).bind(projection).fetch_one(&log.owner).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_was_changed_is_shown_with_what_the_log_says_and_mended() {
    let log = projected().await;
    log.replay(&["projections", "verify"]).await.ended(0, &["waiting_room", "equals the log"]);
    log.replay(&["projections", "diff"]).await.ended(0, &["No row differs"]);
    let (room, day) = (schema(&log, "waiting_room").await, schema(&log, "day").await);
    let change = format!(
        "UPDATE {room}.rows SET body = jsonb_set(body::jsonb, '{{Visit,hold_reason}}', '\"nobody\"')::json WHERE from_position = 6;
         DELETE FROM {day}.rows"
    );
    sqlx::raw_sql(&change).execute(&log.owner).await.unwrap();
    let verify = log.replay(&["projections", "verify"]).await;
    verify.ended(1, &["1 ROW DIFFERS", "projections diff"]);
    let diff = log.replay(&["projections", "diff", "--projection", "waiting_room"]).await;
    diff.ended(1, &["body.Visit.hold_reason: is nobody, the log says null"]);
    log.replay(&["projections", "diff", "--projection", "day"]).await.ended(1, &["MISSING"]);
    log.replay(&["projections", "verify", "--projection", "chart"]).await.ended(0, &[]);
    log.replay(&["projections", "rebuild", "--clinic", &id(CLINIC)]).await.ended(0, &["from 7 events"]);
    let json = log.replay(&["projections", "verify", "--json"]).await;
    json.ended(0, &[]);
    assert!(json.json().as_array().unwrap().iter().all(|of| of["difference_count"] == 0 && of["events"] == 7));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_says_which_read_model_cannot_take_in_the_whole_log() {
    let log = projected().await;
    let stream = Stream::new("provider", System.internal());
    let (event_id, payload) = (System.internal(), serde_json::json!({}));
    let event = Unsealed { event_id, event_type: "teleported", event_version: "1.0", payload };
    let draft = Draft::seal(event, CLINIC, &stream, None, &Metadata::new(), log.ledger.sealer()).await.unwrap();
    let command = CommandKey { id: System.internal(), request_hash: [0; 32] };
    let streams = vec![StreamAppend { stream, expected: Expected::New, events: vec![draft] }];
    log.ledger.append(Append { clinic: CLINIC, command, streams, guards: Vec::new() }).await.unwrap();
    let rebuilt = log.replay(&["projections", "rebuild"]).await;
    rebuilt.ended(3, &["from 8 events", "directory: goes no further: position 7: "]);
    let json = log.replay(&["projections", "rebuild", "--json"]).await.json();
    assert_eq!((&json["events"], &json["stopped"][0]["projection"]), (&8.into(), &"directory".into()), "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_or_clinic_that_does_not_exist_is_said_not_to() {
    let log = projected().await;
    log.replay(&["projections", "verify", "--projection", "horoscope"])
        .await
        .ended(2, &["there is no projection", "chart"]);
    let stranger = id(uuid::Uuid::from_u128(0xBAD));
    log.replay(&["projections", "rebuild", "--clinic", &stranger]).await.ended(2, &["there is no clinic"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_visit_stood_in_the_waiting_room_is_told_with_how_it_stood() {
    let log = projected().await;
    let at = async |more: &[&str]| log.replay(&[&["visit", &id(VISIT), "--clinic", &id(CLINIC)], more].concat()).await;
    at(&[]).await.ended(0, &["Queue              1 of 1 in the waiting room, place 1 for this provider"]);
    at(&["--at", "7"]).await.ended(0, &["1 of 1 in the waiting room, place 1"]);
    let arrived = at(&["--at", "2"]).await;
    assert!(!arrived.out.contains("place 1"), "{}", arrived.out);
    let unprojected = Log::checked_in().await;
    let visit = unprojected.replay(&["visit", &id(VISIT), "--clinic", &id(CLINIC)]).await;
    visit.ended(0, &["Queue              not known: the read model does not answer"]);
}
