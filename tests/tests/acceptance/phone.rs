//! A visit by telephone from the beginning: no room, no picture, and on the record from the first call to the bill. And what
//! cannot wait: alarms.

use serde_json::{Value, json};

use crate::support::{Answer, App, Visit, phi, visit_request};

const NUMBER: &str = "+1 608 555 0142";

/// Set up to be held by telephone.
async fn by_phone() -> Visit {
    let clinic = App::start().await.with_clinic().await;
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let video = clinic.visit_of(&patient, &provider).await;
    let mut request = visit_request(patient.id, provider.id, video.starts_at);
    request["modality"] = json!("phone");
    let scheduled = video.desk.post("/v1/visits", request).await.written();
    let id = scheduled["visit_id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    Visit { id, scheduled, ..video }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_held_by_telephone_from_the_first_call_to_the_bill() {
    let visit = by_phone().await;
    let (desk, provider) = (&visit.desk, &visit.provider.client);
    desk.post(&visit.path("callback-number"), json!({ "number": NUMBER })).await.written();
    let attempt = |outcome: &str| json!({ "means": "phone", "outcome": outcome, "number": NUMBER });
    for outcome in ["no-answer", "left-message", "reached"] {
        desk.post(&visit.path("contact-attempts"), attempt(outcome)).await.written();
    }
    // Who is reached is here; the desk does on the telephone what the patient would do on the page.
    desk.post(&visit.path("arrive"), json!({})).await.written();
    visit.verify_identity().await;
    let place = json!({ "jurisdiction": "WI", "address": phi::ADDRESS });
    desk.post(&visit.path("location"), place).await.written();
    visit.contacts().await;
    visit.check_in().await;
    provider.post(&visit.path("provider-ready"), json!({})).await.written();
    visit.admit().await;
    provider.post(&visit.path("contact-attempts"), attempt("reached")).await.written();
    visit.diagnose(true).await;
    let note = visit.draft_note().await;
    visit.sign(&note).await;
    visit.end().await;
    provider.post(&visit.path("minutes"), json!({ "minutes": 14 })).await.written();
    let charge = |changes: Value| {
        let mut charge = json!({
            "code": "99213", "units": 1, "diagnosis_pointers": [1], "payer": "commercial", "patient_at_home": true,
            "modifiers": ["93"], "basis": "medical-decision-making",
        });
        changes.as_object().unwrap().iter().for_each(|(name, value)| charge[name] = value.clone());
        charge
    };
    let charges = visit.path("charges");
    // What was not seen is not billed as seen.
    let seen = charge(json!({ "modifiers": ["95"] }));
    visit.billing.post(&charges, seen).await.refused(422, "modifier-contradicts-modality");
    visit.billing.post(&charges, charge(json!({ "code": "98002" }))).await.refused(422, "code-contradicts-modality");
    visit.billing.post(&charges, charge(json!({}))).await.written();
    let billed = visit.bill().await;

    let shown = visit.show().await;
    assert_eq!((&shown["state"], &shown["modality"]), (&json!("closed"), &json!("phone")));
    let presence = (&shown["presence"]["patient"], &shown["presence"]["provider"]);
    assert_eq!(presence, (&json!("absent"), &json!("absent")), "there never was a room");
    let timeline = visit.path(&format!("timeline?limit=500&min_position={}", billed.position()));
    let timeline = provider.get(&timeline).await.ok();
    let told: Vec<&str> = timeline
        .list("entries")
        .iter()
        .filter(|entry| entry["stream_type"] == "visit")
        .filter_map(|entry| entry["event_type"].as_str())
        .collect();
    assert_eq!(told.iter().filter(|kind| **kind == "contact-attempted").count(), 4);
    assert!(!told.contains(&"participant-joined") && !told.contains(&"modality-changed"), "{told:?}");
    assert_eq!(told.last(), Some(&"billed"));
}

async fn alarms(visit: &Visit, after: &Answer) -> Answer {
    visit.desk.get(&format!("/v1/alarms?min_position={}", after.position())).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_emergency_is_an_alarm_with_where_help_is_to_go_until_it_is_closed() {
    let visit = by_phone().await;
    let before = visit.desk.post(&visit.path("callback-number"), json!({ "number": NUMBER })).await.written();
    assert_eq!(alarms(&visit, &before).await.list("alarms"), &[] as &[Value]);
    let kind = json!({ "kind": "chest-pain", "actions": ["emergency-services-called"], "details": "Pressure." });
    let declared = visit.provider.client.post(&visit.path("emergencies"), kind).await.written();
    visit.arrive().await;
    // Where the patient says to be after the alarm went off counts.
    let located = visit.attest_location("WI").await;
    let listed = alarms(&visit, &located).await;
    let alarm = listed.entry("alarms", "visit_id", visit.id);
    assert_eq!((&alarm["emergency_id"], &alarm["kind"]), (&declared["emergency_id"], &json!("chest-pain")));
    assert_eq!((&alarm["address"], &alarm["callback_number"]), (&json!(phi::ADDRESS), &json!(NUMBER)));
    assert_eq!(alarm["patient"]["family_name"], phi::FAMILY_NAME);
    assert_eq!(alarm["actions"], json!(["emergency-services-called"]));
    // The read of it names the patient.
    let request = listed.header("x-request-id").parse().unwrap();
    let facts = visit.clinic.facts_of(request).await;
    assert_eq!((facts.len(), &facts[0].payload["action"]), (1, &json!("read-alarms")));
    assert_eq!(facts[0].payload["patients"], json!([visit.patient.id]));
    visit.billing.get("/v1/alarms").await.refused(403, "denied");
    visit.patient.client.get("/v1/alarms").await.refused(403, "denied");
    let elsewhere = visit.clinic.app.with_clinic().await.front_desk().await;
    assert_eq!(elsewhere.get("/v1/alarms").await.ok().list("alarms"), &[] as &[Value]);

    let over =
        json!({ "emergency_id": declared["emergency_id"], "outcome": "handed-over", "actions": [], "details": null });
    let closed = visit.desk.post(&visit.path("emergencies/close"), over).await.written();
    assert_eq!(alarms(&visit, &closed).await.list("alarms"), &[] as &[Value]);
}
