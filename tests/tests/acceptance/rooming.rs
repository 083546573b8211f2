//! Clinical staff make a waiting patient ready for the provider: what they may do, what they may not, and what everybody
//! else sees of it.

use serde_json::{Value, json};

use crate::support::{Answer, App, Client, Visit, phi};

async fn row(who: &Client, visit: &Visit, after: &Answer) -> Value {
    let room = who.get(&format!("/v1/waiting-room?min_position={}", after.position())).await.ok();
    room.list("rows").iter().find(|row| row["visit_id"] == visit.id.to_string()).cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn clinical_staff_check_a_patient_in_and_room_them_and_the_provider_admits() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let staff = visit.clinic.clinical_staff().await;
    let act = async |what: &str, body: Value| staff.post(&visit.path(what), body).await.written();
    visit.arrive().await;
    act("identity", json!({ "method": "spoken", "identifiers": ["name", "birth-date"] })).await;
    act("location", json!({ "jurisdiction": "WI", "address": phi::ADDRESS })).await;
    act("callback-number", json!({ "number": phi::PHONE })).await;
    act("emergency-contact", json!({ "answer": "none" })).await;
    staff.post(&visit.path("room"), json!({})).await.refused(409, "wrong-state");
    act("check-in", json!({})).await;
    let roomed = act("room", json!({})).await;
    let devices = json!({ "camera": "pass", "microphone": "pass", "speaker": "pass", "network": "pass" });
    act("device-checks", devices).await;
    let medications = json!({ "answer": "none-known" });
    act("intake", json!({ "medications": medications, "allergies": medications, "vitals": [] })).await;

    assert_eq!(visit.state().await, "roomed");
    let row = row(&visit.desk, &visit, &roomed).await;
    assert_eq!(
        (&row["state"], &row["place"], &row["why"][0]["reason"]),
        (&json!("roomed"), &json!(1), &json!("roomed"))
    );
    let by = &row["roomed_by"];
    assert_eq!((&by["subject"], &by["role"]), (&json!("medical-assistant-1"), &json!("clinical-staff")));
    let waiting = visit.patient.client.get(&visit.path("waiting")).await.ok();
    assert_eq!(waiting["status"], "Our staff are with you and make your visit ready.");

    staff.post(&visit.path("room"), json!({})).await.refused(409, "wrong-state");
    visit.admit().await;
    let shown = visit.show().await;
    assert!(
        shown.list("time").iter().any(|part| part["state"] == "roomed" && part["account"] == "clinic"),
        "{}",
        shown.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_roomed_may_return_to_the_waiting_room_and_be_roomed_again() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let staff = visit.clinic.clinical_staff().await;
    visit.wait().await;
    staff.post(&visit.path("room"), json!({})).await.written();
    let back = staff.post(&visit.path("return-to-waiting"), json!({})).await.written();
    let row = row(&visit.desk, &visit, &back).await;
    assert_eq!(
        (&row["state"], &row["roomed_by"], &row["why"][0]["reason"]),
        (&json!("checked-in"), &Value::Null, &json!("waiting"))
    );
    staff.post(&visit.path("room"), json!({})).await.written();
    assert_eq!(visit.state().await, "roomed");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_rooms_and_clinical_staff_do_not_do_what_is_a_providers() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    for other in [&visit.desk, &visit.provider.client, &visit.billing] {
        other.post(&visit.path("room"), json!({})).await.refused(403, "denied");
    }
    visit.patient.client.post(&visit.path("room"), json!({})).await.refused(403, "denied");
    let stranger = visit.clinic.app.with_clinic().await.clinical_staff().await;
    stranger.post(&visit.path("room"), json!({})).await.refused(404, "not-found");
    let staff = visit.clinic.clinical_staff().await;
    staff.post(&visit.path("room"), json!({ "by": "me" })).await.refused(422, "invalid-body");
    staff.post(&visit.path("admit"), json!({})).await.refused(403, "denied");
    visit.admit().await;
    let note = visit.draft_note().await;
    staff.get(&visit.note_path(&note)).await.refused(403, "denied");
    staff.get(&format!("/v1/patients/{}/chart", visit.patient.id)).await.refused(403, "denied");
    staff.get(&visit.path("timeline")).await.refused(403, "denied");
}
