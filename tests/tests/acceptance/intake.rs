//! What a patient does before the visit, days ahead too, and what the provider finds when they see each other.

use serde_json::{Value, json};

use crate::support::{Answer, App, Visit};

const REASON: &str = "Hoarse for nine days";
const MEDICINE: &str = "Lozenges of sage";

async fn row(visit: &Visit, after: &Answer) -> Value {
    let room = visit.desk.get(&format!("/v1/waiting-room?min_position={}", after.position())).await.ok();
    room.list("rows").iter().find(|row| row["visit_id"] == visit.id.to_string()).cloned().unwrap_or_default()
}

fn intake() -> Value {
    json!({
        "reason": REASON,
        "vitals": [
            { "kind": "temperature", "value": 37.9, "unit": "celsius" },
            { "kind": "systolic-pressure", "value": 128.0, "unit": "mm-hg" },
            { "kind": "diastolic-pressure", "value": 81.0, "unit": "mm-hg" },
        ],
        "medications": { "answer": "listed", "items": [MEDICINE] },
        "allergies": { "answer": "none-known" },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_tells_days_ahead_and_the_chart_shows_it() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let visit = Visit::schedule(&clinic, &patient, &provider, 3 * 24 * 60).await;
    let told = visit.patient.client.post(&visit.path("intake"), intake()).await.written();
    let devices = json!({ "camera": "pass", "microphone": "pass", "speaker": "fail", "network": "skipped" });
    visit.patient.client.post(&visit.path("device-checks"), devices).await.written();
    let shown = visit.show().await;
    assert_eq!((&shown["intake_recorded"], &shown["device_check"]["speaker"]), (&json!(true), &json!("fail")));
    let chart = format!("/v1/patients/{}/chart?min_position={}", visit.patient.id, told.position());
    let chart = visit.provider.client.get(&chart).await.ok();
    let shown = &chart["visits"][0]["intake"];
    assert_eq!((&shown["reason"], &shown["recorded_by"]), (&json!(REASON), &json!("patient")));
    assert_eq!((&shown["vitals"], &shown["medications"]), (&intake()["vitals"], &intake()["medications"]));
    let stored: String = clinic.log_from(0).await.iter().map(Value::to_string).collect();
    assert!(stored.contains("intake-recorded"));
    // The seconds of a time may look like a temperature.
    let of_a_time =
        |before: &str| before.strip_suffix(':').is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
    for phi in [REASON, MEDICINE, "37.9", "none-known"] {
        assert!(stored.match_indices(phi).all(|(at, _)| of_a_time(&stored[..at])), "{phi}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_have_is_a_slip_and_is_refused() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let path = visit.path("intake");
    let refused = async |change: &dyn Fn(&mut Value), code: &str| {
        let mut body = intake();
        change(&mut body);
        visit.patient.client.post(&path, body).await.refused(422, code)
    };
    let hot = refused(&|body| body["vitals"][0]["value"] = json!(379), "vital-out-of-range").await;
    assert_eq!(hot["errors"][0]["field"], "vitals");
    assert!(!hot.text.contains("379"), "{}", hot.text);
    refused(&|body| body["vitals"][0]["value"] = json!(37.95), "invalid-body").await;
    refused(&|body| body["vitals"][0]["unit"] = json!("mm-hg"), "vital-unit-misfit").await;
    refused(&|body| body["vitals"][0]["unit"] = json!("kelvin"), "invalid-body").await;
    refused(&|body| body["vitals"][1]["kind"] = json!("diastolic-pressure"), "vital-named-twice").await;
    refused(&|body| body["vitals"][1]["value"] = json!(80), "pressure-reversed").await;
    refused(&|body| body["medications"]["items"] = json!([]), "list-does-not-fit-answer").await;
    refused(&|body| body["allergies"]["items"] = json!(["Nuts"]), "list-does-not-fit-answer").await;
    refused(&|body| body["medications"]["items"] = json!(vec!["Tea"; 61]), "list-too-long").await;
    assert_eq!(visit.show().await["intake_recorded"], false);
    visit.billing.post(&path, intake()).await.refused(403, "denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_stuck_in_the_device_check_is_no_no_show() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let late = Visit::schedule(&clinic, &patient, &provider, -20).await;
    let failing = json!({ "camera": "fail", "microphone": "fail", "speaker": "skipped", "network": "pass" });
    late.patient.client.post(&late.path("device-checks"), failing).await.written();
    late.desk.post(&late.path("no-show"), json!({})).await.refused(409, "patient-has-arrived");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_confirms_whom_they_see_or_says_what_does_not_match() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let (confirm, doubt) = (visit.path("identity/confirm"), visit.path("identity/doubt"));
    let seen = json!({ "method": "document", "identifiers": ["name", "photo"] });
    visit.wait().await;
    visit.provider.client.post(&confirm, seen.clone()).await.refused(409, "wrong-state");
    visit.admit().await;
    visit.desk.post(&confirm, seen.clone()).await.refused(403, "denied");
    let nothing = json!({ "mismatched": [] });
    visit.provider.client.post(&doubt, nothing).await.refused(422, "mismatch-needed");
    let why = json!({ "mismatched": ["birth-date"], "details": "Looks thirty years younger." });
    let doubted = visit.provider.client.post(&doubt, why).await.written();
    assert_eq!(row(&visit, &doubted).await["identity_confirmation"], "doubted");
    let once = json!({ "method": "spoken", "identifiers": ["name"] });
    visit.provider.client.post(&confirm, once).await.refused(422, "two-identifiers-needed");
    visit.provider.client.post(&confirm, seen.clone()).await.written();
    visit.provider.client.post(&confirm, seen).await.refused(409, "wrong-state");
    assert_eq!(visit.show().await["identity_confirmation"], "confirmed");
    let stored: String = visit.clinic.log_from(0).await.iter().map(Value::to_string).collect();
    assert!(stored.contains("identity-doubted") && !stored.contains("younger"));
}
