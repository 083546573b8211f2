//! What a patient is asked for at the door on the day, what can be done days ahead, and when nobody asks.

use serde_json::json;

use crate::support::{App, Visit, phi};

#[tokio::test(flavor = "multi_thread")]
async fn check_in_asks_for_who_where_a_number_and_whom_to_call() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let check_in = async || visit.desk.post(&visit.path("check-in"), json!({})).await;
    visit.arrive().await;
    check_in().await.refused(409, "identity-not-verified");
    let once = json!({ "method": "spoken", "identifiers": ["name", "name"] });
    visit.desk.post(&visit.path("identity"), once).await.refused(422, "two-identifiers-needed");
    visit.verify_identity().await;
    check_in().await.refused(409, "location-not-attested");
    visit.attest_location("WI").await;
    let missing = check_in().await.refused(409, "callback-number-missing");
    assert!(
        missing["detail"].as_str().unwrap().contains("POST /v1/visits/{visit_id}/callback-number"),
        "{}",
        missing.text
    );
    visit.desk.post(&visit.path("callback-number"), json!({ "number": phi::PHONE })).await.written();
    let missing = check_in().await.refused(409, "emergency-contact-not-asked");
    assert!(missing["detail"].as_str().unwrap().contains("emergency-contact"), "{}", missing.text);
    visit.patient.client.post(&visit.path("emergency-contact"), json!({ "answer": "refused" })).await.written();
    check_in().await.written();
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_intake_consents_and_contacts_can_be_done_days_ahead_and_who_and_where_cannot() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let visit = Visit::schedule(&clinic, &patient, &provider, 3 * 24 * 60).await;
    let does = async |what: &str, body| visit.patient.client.post(&visit.path(what), body).await.written();
    does("device-checks", json!({ "camera": "pass", "microphone": "pass", "speaker": "pass", "network": "pass" }))
        .await;
    let nothing = json!({ "answer": "none-known" });
    does("intake", json!({ "vitals": [], "medications": nothing, "allergies": nothing })).await;
    does("consents/give", json!({ "kind": "telehealth", "text_version": "consent/2026-01" })).await;
    visit.contacts().await;
    let place = json!({ "jurisdiction": "WI", "address": phi::ADDRESS });
    visit.patient.client.post(&visit.path("location"), place).await.refused(409, "wrong-state");
    let how = json!({ "method": "spoken", "identifiers": ["name", "birth-date"] });
    visit.desk.post(&visit.path("identity"), how).await.refused(409, "wrong-state");

    // What was done ahead stands, whatever time the visit has; only what is of the day is asked for.
    visit.arrive().await;
    visit.verify_identity().await;
    visit.attest_location("WI").await;
    visit.check_in().await;
    let shown = visit.show().await;
    assert_eq!((&shown["intake_recorded"], &shown["device_check"]["camera"]), (&json!(true), &json!("pass")));
    assert!(shown["consents"].to_string().contains("given"), "{}", shown.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_an_emergency_nobody_asks_and_by_phone_the_number_is_the_one_that_was_called() {
    let clinic = App::start().await.with_clinic().await;
    let visit = clinic.visit().await;
    visit.arrive().await;
    visit.verify_identity().await;
    visit.attest_location("WI").await;
    let emergency = json!({ "kind": "chest-pain", "actions": ["emergency-services-called"] });
    visit.desk.post(&visit.path("emergencies"), emergency).await.written();
    visit.check_in().await;

    let by_phone = clinic.visit().await;
    let change = json!({ "to": "phone", "reason": "patient-request" });
    by_phone.desk.post(&by_phone.path("modality"), change).await.written();
    by_phone.arrive().await;
    by_phone.verify_identity().await;
    by_phone.attest_location("WI").await;
    by_phone.desk.post(&by_phone.path("emergency-contact"), json!({ "answer": "none" })).await.written();
    by_phone.desk.post(&by_phone.path("check-in"), json!({})).await.refused(409, "callback-number-missing");
    let called = json!({ "means": "phone", "outcome": "reached", "number": phi::PHONE });
    by_phone.desk.post(&by_phone.path("contact-attempts"), called).await.written();
    by_phone.check_in().await;
}
