//! The waiting room, live: through whichever server, and without a gap after a broken connection.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{App, Live, phi};

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_through_one_server_sees_what_is_done_through_another() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let other = visit.clinic.app.another_server().await;
    visit.arrive().await;
    let mut live = Live::waiting_room(&visit.desk.through(&other), None).await;
    let snapshot = live.next().await.unwrap();
    assert_eq!(snapshot.event, "snapshot");

    visit.verify_identity().await;
    visit.attest_location("WI").await;
    visit.contacts().await;
    let checked_in = visit.check_in().await;
    let seen = live.until(visit.id, "checked-in").await;
    let newest = seen.last().unwrap();
    assert_eq!(newest.event, "changes");
    assert!(newest.id >= checked_in.position());
    assert_eq!(newest.row(visit.id).unwrap()["patient"]["family_name"], phi::FAMILY_NAME);

    visit.leave().await;
    let gone = loop {
        let message = live.next().await.unwrap();
        if message.data["removed"] == json!([visit.id]) {
            break message;
        }
    };
    assert_eq!(gone.event, "changes");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_to_another_server_with_the_last_id_misses_nothing() {
    // Given somebody who saw one patient waiting, and whose connection then broke
    let first = App::start().await.with_clinic().await.visit().await;
    let clinic = first.clinic.clone();
    let other = clinic.app.another_server().await;
    let (second, third) = (clinic.visit().await, clinic.visit().await);
    first.wait().await;
    let mut live = Live::waiting_room(&first.desk, None).await;
    let last = loop {
        let message = live.next().await.unwrap();
        if message.row(first.id).is_some_and(|row| row["state"] == "checked-in") {
            break message.id;
        }
    };
    drop(live);

    // When things happen meanwhile: one arrives, one leaves for good, one only changes back and forth
    second.wait().await;
    third.wait().await;
    third.hold().await;
    let newest = third.return_to_waiting().await;
    let gone = first.leave().await;
    first.desk.through(&other).get(&format!("/v1/waiting-room?min_position={}", gone.position())).await.ok();

    // Then the first thing told after resuming is all of it, at once
    let mut live = Live::waiting_room(&first.desk.through(&other), Some(last)).await;
    let resumed = live.next().await.unwrap();
    assert_eq!(resumed.event, "changes");
    assert!(resumed.id >= newest.position());
    assert_eq!(resumed.row(second.id).unwrap()["state"], "checked-in");
    assert_eq!(resumed.row(third.id).unwrap()["state"], "checked-in");
    assert_eq!(resumed.data["removed"], json!([first.id]));

    // and what follows goes on from there
    second.admit().await;
    live.until(second.id, "admitted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_after_every_single_change_is_told_exactly_that_one() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    let mut last = Live::waiting_room(&visit.desk, None).await.until(visit.id, "checked-in").await.pop().unwrap().id;
    for round in 0..6 {
        let (changed, state) = match round % 2 {
            0 => (visit.hold().await, "held"),
            _ => (visit.return_to_waiting().await, "checked-in"),
        };
        visit.desk.get(&format!("/v1/clinic?min_position={}", changed.position())).await.ok();
        let seen = Live::waiting_room(&visit.desk, Some(last)).await.until(visit.id, state).await;
        let [message] = &seen[..] else { panic!("{seen:?}") };
        assert_eq!((message.event.as_str(), message.data["removed"].clone()), ("changes", json!([])));
        last = message.id;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_to_everybody_who_watches_with_growing_ids() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    let mut watchers = Vec::new();
    for _ in 0..5 {
        let mut live = Live::waiting_room(&visit.desk, None).await;
        live.next().await.unwrap();
        watchers.push(live);
    }
    for _ in 0..5 {
        visit.hold().await;
        visit.return_to_waiting().await;
    }
    visit.admit().await;
    for mut live in watchers {
        let ids: Vec<u64> = live.until(visit.id, "admitted").await.iter().map(|message| message.id).collect();
        let distinct: BTreeSet<u64> = ids.iter().copied().collect();
        assert_eq!(ids, distinct.into_iter().collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_names_each_patient_in_the_log_before_it_shows_them() {
    let first = App::start().await.with_clinic().await.visit().await;
    let clinic = first.clinic.clone();
    first.wait().await;
    let mut live = Live::waiting_room(&first.desk, None).await;
    live.until(first.id, "checked-in").await;
    let second = clinic.visit_of(&clinic.patient_named("Brightwater").await, &first.provider).await;
    live.until(second.id, "scheduled").await;
    let read: Vec<_> = clinic
        .log_from(0)
        .await
        .iter()
        .map(crate::support::Fact::of)
        .filter(|fact| fact.kind == "phi-read" && fact.payload["action"] == "read-waiting-room")
        .collect();
    let named = |patient: uuid::Uuid| read.iter().filter(|fact| fact.payload["patients"] == json!([patient])).count();
    assert_eq!((named(first.patient.id), named(second.patient.id)), (1, 1), "{read:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_not_for_everybody() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let clinic = &visit.clinic;
    let path = "/v1/waiting-room/stream";
    clinic.app.anybody().get(path).await.refused(401, "token-missing");
    clinic.billing().await.get(path).await.refused(403, "denied");
    visit.patient.client.get(path).await.refused(403, "denied");
    let bad = visit.desk.get_with(path, &[("Last-Event-ID", "yesterday")]).await;
    assert_eq!(bad.refused(400, "invalid-parameter")["errors"][0]["field"], "Last-Event-ID");
}
