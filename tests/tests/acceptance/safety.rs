//! When the straight way is not safe or does not work: emergencies, telephone numbers, absent providers, failing technology.

use serde_json::{Value, json};

use crate::support::{Answer, App, Visit};

const NUMBER: &str = "+1 608 555 0142";

async fn row(visit: &Visit, after: &Answer) -> Value {
    let room = visit.desk.get(&format!("/v1/waiting-room?min_position={}", after.position())).await.ok();
    room.list("rows").iter().find(|row| row["visit_id"] == visit.id.to_string()).cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_overrides_the_gate_on_the_record_until_it_is_closed() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.arrive().await;
    visit.provider.client.post(&visit.path("admit"), json!({})).await.refused(409, "wrong-state");

    let kind = json!({ "kind": "chest-pain", "actions": ["emergency-services-called"], "details": "Pressure." });
    visit.patient.client.post(&visit.path("emergencies"), kind.clone()).await.refused(403, "denied");
    let declared = visit.desk.post(&visit.path("emergencies"), kind).await.written();
    let emergency = declared["emergency_id"].clone();
    assert!(emergency.is_string());
    assert_eq!(row(&visit, &declared).await["emergency"], true);
    visit.admit().await;
    let timeline = visit.provider.client.get(&visit.path("timeline")).await.ok();
    let admitted = timeline.list("entries").iter().find(|entry| entry["event_type"] == "admitted").cloned().unwrap();
    let told = admitted.to_string();
    for gate in ["waiting-room", "identity", "location", "licence", emergency.as_str().unwrap()] {
        assert!(told.contains(gate), "{gate}: {told}");
    }

    let over = |id: &Value| json!({ "emergency_id": id, "outcome": "handed-over", "actions": [], "details": null });
    let unknown = json!("00000000-0000-0000-0000-000000000001");
    let close = visit.path("emergencies/close");
    visit.provider.client.post(&close, over(&unknown)).await.refused(404, "unknown-emergency");
    visit.provider.client.post(&close, over(&emergency)).await.written();
    visit.provider.client.post(&close, over(&emergency)).await.refused(409, "emergency-already-closed");
    assert_eq!(visit.show().await["emergencies"], json!([{ "emergency_id": emergency, "closed": true }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_patient_says_how_to_call_back_and_whom_to_call() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let number = visit.path("callback-number");
    visit.patient.client.post(&number, json!({ "number": "911" })).await.refused(422, "invalid-body");
    visit.patient.client.post(&number, json!({ "number": NUMBER })).await.written();
    let contact = visit.path("emergency-contact");
    let nobody = json!({ "answer": "given", "contact": null });
    let refused = visit.patient.client.post(&contact, nobody).await;
    assert_eq!(refused.refused(422, "contact-does-not-fit-answer")["errors"][0]["field"], "contact");
    let sister = json!({ "name": "Bea", "relationship": "sister", "phone": NUMBER });
    visit.patient.client.post(&contact, json!({ "answer": "given", "contact": sister })).await.written();
    let shown = visit.show().await;
    assert_eq!((&shown["callback_number"], &shown["emergency_contact"]), (&json!(NUMBER), &sister));
    visit.billing.post(&number, json!({ "number": NUMBER })).await.refused(403, "denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_visit_that_fails_goes_on_by_telephone() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.admit().await;
    let failure =
        json!({ "side": "patient", "kind": "camera", "resolution": "modality-changed", "details": "Frozen." });
    visit.patient.client.post(&visit.path("technical-failures"), failure).await.written();
    let phone = json!({ "to": "phone", "reason": "technical" });
    let changed = visit.provider.client.post(&visit.path("modality"), phone.clone()).await.written();
    visit.provider.client.post(&visit.path("modality"), phone).await.refused(409, "wrong-state");
    assert_eq!(row(&visit, &changed).await["modality"], "phone");
    let attempt = json!({ "means": "phone", "outcome": "reached", "number": NUMBER });
    visit.provider.client.post(&visit.path("contact-attempts"), attempt).await.written();
    let shown = visit.show().await;
    assert_eq!(shown["modality"], "phone");
    assert_eq!(shown["modality_changes"][0]["from"], "video");
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_who_never_comes_is_a_no_show_and_one_who_was_ready_is_not() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let early = Visit::schedule(&clinic, &patient, &provider, -14).await;
    early.wait().await;
    early.desk.post(&early.path("provider-no-show"), json!({})).await.refused(409, "too-early-for-no-show");
    let late = Visit::schedule(&clinic, &patient, &provider, -16).await;
    late.desk.post(&late.path("provider-no-show"), json!({})).await.refused(409, "wrong-state");
    late.wait().await;
    late.desk.post(&late.path("provider-no-show"), json!({})).await.written();
    assert_eq!(late.state().await, "provider-no-show");
    let ready = Visit::schedule(&clinic, &patient, &provider, -16).await;
    ready.wait().await;
    let said = ready.provider.client.post(&ready.path("provider-ready"), json!({})).await.written();
    assert_eq!(row(&ready, &said).await["provider_readiness"], "ready");
    ready.provider.client.post(&ready.path("provider-not-ready"), json!({})).await.written();
    ready.desk.post(&ready.path("provider-no-show"), json!({})).await.refused(409, "provider-was-here");
}
