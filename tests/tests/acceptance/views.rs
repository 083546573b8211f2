//! Reading: one's own write at once, and the past as it was.

use serde_json::{Value, json};

use crate::support::{Answer, App, Visit};

async fn visit() -> Visit {
    App::start().await.with_clinic().await.visit().await
}

fn time(answer: &Answer) -> String {
    answer["recorded_at"].as_str().expect("a time").to_owned()
}

fn states(room: &Answer) -> Vec<(&Value, &Value)> {
    room.list("rows").iter().map(|row| (&row["visit_id"], &row["state"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn min_position_reads_ones_own_write_from_any_server() {
    let visit = visit().await;
    let other = visit.clinic.app.another_server().await;
    visit.wait().await;
    let servers = [visit.desk.clone(), visit.desk.through(&other)];
    for round in 0..10 {
        let client = &servers[round % 2];
        for (act, body, state) in
            [("hold", json!({ "reason": "other" }), "held"), ("return-to-waiting", json!({}), "checked-in")]
        {
            let written = client.post(&visit.path(act), body).await.written();
            let room = format!("/v1/waiting-room?min_position={}", written.position());
            let room = servers[(round + 1) % 2].get(&room).await.ok();
            assert!(room.position() >= written.position());
            assert_eq!(room.entry("rows", "visit_id", visit.id)["state"], state, "round {round}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_nobody_has_written_is_refused_rather_than_waited_for() {
    let visit = visit().await;
    for path in [
        "/v1/waiting-room?min_position=100000".to_owned(),
        "/v1/waiting-room?at_position=100000".to_owned(),
        format!("/v1/visits/{}?min_position=100000", visit.id),
    ] {
        let refused = visit.desk.get(&path).await.refused(400, "invalid-parameter");
        assert!(["min_position", "at_position"].contains(&refused["errors"][0]["field"].as_str().unwrap()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_shown_as_it_stood_after_an_event_or_at_a_time() {
    let visit = visit().await;
    let story = [visit.arrive().await, visit.verify_identity().await, visit.attest_location("WI").await];
    visit.contacts().await;
    let checked_in = visit.check_in().await;
    visit.admit().await;
    let asked = async |question: &str| visit.provider.client.get(&format!("/v1/visits/{}?{question}", visit.id)).await;

    let then = asked("at_sequence=2").await.ok();
    assert_eq!((&then["state"], &then["hash"]), (&json!("arrived"), &story[0]["hash"]));
    assert_eq!((&then["identity_verified"], &then["address"]), (&json!(false), &Value::Null));
    assert_eq!(then.header("etag"), "\"2\"");
    let then = asked(&format!("as_of={}", time(&checked_in))).await.ok();
    assert_eq!((&then["state"], &then["hash"]), (&json!("checked-in"), &checked_in["hash"]));
    let then = asked(&format!("as_of={}", time(&story[1]))).await.ok();
    assert_eq!((&then["identity_verified"], &then["location"]), (&json!(true), &Value::Null));
    asked("as_of=2001-01-01T00:00:00Z").await.refused(404, "not-found");
    asked("as_of=2026-01-01T00:00:00Z&at_sequence=1").await.refused(400, "invalid-parameter");
    assert_eq!(visit.state().await, "admitted", "the past leaves the present alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_waiting_room_of_a_past_moment_has_the_queue_of_that_moment() {
    let first = visit().await;
    let clinic = first.clinic.clone();
    let second = clinic.visit_of(&clinic.patient_named("Brightwater").await, &first.provider).await;
    first.wait().await;
    let both = second.wait().await;
    let held = first.hold().await;
    let admitted = second.admit().await;
    let (a, b) = (json!(first.id.to_string()), json!(second.id.to_string()));
    let (waiting, on_hold, inside) = (json!("checked-in"), json!("held"), json!("admitted"));

    let room = async |question: String| first.desk.get(&format!("/v1/waiting-room?{question}")).await.ok();
    let now = room(format!("min_position={}", admitted.position())).await;
    assert_eq!(states(&now), [(&a, &on_hold), (&b, &inside)]);
    for question in [format!("at_position={}", both.position()), format!("as_of={}", time(&both))] {
        let then = room(question).await;
        assert_eq!(states(&then), [(&a, &waiting), (&b, &waiting)]);
        assert_eq!(then.position(), both.position());
        assert_eq!(then.list("rows")[1]["patient"]["family_name"], "Brightwater");
    }
    let then = room(format!("at_position={}", held.position())).await;
    assert_eq!(states(&then), [(&b, &waiting), (&a, &on_hold)], "who is on hold comes after who waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeline_is_read_in_stretches() {
    let visit = visit().await;
    let newest = visit.wait().await.position();
    let mut told = Vec::new();
    let mut after = String::new();
    loop {
        let path = visit.path(&format!("timeline?limit=2&min_position={newest}{after}"));
        let stretch = visit.patient.client.get(&path).await.ok();
        assert!(stretch.list("entries").len() <= 2);
        let own = stretch.list("entries").iter().filter(|entry| entry["stream_type"] == "visit");
        told.extend(own.map(|entry| entry["event_type"].as_str().unwrap().to_owned()));
        match stretch["more_after"].as_u64() {
            Some(position) if told.len() < 7 => after = format!("&after={position}"),
            _ => break,
        }
    }
    let contacts = ["callback-number-given", "emergency-contact-recorded"];
    let arrival = ["scheduled", "arrived", "identity-verified", "location-attested"];
    assert_eq!(told, [&arrival[..], &contacts, &["checked-in"]].concat());
}
