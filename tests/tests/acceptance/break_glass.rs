//! Breaking the glass: for a reason, for a time, under a review that another person closes.

use chrono::{TimeDelta, Utc};
use daybook_domain::patient::{self, GlassBroken, GlassReason};
use daybook_domain::{GlassId, Phi, Role};
use daybook_ledger::Stream;
use serde_json::{Value, json};

use crate::support::{Answer, App, Client, Person, Visit, fresh_id, now, phi};

impl Visit {
    /// Of the patient's record.
    fn glass(&self, more: &str) -> String {
        format!("/v1/patients/{}/break-glass{more}", self.patient.id)
    }

    async fn broken_by(&self, who: &Client) -> Answer {
        who.post(&self.glass(""), reason(30)).await
    }

    async fn review(&self, who: &Client, glass: &str) -> Answer {
        let finding = json!({ "finding": "justified", "details": phi::DETAILS });
        who.post(&self.glass(&format!("/{glass}/review")), finding).await
    }

    /// What compliance is shown.
    async fn broken_glasses(&self) -> Vec<Value> {
        let officer = self.clinic.compliance().await;
        let path = format!("/v1/audit/break-glass?min_position={}", self.clinic.log_size().await - 1);
        officer.get(&path).await.ok().list("rows").to_vec()
    }

    /// The reads of the record that this person is let do, and not.
    async fn reads(&self, who: &Person) -> [u16; 4] {
        let patient = format!("/v1/patients/{}", self.patient.id);
        [
            who.client.get(&patient).await.status,
            who.client.get(&format!("{patient}/chart")).await.status,
            who.client.get(&format!("/v1/visits/{}", self.id)).await.status,
            who.client.get(&self.path("timeline")).await.status,
        ]
    }
}

fn reason(minutes: u16) -> Value {
    json!({ "reason": "medical-emergency", "details": phi::REASON, "minutes": minutes })
}

async fn visit_and_stranger() -> (Visit, Person) {
    let clinic = App::start().await.with_clinic().await;
    let (visit, stranger) = (clinic.visit().await, clinic.provider().await);
    clinic.app.read_models_caught_up().await;
    (visit, stranger)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_without_a_relation_sees_a_record_only_through_a_broken_glass_and_it_is_on_the_record() {
    let (visit, stranger) = visit_and_stranger().await;
    assert_eq!(visit.reads(&stranger).await, [403; 4]);
    let broken = visit.broken_by(&stranger.client).await.written();
    assert!(broken["glass_id"].is_string() && broken["until"].is_string(), "{}", broken.text);
    visit.broken_by(&stranger.client).await.refused(409, "glass-already-broken");
    assert_eq!(visit.reads(&stranger).await, [200; 4]);

    // It opens reading of this patient alone.
    let other = visit.clinic.visit().await;
    assert_eq!(other.reads(&stranger).await, [403; 4]);
    stranger.client.post(&visit.path("admit"), json!({})).await.refused(403, "denied");
    let another = visit.clinic.provider().await;
    assert_eq!(visit.reads(&another).await, [403; 4]);

    let shown = visit.broken_glasses().await;
    let [row] = &shown[..] else { panic!("{shown:?}") };
    assert_eq!((&row["broken_by"], &row["reason"]), (&json!(stranger.client.subject), &json!("medical-emergency")));
    assert_eq!((&row["review"], &row["looks"], &row["patient"]), (&json!("open"), &json!(4), &json!(visit.patient.id)));
    let metrics = visit.clinic.app.anybody().get("/metrics").await.ok();
    assert!(metrics.text.contains("daybook_glass_broken_total 1"), "{}", metrics.text);
    let stored = json!(visit.clinic.log_from(0).await).to_string();
    assert!(stored.contains("glass-broken") && stored.contains("break-glass-reads-patient"));
    assert!(!stored.contains(phi::REASON), "what they wrote is sealed");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_person_closes_the_review_which_ends_it() {
    let (visit, stranger) = visit_and_stranger().await;
    let broken = visit.broken_by(&stranger.client).await.written();
    let glass = broken["glass_id"].as_str().unwrap().to_owned();
    visit.review(&stranger.client, &glass).await.refused(403, "denied");
    // Also not in another role, where the identity is the same.
    let same = visit.clinic.somebody("compliance", &stranger.client.subject, None).await;
    visit.review(&same, &glass).await.refused(409, "second-person-needed");
    let officer = visit.clinic.compliance().await;
    visit.review(&officer, &fresh_id().to_string()).await.refused(404, "unknown-glass");
    let wrong = json!({ "finding": "shrug" });
    officer.post(&visit.glass(&format!("/{glass}/review")), wrong).await.refused(422, "invalid-body");
    assert_eq!(visit.reads(&stranger).await, [200; 4]);
    visit.review(&officer, &glass).await.written();
    assert_eq!(visit.reads(&stranger).await, [403; 4]);
    visit.review(&officer, &glass).await.refused(409, "glass-already-reviewed");
    let row = &visit.broken_glasses().await[0];
    assert_eq!((&row["review"], &row["finding"]), (&json!("closed"), &json!("justified")));
    assert_eq!(row["reviewed_by"], officer.subject);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_at_its_limit() {
    let (visit, stranger) = visit_and_stranger().await;
    let until = now() + TimeDelta::seconds(3);
    let broken = |until: chrono::DateTime<Utc>| -> patient::Event {
        GlassBroken {
            glass_id: GlassId(fresh_id()),
            reason: GlassReason::MedicalEmergency,
            details: Phi::Erased,
            broken_by: stranger.client.subject.clone(),
            role: Role::Provider,
            until,
        }
        .into()
    };
    visit.clinic.recorded(Stream::new("patient", visit.patient.id), vec![broken(now() - TimeDelta::hours(1))]).await;
    assert_eq!(visit.reads(&stranger).await, [403; 4]);
    visit.clinic.recorded(Stream::new("patient", visit.patient.id), vec![broken(until)]).await;
    let patient = format!("/v1/patients/{}", visit.patient.id);
    stranger.client.get(&patient).await.ok();
    while now() < until {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(visit.reads(&stranger).await, [403; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_providers_break_it_for_a_reason_and_within_limits() {
    let (visit, stranger) = visit_and_stranger().await;
    for who in [
        &visit.desk,
        &visit.billing,
        &visit.clinic.clinical_staff().await,
        &visit.clinic.compliance().await,
        &visit.clinic.auditor().await,
        &visit.clinic.administrator().await,
        &visit.patient.client,
    ] {
        assert!([403, 404].contains(&visit.broken_by(who).await.status), "{}", who.subject);
    }
    for minutes in [0, 241] {
        stranger.client.post(&visit.glass(""), reason(minutes)).await.refused(422, "glass-minutes-out-of-range");
    }
    for wrong in [json!({}), json!({ "reason": "curiosity", "details": "x", "minutes": 5 })] {
        stranger.client.post(&visit.glass(""), wrong).await.refused(422, "invalid-body");
    }
    let nobody = format!("/v1/patients/{}/break-glass", fresh_id());
    stranger.client.post(&nobody, reason(30)).await.refused(404, "not-found");
    stranger.client.get("/v1/audit/break-glass").await.refused(403, "denied");
    assert!(visit.broken_glasses().await.is_empty());
}
