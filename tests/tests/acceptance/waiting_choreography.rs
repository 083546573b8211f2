//! The waiting room from both sides: messages, being sent back, what a patient is told of how long it takes, where the time
//! went.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{Answer, App, Clinic, Live, Person, Visit, now, phi};

const TEXT: &str = "Your Salbuterex recipe is ready";

impl Visit {
    async fn own_wait(&self, after: &Answer) -> Answer {
        let path = self.path(&format!("waiting?min_position={}", after.position()));
        self.patient.client.get(&path).await.ok()
    }

    async fn row(&self, after: &Answer) -> Value {
        let room = self.desk.get(&format!("/v1/waiting-room?min_position={}", after.position())).await.ok();
        room.list("rows").iter().find(|row| row["visit_id"] == self.id.to_string()).cloned().unwrap_or_default()
    }

    /// How many facts of this type its stream has.
    async fn count(&self, kind: &str) -> usize {
        let timeline = self.provider.client.get(&self.path("timeline?limit=500")).await.ok();
        timeline.list("entries").iter().filter(|entry| entry["event_type"] == kind).count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_and_the_waiting_patient_write_to_each_other() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let messages = visit.path("messages");
    visit.desk.post(&messages, json!({ "canned": "next-in-line" })).await.refused(409, "wrong-state");
    visit.wait().await;
    let said = visit.desk.post(&messages, json!({ "text": TEXT })).await.written();
    let canned = visit.provider.client.post(&messages, json!({ "canned": "right-with-you" })).await.written();
    let shown = visit.own_wait(&canned).await;
    let told: Vec<_> = shown.list("messages").iter().map(|one| (&one["from"], &one["text"], &one["canned"])).collect();
    let staff = json!("staff");
    assert_eq!(told, [(&staff, &json!(TEXT), &Value::Null), (&staff, &Value::Null, &json!("right-with-you"))]);

    let read = visit.path(&format!("messages/{}/read", said["message_id"].as_str().unwrap()));
    visit.desk.post(&read, json!({})).await.refused(409, "message-is-own");
    let seen = visit.patient.client.post(&read, json!({})).await.written();
    visit.patient.client.post(&read, json!({})).await.refused(409, "wrong-state");
    assert_eq!(visit.own_wait(&seen).await["messages"][0]["read"], true);
    let answer = visit.patient.client.post(&messages, json!({ "text": "I am still here" })).await.written();
    assert_eq!(visit.row(&answer).await["unread_messages"], 1);

    // Bad input, strangers, and what is stored.
    let field = async |body: Value, code: &str| {
        visit.desk.post(&messages, body).await.refused(422, code)["errors"][0]["field"].clone()
    };
    assert_eq!(field(json!({}), "message-needs-one-content").await, "text");
    assert_eq!(field(json!({ "text": "x", "canned": "here" }), "message-needs-one-content").await, "text");
    assert_eq!(field(json!({ "canned": "whatever" }), "invalid-body").await, "canned");
    assert_eq!(field(json!({ "text": "x".repeat(4001) }), "invalid-body").await, "text");
    let stranger = visit.clinic.patient().await;
    stranger.client.post(&messages, json!({ "text": "x" })).await.refused(404, "not-found");
    stranger.client.get(&visit.path("waiting")).await.refused(404, "not-found");
    visit.billing.post(&messages, json!({ "text": "x" })).await.refused(403, "denied");
    let nobody = visit.path(&format!("messages/{}/read", visit.id));
    visit.patient.client.post(&nobody, json!({})).await.refused(404, "unknown-message");
    assert!(!json!(visit.clinic.log_from(0).await).to_string().contains("Salbuterex"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_sends_a_patient_back_until_the_encounter_began() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.admit().await;
    visit.desk.post(&visit.path("return-to-waiting"), json!({})).await.refused(403, "not-this-visits-provider");
    let back = visit.provider.client.post(&visit.path("return-to-waiting"), json!({})).await.written();
    assert_eq!(visit.row(&back).await["state"], "checked-in");
    assert_eq!(visit.own_wait(&back).await["place"], 1);
    visit.admit().await;
    visit.joins("patient", "p1").await;
    visit.joins("provider", "d1").await;
    visit.provider.client.post(&visit.path("return-to-waiting"), json!({})).await.refused(409, "encounter-has-begun");
    visit.end().await;
    visit.provider.client.post(&visit.path("return-to-waiting"), json!({})).await.refused(409, "wrong-state");
}

async fn treated(clinic: &Clinic, provider: &Person, times: usize) {
    let patient = clinic.patient().await;
    for _ in 0..times {
        let visit = clinic.visit_of(&patient, provider).await;
        visit.wait().await;
        visit.admit().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_is_told_a_measured_wait_or_none_and_what_was_told_is_on_the_record() {
    let clinic = App::start().await.with_clinic().await;
    let provider = clinic.provider().await;
    treated(&clinic, &provider, 7).await;
    let visit = clinic.visit_of(&clinic.patient().await, &provider).await;
    let ahead = Visit::schedule(&clinic, &clinic.patient().await, &provider, 5).await;
    ahead.wait().await;
    let waits = visit.wait().await;

    // Seven are too few: none is told, and that none was told is a fact; looking again is none.
    let shown = visit.own_wait(&waits).await;
    assert_eq!((&shown["place"], &shown["estimate"]), (&json!(2), &Value::Null));
    assert_eq!(shown["measured"], json!({ "p50_minutes": null, "p80_minutes": null, "from_visits": 7 }));
    assert_eq!(shown["status"], "You are in the waiting room.");
    for _ in 0..2 {
        visit.own_wait(&waits).await;
    }
    // Nothing about anybody else.
    for other in [ahead.id, ahead.patient.id] {
        assert!(!shown.text.contains(&other.to_string()), "{}", shown.text);
    }
    assert!(!shown.text.contains(phi::FAMILY_NAME));

    // With the eighth there is an estimate, told once.
    let eighth = ahead.admit().await;
    let shown = visit.own_wait(&eighth).await;
    let (p50, p80) = (shown["measured"]["p50_minutes"].as_u64(), shown["measured"]["p80_minutes"].as_u64());
    assert!(p50.is_some() && p50 <= p80 && shown["measured"]["from_visits"] == 8, "{}", shown.text);
    assert_eq!(shown["place"], 1);
    visit.own_wait(&eighth).await;
    clinic.app.read_models_caught_up().await;
    assert_eq!(visit.count("estimate-told").await, 2);
    let timeline = visit.provider.client.get(&visit.path("timeline?limit=500")).await.ok();
    let told: Vec<&Value> =
        timeline.list("entries").iter().filter(|entry| entry["event_type"] == "estimate-told").collect();
    assert_eq!((&told[0]["payload"]["from_visits"], &told[1]["payload"]["from_visits"]), (&json!(7), &json!(8)));
    assert_eq!(told[1]["payload"]["p80_minutes"].as_u64(), p80);

    // Late, and then gone.
    let late = visit.report_delay(now() + TimeDelta::minutes(30)).await;
    let shown = visit.own_wait(&late).await;
    assert_eq!(shown["status"], "You are in the waiting room. Your provider is running late.");
    assert!(shown["provider_expected_at"].is_string());
    let gone = visit.leave().await;
    let shown = visit.own_wait(&gone).await;
    assert_eq!((&shown["place"], &shown["estimate"], &shown["measured"]), (&Value::Null, &Value::Null, &Value::Null));
    for who in [&visit.desk, &visit.provider.client, &visit.billing] {
        who.get(&visit.path("waiting")).await.refused(403, "denied");
    }
    // It cannot be claimed that something was told.
    visit.patient.client.post(&visit.path("estimate"), json!({})).await.refused(404, "no-such-route");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_watches_their_own_wait_and_nobody_elses() {
    let clinic = App::start().await.with_clinic().await;
    let provider = clinic.provider().await;
    let visit = clinic.visit_of(&clinic.patient().await, &provider).await;
    let other = Visit::schedule(&clinic, &clinic.patient().await, &provider, 5).await;
    let path = visit.path("waiting/stream");
    for who in [&visit.desk, &visit.provider.client] {
        who.get(&path).await.refused(403, "denied");
    }
    other.patient.client.get(&path).await.refused(404, "not-found");
    other.wait().await;
    let mut live = Live::of(&visit.patient.client, &path, None).await;
    // Reads on until the wait is as it should be; nothing on the way names anybody else.
    let mut until = async |what: &str, is: &dyn Fn(&Value) -> bool| loop {
        let message = live.next().await.unwrap_or_else(|| panic!("the stream ended before {what}"));
        let text = message.data.to_string();
        assert_eq!((message.event.as_str(), &message.data["visit_id"]), ("wait", &json!(visit.id)));
        assert!(!text.contains(&other.id.to_string()) && !text.contains(&other.patient.id.to_string()), "{text}");
        if is(&message.data) {
            break;
        }
    };
    until("the visit is set up", &|wait| wait["state"] == "scheduled").await;
    visit.wait().await;
    until("a second place", &|wait| wait["state"] == "checked-in" && wait["place"] == 2).await;
    visit.desk.post(&visit.path("messages"), json!({ "text": TEXT })).await.written();
    until("a message", &|wait| wait["messages"][0]["text"] == TEXT).await;
    other.admit().await;
    until("the first place", &|wait| wait["place"] == 1).await;
    visit.admit().await;
    until("the provider", &|wait| wait["status"] == "Your provider has taken you in.").await;
    visit.end().await;
    until("the end", &|wait| wait["status"] == "Your visit is over.").await;
}

fn time(answer: &Answer) -> DateTime<Utc> {
    answer["recorded_at"].as_str().and_then(|time| time.parse().ok()).expect("a time")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_second_of_a_visit_is_somebodys_and_they_add_up() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    let held = visit.hold().await;
    let returned = visit.return_to_waiting().await;
    visit.admit().await;
    let ended = visit.end().await;
    let whole = (time(&ended) - time(&visit.scheduled)).num_seconds();
    let path = |sequence: u64| format!("/v1/visits/{}?at_sequence={sequence}", visit.id);
    for sequence in [held.sequence(), returned.sequence(), ended.sequence()] {
        let shown = visit.provider.client.get(&path(sequence)).await.ok();
        let parts: i64 = shown.list("time").iter().filter_map(|part| part["seconds"].as_i64()).sum();
        assert_eq!(parts, (time(&shown) - time(&visit.scheduled)).num_seconds(), "{}", shown.text);
    }
    let shown = visit.show().await;
    let parts: i64 = shown.list("time").iter().filter_map(|part| part["seconds"].as_i64()).sum();
    assert_eq!(parts, whole, "an ended visit takes no more time");
    let states: Vec<_> = shown.list("time").iter().map(|part| (&part["state"], &part["account"])).collect();
    assert!(states.contains(&(&json!("held"), &json!("clinic"))), "{states:?}");
    assert!(states.contains(&(&json!("admitted"), &json!("care"))), "{states:?}");
}
