//! A patient who speaks another language: asked for, found, there, or not wanted.

use serde_json::{Value, json};

use crate::support::{Answer, App, Visit};

async fn row(visit: &Visit, after: &Answer) -> Value {
    let room = visit.desk.get(&format!("/v1/waiting-room?min_position={}", after.position())).await.ok();
    room.list("rows").iter().find(|row| row["visit_id"] == visit.id.to_string()).cloned().unwrap_or_default()
}

fn hmong() -> Value {
    json!({ "language": "hmn", "modality": "video" })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interpreter_is_asked_for_found_and_there_and_everybody_sees_it() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let (request, assign) = (visit.path("interpreter/request"), visit.path("interpreter/assign"));
    let who = json!({ "qualification": "certified-medical", "agency_id": "agency-4", "interpreter_number": "20417" });
    visit.desk.post(&assign, who.clone()).await.refused(409, "interpreter-not-requested");
    let asked = visit.patient.client.post(&request, hmong()).await.written();
    assert_eq!(
        row(&visit, &asked).await["interpreter"],
        json!({ "state": "requested", "language": "hmn", "modality": "video" })
    );
    visit.patient.client.post(&request, hmong()).await.refused(409, "wrong-state");

    visit.patient.client.post(&assign, who.clone()).await.refused(403, "denied");
    let assigned = visit.desk.post(&assign, who).await.written();
    let interpreter = assigned["participant_id"].clone();
    assert!(interpreter.is_string());
    visit.wait().await;
    let joined = visit.path("interpreter/joined");
    let nobody = json!({ "participant_id": "00000000-0000-0000-0000-000000000001" });
    visit.provider.client.post(&joined, nobody).await.refused(404, "unknown-participant");
    let there = json!({ "participant_id": interpreter });
    let there = visit.provider.client.post(&joined, there).await.written();
    assert_eq!(row(&visit, &there).await["interpreter"]["state"], "joined");

    // Seen on the call like anybody else, under an id of their own.
    let seen = json!({ "participant": "interpreter", "participant_id": interpreter, "connection": "i1" });
    visit.program.post(&visit.path("presence/joined"), seen).await.written();
    let shown = visit.show().await;
    let id = interpreter.as_str().unwrap();
    assert_eq!(shown["presence"]["participants"][id], "present");
    let known = &shown["interpretation"]["interpreters"][id];
    assert_eq!((&known["qualification"], &known["joined"]), (&json!("certified-medical"), &json!(true)));
    let chart = format!("/v1/patients/{}/chart?min_position={}", visit.patient.id, there.position());
    let chart = visit.provider.client.get(&chart).await.ok();
    assert_eq!(chart["visits"][0]["interpretation"]["state"], "joined");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_may_decline_and_why_is_for_those_who_treat() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.desk.post(&visit.path("interpreter/request"), hmong()).await.written();
    let no = json!({ "instead": "adult-companion", "reason": "My sister speaks both languages." });
    let declined = visit.patient.client.post(&visit.path("interpreter/decline"), no.clone()).await.written();
    visit.patient.client.post(&visit.path("interpreter/decline"), no).await.refused(409, "wrong-state");
    assert_eq!(row(&visit, &declined).await["interpreter"]["state"], "declined");
    let shown = visit.show().await;
    assert_eq!(shown["interpretation"]["instead"], "adult-companion");
    assert_eq!(shown["interpreter_declined_reason"], "My sister speaks both languages.");
    let stored: String = visit.clinic.log_from(0).await.iter().map(Value::to_string).collect();
    assert!(stored.contains("interpreter-declined") && !stored.contains("My sister"), "the reason is sealed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_is_a_code_and_strangers_ask_for_nobody() {
    let clinic = App::start().await.with_clinic().await;
    let visit = clinic.visit().await;
    let request = visit.path("interpreter/request");
    let words = json!({ "language": "Hmong, please", "modality": "video" });
    visit.patient.client.post(&request, words).await.refused(422, "invalid-body");
    let by_post = json!({ "language": "hmn", "modality": "letter" });
    visit.patient.client.post(&request, by_post).await.refused(422, "invalid-body");
    let stranger = clinic.patient().await;
    stranger.client.post(&request, hmong()).await.refused(404, "not-found");
    visit.billing.post(&request, hmong()).await.refused(403, "denied");
}
