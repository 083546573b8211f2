//! A visit and everything that can happen in it, each done by whom it is for.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Client, Clinic, Person, now, phi};

/// One visit, with its people and the staff around it. Each act is expected to succeed.
pub struct Visit {
    pub id: Uuid,
    pub clinic: Clinic,
    pub patient: Person,
    pub provider: Person,
    pub desk: Client,
    pub billing: Client,
    pub program: Client,
    pub starts_at: DateTime<Utc>,
    pub scheduled: Answer,
}

impl Visit {
    pub async fn schedule(clinic: &Clinic, patient: &Person, provider: &Person, in_minutes: i64) -> Self {
        let starts_at = now() + TimeDelta::minutes(in_minutes);
        let desk = clinic.front_desk().await;
        let scheduled = desk.post("/v1/visits", request(patient.id, provider.id, starts_at)).await.written();
        let id: Uuid = scheduled["visit_id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        assert_eq!(scheduled.header("location"), format!("/v1/visits/{id}"));
        Self {
            id,
            clinic: clinic.clone(),
            patient: patient.clone(),
            provider: provider.clone(),
            desk,
            billing: clinic.billing().await,
            program: clinic.program().await,
            starts_at,
            scheduled,
        }
    }

    /// The path of something of this visit.
    pub fn path(&self, of: &str) -> String {
        format!("/v1/visits/{}/{of}", self.id)
    }

    async fn act(&self, who: &Client, what: &str, body: Value) -> Answer {
        let answer = who.post(&self.path(what), body).await.written();
        assert_eq!(answer["visit_id"], self.id.to_string());
        assert_eq!(answer["repeated"], false);
        answer
    }

    /// As its provider sees it.
    pub async fn show(&self) -> Answer {
        self.provider.client.get(&format!("/v1/visits/{}", self.id)).await.ok()
    }

    pub async fn state(&self) -> String {
        self.show().await["state"].as_str().expect("a state").to_owned()
    }

    pub async fn arrive(&self) -> Answer {
        self.act(&self.patient.client, "arrive", json!({})).await
    }

    pub async fn verify_identity(&self) -> Answer {
        let how = json!({ "method": "spoken", "identifiers": ["name", "birth-date"] });
        self.act(&self.desk, "identity", how).await
    }

    pub async fn attest_location(&self, jurisdiction: &str) -> Answer {
        let place = json!({ "jurisdiction": jurisdiction, "address": phi::ADDRESS });
        self.act(&self.patient.client, "location", place).await
    }

    /// How to call back, and whom to call in an emergency.
    pub async fn contacts(&self) {
        self.act(&self.patient.client, "callback-number", json!({ "number": phi::PHONE })).await;
        self.act(&self.patient.client, "emergency-contact", json!({ "answer": "none" })).await;
    }

    pub async fn check_in(&self) -> Answer {
        self.act(&self.desk, "check-in", json!({})).await
    }

    /// From nowhere into the waiting room.
    pub async fn wait(&self) -> Answer {
        self.arrive().await;
        self.verify_identity().await;
        self.attest_location("WI").await;
        self.contacts().await;
        self.check_in().await
    }

    pub async fn report_delay(&self, expected_at: DateTime<Utc>) -> Answer {
        let delay = json!({ "expected_at": expected_at, "reason": phi::DETAILS });
        self.act(&self.desk, "provider-delay", delay).await
    }

    pub async fn hold(&self) -> Answer {
        self.act(&self.desk, "hold", json!({ "reason": "paperwork", "details": phi::DETAILS })).await
    }

    pub async fn return_to_waiting(&self) -> Answer {
        self.act(&self.desk, "return-to-waiting", json!({})).await
    }

    pub async fn leave(&self) -> Answer {
        self.act(&self.patient.client, "leave", json!({ "reason": phi::DETAILS })).await
    }

    pub async fn admit(&self) -> Answer {
        self.act(&self.provider.client, "admit", json!({})).await
    }

    pub async fn consent(&self, answer: &str, kind: &str) -> Answer {
        let body = match answer {
            "withdraw" => json!({ "kind": kind }),
            _ => json!({ "kind": kind, "text_version": "consent/2026-01" }),
        };
        self.act(&self.patient.client, &format!("consents/{answer}"), body).await
    }

    pub async fn joins(&self, who: &str, connection: &str) -> Answer {
        self.act(&self.program, "presence/joined", json!({ "participant": who, "connection": connection })).await
    }

    pub async fn drops(&self, who: &str, connection: &str) -> Answer {
        let end = json!({ "participant": who, "connection": connection, "reason": "dropped" });
        self.act(&self.program, "presence/left", end).await
    }

    pub async fn draft_note(&self) -> Answer {
        let body = json!({
            "subjective": "Wheezes at night", "objective": phi::NOTE, "assessment": "Asthma", "plan": "Inhaler",
        });
        let note = json!({ "template_version": "soap/1", "body": body });
        self.act(&self.provider.client, "notes", note).await
    }

    /// Looks at the note and signs what is shown. Answers with the note's path and the signature.
    pub async fn sign(&self, note: &Answer) -> Answer {
        let path = self.note_path(note);
        let shown = self.provider.client.get(&path).await.ok();
        let signature = json!({
            "content_sha256": shown["content_sha256"], "rendered_at_position": shown["rendered_at_position"],
        });
        self.provider.client.post(&format!("{path}/sign"), signature).await.written()
    }

    pub async fn addend(&self, note: &Answer) -> Answer {
        let path = format!("{}/addenda", self.note_path(note));
        self.provider.client.post(&path, json!({ "body": phi::ADDENDUM })).await.written()
    }

    pub fn note_path(&self, note: &Answer) -> String {
        self.path(&format!("notes/{}", note["note_id"].as_str().expect("a note")))
    }

    pub async fn end(&self) -> Answer {
        self.act(&self.provider.client, "end", json!({ "outcome": "completed" })).await
    }

    pub async fn charge(&self) -> Answer {
        let charge = json!({
            "code": phi::PROCEDURE, "units": 1, "amount_cents": 9_900, "diagnoses": [phi::DIAGNOSIS],
            "payer": "commercial", "patient_at_home": true,
        });
        self.act(&self.billing, "charges", charge).await
    }

    pub async fn bill(&self) -> Answer {
        self.act(&self.billing, "bill", json!({})).await
    }

    pub async fn cancel(&self) -> Answer {
        let why = json!({ "by": "patient", "reason": "scheduling", "details": phi::DETAILS });
        self.act(&self.patient.client, "cancel", why).await
    }

    pub async fn no_show(&self) -> Answer {
        self.act(&self.desk, "no-show", json!({})).await
    }

    /// From the waiting room to the bill.
    pub async fn care(&self) -> Answer {
        self.admit().await;
        self.consent("give", "telehealth").await;
        self.joins("patient", "p1").await;
        self.joins("provider", "d1").await;
        let note = self.draft_note().await;
        self.sign(&note).await;
        self.addend(&note).await;
        self.end().await;
        self.charge().await;
        self.bill().await
    }
}

/// The body of a request to schedule, whatever else the provider is booked for.
pub fn request(patient: Uuid, provider: Uuid, starts_at: DateTime<Utc>) -> Value {
    json!({
        "patient_id": patient, "provider_id": provider, "starts_at": starts_at, "duration_minutes": 20,
        "modality": "video", "reason": phi::REASON, "overbook": "simulated",
    })
}
