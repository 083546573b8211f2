//! Acting on the version one saw, and repeating a request safely: on the same server, on another, and in a race.

use futures::future::join_all;
use serde_json::json;

use crate::support::{App, Visit, visit_request};

async fn visit() -> Visit {
    App::start().await.with_clinic().await.visit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn if_match_lets_through_who_saw_the_newest_version_and_nobody_else() {
    let visit = visit().await;
    let patient = &visit.patient.client;
    let seen = visit.show().await.header("etag").to_owned();
    assert_eq!(seen, "\"1\"");
    let arrived = patient.post_with(&visit.path("arrive"), json!({}), &[("If-Match", &seen)]).await.written();
    assert_eq!(arrived.header("etag"), "\"2\"");

    let size = visit.clinic.log_size().await;
    let leave = json!({});
    let stale = patient.post_with(&visit.path("leave"), leave.clone(), &[("If-Match", &seen)]).await;
    let stale = stale.refused(412, "stale-version");
    assert_eq!(stale["errors"][0], json!({ "field": "If-Match", "problem": "stale", "expected": "\"2\"" }));
    let ahead = patient.post_with(&visit.path("leave"), leave.clone(), &[("If-Match", "\"9\"")]).await;
    ahead.refused(412, "stale-version");
    assert_eq!(visit.clinic.log_size().await, size);
    patient.post_with(&visit.path("leave"), leave, &[("If-Match", "*")]).await.written();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_act_on_the_same_version_one_is_told_to_look_again() {
    let visit = visit().await;
    visit.wait().await;
    let version = visit.show().await.header("etag").to_owned();
    let act = async |what: &str, body| visit.desk.post_with(&visit.path(what), body, &[("If-Match", &version)]).await;
    let (held, left) = tokio::join!(act("hold", json!({ "reason": "technical" })), act("leave", json!({})));
    let mut answers = [held.status, left.status];
    answers.sort_unstable();
    assert_eq!(answers, [200, 412], "{} {}", held.text, left.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_is_answered_as_the_first_time_whatever_has_happened_since() {
    let visit = visit().await;
    let other = visit.clinic.app.another_server().await;
    let (patient, key) = (&visit.patient.client, [("Idempotency-Key", "arrive-1")]);
    let first = patient.post_with(&visit.path("arrive"), json!({}), &key).await.written();
    visit.verify_identity().await;
    visit.attest_location("WI").await;
    visit.contacts().await;
    visit.check_in().await;
    visit.admit().await;
    let size = visit.clinic.log_size().await;

    for client in [patient.clone(), patient.through(&other)] {
        let again = client.post_with(&visit.path("arrive"), json!({}), &key).await.written();
        assert_eq!(again["repeated"], true);
        for same in ["visit_id", "sequence", "position", "hash", "recorded_at"] {
            assert_eq!(again[same], first[same], "{same}");
        }
        assert_eq!(again.header("etag"), first.header("etag"));
    }
    assert_eq!(visit.clinic.log_size().await, size);
    // One person's key means nothing to another.
    visit.desk.post_with(&visit.path("arrive"), json!({}), &key).await.refused(409, "wrong-state");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_no_longer_act_is_still_told_what_became_of_what_they_did() {
    // Given somebody who put a patient on hold, and has had another role since
    let visit = visit().await;
    visit.wait().await;
    let (path, key) = (visit.path("hold"), [("Idempotency-Key", "hold-1")]);
    let first = visit.desk.post_with(&path, json!({ "reason": "technical" }), &key).await.written();
    let moved = visit.clinic.somebody("billing", &visit.desk.subject, None).await;
    // When they repeat the request, then they are answered as the first time, and nothing was denied
    let size = visit.clinic.log_size().await;
    let again = moved.post_with(&path, json!({ "reason": "technical" }), &key).await.written();
    assert_eq!((&again["hash"], &again["repeated"]), (&first["hash"], &json!(true)));
    assert_eq!(visit.clinic.log_size().await, size);
    // Another request is closed to them, also under a key that is known, and that is a fact.
    moved.post_with(&path, json!({ "reason": "paperwork" }), &key).await.refused(403, "denied");
    moved.post(&path, json!({ "reason": "technical" })).await.refused(403, "denied");
    assert_eq!(visit.clinic.log_size().await, size + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_creation_gives_the_ids_of_the_first_time() {
    let visit = visit().await;
    visit.wait().await;
    visit.admit().await;
    let (client, path) = (&visit.provider.client, visit.path("notes"));
    let note = json!({ "template_version": "soap/1", "body": { "plan": "Rest" } });
    let key = [("Idempotency-Key", "note-1")];
    let first = client.post_with(&path, note.clone(), &key).await.written();
    let again = client.post_with(&path, note, &key).await.written();
    assert_eq!((&again["note_id"], &again["content_sha256"]), (&first["note_id"], &first["content_sha256"]));

    let schedule = visit_request(visit.patient.id, visit.provider.id, visit.starts_at);
    let key = [("Idempotency-Key", "schedule-1")];
    let first = visit.desk.post_with("/v1/visits", schedule.clone(), &key).await.written();
    let again = visit.desk.post_with("/v1/visits", schedule, &key).await.written();
    assert_eq!((again.status, &again["visit_id"]), (201, &first["visit_id"]));
    assert_eq!(again.header("location"), first.header("location"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_not_good_for_another_request() {
    let visit = visit().await;
    visit.wait().await;
    let key = [("Idempotency-Key", "hold-1")];
    visit.desk.post_with(&visit.path("hold"), json!({ "reason": "technical" }), &key).await.written();
    let size = visit.clinic.log_size().await;
    let body = visit.desk.post_with(&visit.path("hold"), json!({ "reason": "paperwork" }), &key).await;
    let body = body.refused(422, "command-reused");
    assert_eq!(body["errors"][0]["field"], "Idempotency-Key");
    let path = visit.desk.post_with(&visit.path("check-in"), json!({}), &key).await;
    path.refused(422, "command-reused");
    assert_eq!(visit.clinic.log_size().await, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn identical_requests_that_race_through_two_servers_are_carried_out_once() {
    let visit = visit().await;
    let other = visit.clinic.app.another_server().await;
    let size = visit.clinic.log_size().await;
    let schedule = visit_request(visit.patient.id, visit.provider.id, visit.starts_at);
    let racing = (0..8).map(|number| {
        let client = if number % 2 == 0 { visit.desk.clone() } else { visit.desk.through(&other) };
        let schedule = schedule.clone();
        async move { client.post_with("/v1/visits", schedule, &[("Idempotency-Key", "race-1")]).await.written() }
    });
    let answers = join_all(racing).await;
    assert_eq!(visit.clinic.log_size().await, size + 2, "the visit, and its time in the provider's calendar");
    assert_eq!(answers.iter().filter(|answer| answer["repeated"] == false).count(), 1);
    for answer in &answers {
        assert_eq!((&answer["visit_id"], &answer["hash"]), (&answers[0]["visit_id"], &answers[0]["hash"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_write_to_one_visit_at_once_lose_nothing_and_double_nothing() {
    let visit = visit().await;
    let other = visit.clinic.app.another_server().await;
    let joins = (0..40).map(|number| {
        let client = if number % 2 == 0 { visit.program.clone() } else { visit.program.through(&other) };
        let (path, key) = (visit.path("presence/joined"), format!("join-{number}"));
        let body = json!({ "participant": "patient", "connection": format!("c{number}") });
        async move {
            // Losing again and again is told as busy; the same key makes trying again safe.
            loop {
                let answer = client.post_with(&path, body.clone(), &[("Idempotency-Key", &key)]).await;
                if answer.status != 503 {
                    return answer.written().sequence();
                }
            }
        }
    });
    let mut sequences = join_all(joins).await;
    sequences.sort_unstable();
    assert_eq!(sequences, (2..=41).collect::<Vec<_>>());
}
