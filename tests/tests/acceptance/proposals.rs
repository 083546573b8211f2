//! Who is late or did not come: the system proposes, a person records, and may take it back.

use serde_json::{Value, json};

use crate::support::{Answer, App, Visit};

/// What is proposed, as the provider and the waiting room are told after a position; they agree.
async fn proposed(visit: &Visit, after: &Answer) -> Vec<Value> {
    let shown = visit.show().await.list("proposals").to_vec();
    let room = visit.desk.get(&format!("/v1/waiting-room?min_position={}", after.position())).await.ok();
    let row = room.list("rows").iter().find(|row| row["visit_id"] == visit.id.to_string());
    if let Some(row) = row {
        assert_eq!(row["proposals"], json!(shown), "{}", room.text);
    }
    shown
}

async fn ready(visit: &Visit) -> Answer {
    visit.provider.client.post(&visit.path("provider-ready"), json!({})).await.written()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_show_is_proposed_with_the_provider_ready_recorded_by_a_person_and_taken_back() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let early = Visit::schedule(&clinic, &patient, &provider, -14).await;
    let said = ready(&early).await;
    assert_eq!(proposed(&early, &said).await, [] as [Value; 0]);

    let visit = Visit::schedule(&clinic, &patient, &provider, -16).await;
    assert_eq!(proposed(&visit, &visit.scheduled).await, [] as [Value; 0]);
    let said = ready(&visit).await;
    let proposals = proposed(&visit, &said).await;
    assert_eq!((proposals.len(), &proposals[0]["proposal"]), (1, &json!("no-show")), "{proposals:?}");
    assert_eq!((&proposals[0]["grace_minutes"], &proposals[0]["due_at"]), (&json!(15), &json!(visit.starts_at)));
    // Nothing was written, and the patient is not shown it.
    assert_eq!(visit.state().await, "scheduled");
    let own = visit.patient.client.get(&format!("/v1/visits/{}", visit.id)).await.ok();
    assert_eq!(own["proposals"], Value::Null);
    assert!(!own.text.contains("proposal") && !own.text.contains("no-show"), "{}", own.text);
    let waiting = visit.patient.client.get(&visit.path("waiting")).await.ok();
    assert!(!waiting.text.contains("proposal"), "{}", waiting.text);

    let recorded = visit.no_show().await;
    assert_eq!(proposed(&visit, &recorded).await, [] as [Value; 0]);
    let back = visit.desk.post(&visit.path("no-show/reverse"), json!({ "reason": "came-late" })).await.written();
    assert_eq!(proposed(&visit, &back).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_who_does_not_come_is_proposed_while_the_patient_waits() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let visit = Visit::schedule(&clinic, &patient, &provider, -16).await;
    let waits = visit.wait().await;
    let proposals = proposed(&visit, &waits).await;
    assert_eq!((proposals.len(), &proposals[0]["proposal"]), (1, &json!("provider-no-show")), "{proposals:?}");
    visit.desk.post(&visit.path("provider-no-show"), json!({})).await.written();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_arrival_is_proposed_and_recorded_as_the_clinic_offers() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let visit = Visit::schedule(&clinic, &patient, &provider, -20).await;
    visit.wait().await;
    let said = ready(&visit).await;
    let proposals = proposed(&visit, &said).await;
    assert_eq!((proposals.len(), &proposals[0]["proposal"]), (1, &json!("late-arrival")), "{proposals:?}");
    assert_eq!(proposals[0]["responses"], json!(["see-as-planned", "shorten", "reschedule"]));
    assert_eq!(proposals[0]["late_minutes"], 20);

    let path = visit.path("late-arrival");
    let back = visit.path("late-arrival/reverse");
    visit.desk.post(&path, json!({ "response": "scold" })).await.refused(422, "invalid-body");
    let misfit = json!({ "response": "shorten", "shortened_to_minutes": 20 });
    let refused = visit.desk.post(&path, misfit).await.refused(422, "shortened-duration-misfit");
    assert_eq!(refused["errors"][0]["field"], "shortened_to_minutes");
    visit.patient.client.post(&path, json!({ "response": "see-as-planned" })).await.refused(403, "denied");
    visit.desk.post(&back, json!({ "reason": "was-here" })).await.refused(409, "no-late-arrival-recorded");
    let shorten = json!({ "response": "shorten", "shortened_to_minutes": 10 });
    let recorded = visit.desk.post(&path, shorten.clone()).await.written();
    assert_eq!(proposed(&visit, &recorded).await, [] as [Value; 0]);
    assert_eq!(visit.show().await["late_arrival"], json!({ "minutes": 20, "response": "shorten" }));
    visit.desk.post(&path, shorten.clone()).await.refused(409, "late-arrival-recorded-already");
    visit.desk.post(&back, json!({ "reason": "recorded-in-error" })).await.written();

    // The clinic offers less from now on.
    let policy = json!({ "responses": ["reschedule"] });
    visit.desk.post("/v1/clinic/late-arrival-policy", policy.clone()).await.refused(403, "denied");
    let administrator = clinic.administrator().await;
    let set = administrator.post("/v1/clinic/late-arrival-policy", policy).await.written();
    assert_eq!(proposed(&visit, &set).await[0]["responses"], json!(["reschedule"]));
    let refused = visit.desk.post(&path, shorten).await.refused(422, "late-response-not-offered");
    assert_eq!(refused["errors"][0]["field"], "response");
    visit.desk.post(&path, json!({ "response": "reschedule" })).await.written();

    // Who came in time was not late.
    let timely = Visit::schedule(&clinic, &patient, &provider, -10).await;
    timely.wait().await;
    ready(&timely).await;
    timely.desk.post(&timely.path("late-arrival"), json!({ "response": "reschedule" })).await.refused(409, "not-late");
}
