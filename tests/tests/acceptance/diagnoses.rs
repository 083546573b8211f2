//! What the patient has, as a numbered list: recorded, removed, pointed at by charges, and seen by who may see it.

use serde_json::{Value, json};

use crate::support::{Answer, App, Client, Visit};

const CODE: &str = "J45.901";
const DESCRIPTION: &str = "Wheezing of unknown trigger";

fn diagnosis(primary: bool) -> Value {
    json!({ "code": CODE, "description": DESCRIPTION, "primary": primary })
}

fn charge(changes: Value) -> Value {
    let mut charge = json!({
        "code": "99213", "units": 1, "payer": "commercial", "patient_at_home": true, "modifiers": ["95"],
        "basis": "medical-decision-making",
    });
    for (name, value) in changes.as_object().unwrap() {
        charge[name] = value.clone();
    }
    charge
}

impl Visit {
    pub async fn diagnose(&self, primary: bool) -> Answer {
        self.provider.client.post(&self.path("diagnoses"), diagnosis(primary)).await.written()
    }

    async fn remove_diagnosis(&self, who: &Client, number: u8) -> Answer {
        let why = json!({ "reason": "ruled-out", "details": "The X-ray was clear." });
        who.post(&self.path(&format!("diagnoses/{number}/remove")), why).await
    }
}

async fn admitted() -> Visit {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.admit().await;
    visit
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_records_what_the_patient_has_and_those_who_need_it_see_it() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    let path = visit.path("diagnoses");
    visit.provider.client.post(&path, diagnosis(true)).await.refused(409, "wrong-state");
    visit.admit().await;
    assert_eq!(visit.diagnose(true).await["diagnosis_number"], 1);
    let second = visit.diagnose(false).await;
    assert_eq!(second["diagnosis_number"], 2);
    let removed = visit.remove_diagnosis(&visit.provider.client, 2).await.written();
    let again = visit.remove_diagnosis(&visit.provider.client, 2).await.refused(422, "unknown-diagnosis");
    assert_eq!(again["errors"][0]["field"], "diagnosis_pointers");
    assert_eq!(visit.diagnose(false).await["diagnosis_number"], 3, "a number is never given again");

    // The provider, who bills and the patient see it; the front desk sees only that there is a list.
    for who in [&visit.provider.client, &visit.billing, &visit.patient.client] {
        let shown = who.get(&path).await.ok();
        let first = &shown.list("diagnoses")[0];
        assert_eq!((&first["code"], &first["description"]), (&json!(CODE), &json!(DESCRIPTION)));
        assert_eq!((&first["diagnosis_number"], &first["primary"]), (&json!(1), &json!(true)));
        assert_eq!(shown.list("diagnoses")[1]["removed"], true);
    }
    visit.desk.get(&path).await.refused(403, "denied");
    let stranger = visit.clinic.patient().await;
    stranger.client.get(&path).await.refused(404, "not-found");
    visit.desk.post(&path, diagnosis(true)).await.refused(403, "denied");
    visit.billing.post(&path, diagnosis(true)).await.refused(403, "denied");
    let room = visit.desk.get(&format!("/v1/visits/{}", visit.id)).await.ok();
    assert_eq!(room.list("diagnoses").len(), 3);
    assert!(!room.text.contains(CODE), "{}", room.text);

    // The chart says it with its position, and the log as it is stored does not say it.
    let chart = format!("/v1/patients/{}/chart?min_position={}", visit.patient.id, removed.position() + 1);
    let charted = visit.provider.client.get(&chart).await.ok().entry("visits", "visit_id", visit.id).clone();
    assert_eq!(
        (&charted["diagnoses"][0]["code"], &charted["diagnoses"][1]["removed"]),
        (&json!(CODE), &json!("ruled-out"))
    );
    let stored = json!(visit.clinic.log_from(0).await).to_string();
    assert!(!stored.contains(CODE) && !stored.contains(DESCRIPTION));
    let timeline = visit.path(&format!("timeline?min_position={}", removed.position()));
    let timeline = visit.provider.client.get(&timeline).await.ok();
    let recorded = timeline.list("entries").iter().find(|entry| entry["event_type"] == "diagnosis-recorded").unwrap();
    assert_eq!(recorded["payload"]["description"], DESCRIPTION);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_diagnoses_are_refused_by_field_and_change_nothing() {
    let visit = admitted().await;
    let before = visit.show().await.sequence();
    let refused = async |body: Value, code: &str| {
        let answer = visit.provider.client.post(&visit.path("diagnoses"), body).await.refused(422, code);
        answer["errors"][0]["field"].clone()
    };
    assert_eq!(refused(json!({ "code": "J6", "description": "x" }), "invalid-body").await, "code");
    assert_eq!(refused(json!({ "code": "nope", "description": "x" }), "invalid-body").await, "code");
    assert_eq!(refused(json!({ "code": CODE }), "invalid-body").await, "description");
    assert_eq!(refused(json!({ "code": CODE, "description": "x".repeat(301) }), "invalid-body").await, "description");
    assert_eq!(refused(json!({ "code": CODE, "description": "x", "rank": 1 }), "invalid-body").await, "rank");
    visit.remove_diagnosis(&visit.provider.client, 9).await.refused(422, "unknown-diagnosis");
    let not_a_number = visit.path("diagnoses/first/remove");
    visit.provider.client.post(&not_a_number, json!({ "reason": "refined" })).await.refused(400, "invalid-parameter");
    assert_eq!(visit.show().await.sequence(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_points_at_diagnoses_that_stand() {
    let visit = admitted().await;
    visit.diagnose(true).await;
    visit.diagnose(false).await;
    visit.remove_diagnosis(&visit.provider.client, 2).await.written();
    let note = visit.draft_note().await;
    visit.sign(&note).await;
    visit.end().await;
    let charges = visit.path("charges");
    let refused = async |changes: Value, code: &str| {
        visit.billing.post(&charges, charge(changes)).await.refused(422, code)["errors"][0]["field"].clone()
    };
    assert_eq!(refused(json!({ "diagnosis_pointers": [2] }), "unknown-diagnosis").await, "diagnosis_pointers");
    assert_eq!(refused(json!({ "diagnosis_pointers": [1, 7] }), "unknown-diagnosis").await, "diagnosis_pointers");
    assert_eq!(
        refused(json!({ "diagnosis_pointers": [1, 1] }), "diagnosis-pointers-out-of-range").await,
        "diagnosis_pointers"
    );
    assert_eq!(refused(json!({ "diagnoses": [CODE] }), "diagnosis-pointers-needed").await, "diagnosis_pointers");
    assert_eq!(
        refused(json!({ "diagnoses": [CODE], "diagnosis_pointers": [1] }), "diagnoses-out-of-range").await,
        "diagnoses"
    );
    let captured = visit.billing.post(&charges, charge(json!({ "diagnosis_pointers": [1] }))).await.written();
    let chart = format!("/v1/patients/{}/chart?min_position={}", visit.patient.id, captured.position());
    let charted = visit.provider.client.get(&chart).await.ok().entry("visits", "visit_id", visit.id).clone();
    assert_eq!(charted["charges"][0]["diagnosis_pointers"], json!([1]));

    // What a charge that counts is for stays; once the visit is billed the right one is recorded and the charge corrected.
    visit.remove_diagnosis(&visit.provider.client, 1).await.refused(409, "diagnosis-in-use");
    visit.bill().await;
    assert_eq!(visit.diagnose(true).await["diagnosis_number"], 3);
    let correct = json!({ "reason": "wrong-diagnoses", "correct": charge(json!({ "diagnosis_pointers": [3] })) });
    let path = visit.path(&format!("charges/{}/correct", captured["charge_id"].as_str().unwrap()));
    visit.billing.post(&path, correct).await.written();
    visit.remove_diagnosis(&visit.provider.client, 1).await.written();
}
