//! A visit as those take part in it who play it: who acts, and what each step sends.

use anyhow::Context;
use chrono::{DateTime, Days, Utc};
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::{Caller, Refused, Written};

/// Version of the consent texts that are shown.
const CONSENT_TEXT: &str = "demo-consent/1";
const TEMPLATE: &str = "soap/1";

/// Who takes part in a visit.
#[derive(Clone)]
pub struct Company {
    pub patient_id: Uuid,
    pub provider_id: Uuid,
    pub patient: Caller,
    pub provider: Caller,
    pub desk: Caller,
    pub billing: Caller,
}

/// When and why.
pub struct Slot<'a> {
    pub starts_at: DateTime<Utc>,
    pub minutes: u16,
    pub modality: &'a str,
    pub reason: Option<&'a str>,
}

/// Where a patient says they are.
#[derive(Clone)]
pub struct Place {
    pub jurisdiction: String,
    pub address: String,
    /// The number there.
    pub phone: String,
}

/// A drafted note.
pub struct Draft {
    pub note_id: Uuid,
    pub content_sha256: String,
    pub position: u64,
}

/// A scheduled visit and its company.
pub struct Visit {
    pub id: Uuid,
    pub company: Company,
}

impl Visit {
    /// The front desk sets it up.
    pub async fn schedule(company: Company, slot: Slot<'_>) -> anyhow::Result<Self> {
        let body = json!({
            "patient_id": company.patient_id, "provider_id": company.provider_id, "starts_at": slot.starts_at,
            "duration_minutes": slot.minutes, "modality": slot.modality, "reason": slot.reason,
            // Told faster than it could happen, and as the source has it.
            "overbook": "simulated",
        });
        let written = company.desk.post("/v1/visits", &body).await?;
        let id = written.visit_id.ok_or_else(|| anyhow::anyhow!("the answer names no visit"))?;
        Ok(Self { id, company })
    }

    async fn post(&self, who: &Caller, what: &str, body: Value) -> anyhow::Result<Written> {
        who.post(&format!("/v1/visits/{}/{what}", self.id), &body).await
    }

    pub async fn arrive(&self) -> anyhow::Result<()> {
        self.post(&self.company.patient, "arrive", json!({})).await.map(drop)
    }

    pub async fn identify(&self, identifiers: &[&str]) -> anyhow::Result<()> {
        let body = json!({ "method": "spoken", "identifiers": identifiers });
        self.post(&self.company.desk, "identity", body).await.map(drop)
    }

    pub async fn locate(&self, place: &Place) -> anyhow::Result<()> {
        let body = json!({ "jurisdiction": place.jurisdiction, "address": place.address });
        self.post(&self.company.patient, "location", body).await.map(drop)
    }

    /// `give` or `decline`, to `telehealth` or `recording`.
    pub async fn consent(&self, answer: &str, kind: &str) -> anyhow::Result<()> {
        let body = json!({ "kind": kind, "text_version": CONSENT_TEXT });
        self.post(&self.company.patient, &format!("consents/{answer}"), body).await.map(drop)
    }

    /// The patient takes a consent back.
    pub async fn withdraw_consent(&self, kind: &str) -> anyhow::Result<()> {
        self.post(&self.company.patient, "consents/withdraw", json!({ "kind": kind })).await.map(drop)
    }

    /// At which number the patient is called back, and that they name nobody to call in an emergency.
    pub async fn contacts(&self, number: &str) -> anyhow::Result<()> {
        self.post(&self.company.patient, "callback-number", json!({ "number": number })).await?;
        self.post(&self.company.patient, "emergency-contact", json!({ "answer": "none" })).await.map(drop)
    }

    /// The patient consents; for a minor a parent does, once the front desk has seen on what authority.
    pub async fn consent_of_patient_or_parent(&self, kind: &str) -> anyhow::Result<()> {
        match self.consent("give", kind).await {
            Err(error) if error.downcast_ref::<Refused>().is_some_and(|refused| refused.code == "proxy-needed") => {
                self.parent_consents(kind).await
            }
            result => result,
        }
    }

    async fn parent_consents(&self, kind: &str) -> anyhow::Result<()> {
        let expires_on = System.now().date_naive() + Days::new(365);
        let authority = json!({
            "kind": "parent", "name": "A parent of theirs", "document": "birth-certificate", "scope": ["consent"],
            "expires_on": expires_on,
        });
        // On record once for all visits of a day, however many of them are played at a time.
        let patient = self.company.patient_id;
        let (path, key) =
            (format!("/v1/patients/{patient}/proxy-authorities"), format!("parent/{patient}/{expires_on}"));
        let authority = self.company.desk.post_once(&path, &authority, &key).await?.authority_id;
        let seen = json!({ "authority_id": authority, "method": "document", "identifiers": ["name", "photo"] });
        let parent = self.post(&self.company.desk, "proxies", seen).await?.participant_id;
        let answer = json!({ "participant_id": parent, "answer": "given", "kind": kind, "text_version": CONSENT_TEXT });
        self.post(&self.company.desk, "consents/proxy", answer).await.map(drop)
    }

    /// The patient asks for an interpreter, and the front desk finds one. Answers with who it is.
    pub async fn find_interpreter(&self, language: &str) -> anyhow::Result<Uuid> {
        let need = json!({ "language": language, "modality": "video" });
        self.post(&self.company.patient, "interpreter/request", need).await?;
        let who = json!({
            "qualification": "certified-medical", "agency_id": "demo-agency", "interpreter_number": "20417",
        });
        let found = self.post(&self.company.desk, "interpreter/assign", who).await?;
        found.participant_id.ok_or_else(|| anyhow::anyhow!("the answer names no interpreter"))
    }

    pub async fn interpreter_joined(&self, interpreter: Uuid) -> anyhow::Result<()> {
        let body = json!({ "participant_id": interpreter });
        self.post(&self.company.desk, "interpreter/joined", body).await.map(drop)
    }

    pub async fn check_in(&self) -> anyhow::Result<()> {
        self.post(&self.company.patient, "check-in", json!({})).await.map(drop)
    }

    pub async fn delay(&self, expected_at: DateTime<Utc>, reason: &str) -> anyhow::Result<()> {
        let body = json!({ "expected_at": expected_at, "reason": reason });
        self.post(&self.company.desk, "provider-delay", body).await.map(drop)
    }

    pub async fn hold(&self, reason: &str, details: &str) -> anyhow::Result<()> {
        self.post(&self.company.desk, "hold", json!({ "reason": reason, "details": details })).await.map(drop)
    }

    pub async fn return_to_waiting(&self) -> anyhow::Result<()> {
        self.post(&self.company.desk, "return-to-waiting", json!({})).await.map(drop)
    }

    /// The provider calls: `no-answer`, `reached`.
    pub async fn call_by_phone(&self, outcome: &str) -> anyhow::Result<()> {
        let body = json!({ "means": "phone", "outcome": outcome });
        self.post(&self.company.provider, "contact-attempts", body).await.map(drop)
    }

    /// A medical assistant takes the patient in and takes down what the provider needs to know.
    pub async fn room(&self, assistant: &Caller, intake: Value) -> anyhow::Result<()> {
        self.post(assistant, "room", json!({})).await?;
        self.post(assistant, "intake", intake).await.map(drop)
    }

    /// The front desk declares an emergency and returns its id.
    pub async fn declare_emergency(&self, kind: &str, actions: &[&str], details: &str) -> anyhow::Result<Uuid> {
        let body = json!({ "kind": kind, "actions": actions, "details": details });
        let declared = self.post(&self.company.desk, "emergencies", body).await?;
        declared.emergency_id.context("the answer names no emergency")
    }

    pub async fn close_emergency(&self, emergency_id: Uuid, outcome: &str, actions: &[&str]) -> anyhow::Result<()> {
        let body = json!({ "emergency_id": emergency_id, "outcome": outcome, "actions": actions });
        self.post(&self.company.provider, "emergencies/close", body).await.map(drop)
    }

    pub async fn leave(&self, reason: &str) -> anyhow::Result<()> {
        self.post(&self.company.patient, "leave", json!({ "reason": reason })).await.map(drop)
    }

    pub async fn cancel(&self, reason: &str, details: &str) -> anyhow::Result<()> {
        let body = json!({ "by": "patient", "reason": reason, "details": details });
        self.post(&self.company.patient, "cancel", body).await.map(drop)
    }

    pub async fn no_show(&self) -> anyhow::Result<()> {
        self.post(&self.company.desk, "no-show", json!({})).await.map(drop)
    }

    pub async fn admit(&self) -> anyhow::Result<()> {
        self.post(&self.company.provider, "admit", json!({})).await.map(drop)
    }

    /// Somebody was seen to connect, as the program that watches the room reports it.
    pub async fn joined(&self, observer: &Caller, participant: &str, connection: &str) -> anyhow::Result<()> {
        let body = json!({ "participant": participant, "connection": connection });
        self.post(observer, "presence/joined", body).await.map(drop)
    }

    pub async fn left(
        &self,
        observer: &Caller,
        participant: &str,
        connection: &str,
        reason: &str,
    ) -> anyhow::Result<()> {
        let body = json!({ "participant": participant, "connection": connection, "reason": reason });
        self.post(observer, "presence/left", body).await.map(drop)
    }

    /// A draft; with the id of one, it is written anew.
    pub async fn draft(&self, earlier: Option<Uuid>, body: Value) -> anyhow::Result<Draft> {
        let body = json!({ "note_id": earlier, "template_version": TEMPLATE, "body": body });
        let written = self.post(&self.company.provider, "notes", body).await?;
        let (Some(note_id), Some(content_sha256)) = (written.note_id, written.content_sha256) else {
            anyhow::bail!("the answer names no note");
        };
        Ok(Draft { note_id, content_sha256, position: written.position })
    }

    pub async fn sign(&self, draft: &Draft) -> anyhow::Result<()> {
        let body = json!({ "content_sha256": draft.content_sha256, "rendered_at_position": draft.position });
        self.post(&self.company.provider, &format!("notes/{}/sign", draft.note_id), body).await.map(drop)
    }

    /// The provider asks another one to cosign; they read the note and put their name to what they were shown.
    pub async fn cosign(&self, note_id: Uuid, (cosigner_id, cosigner): (Uuid, &Caller)) -> anyhow::Result<()> {
        let note = format!("notes/{note_id}");
        let asked = json!({ "cosigner_id": cosigner_id });
        self.post(&self.company.provider, &format!("{note}/cosign-requests"), asked).await?;
        let shown = cosigner.get(&format!("/v1/visits/{}/{note}", self.id)).await?;
        let body = json!({
            "signed_sha256": shown["signed_sha256"], "attestation": "discussed-with-author",
            "rendered_at_position": shown["rendered_at_position"],
        });
        self.post(cosigner, &format!("{note}/cosign"), body).await.map(drop)
    }

    pub async fn addend(&self, note_id: Uuid, text: &str) -> anyhow::Result<()> {
        let path = format!("notes/{note_id}/addenda");
        self.post(&self.company.provider, &path, json!({ "body": text })).await.map(drop)
    }

    pub async fn end(&self, outcome: &str) -> anyhow::Result<()> {
        self.post(&self.company.provider, "end", json!({ "outcome": outcome })).await.map(drop)
    }

    pub async fn charge(&self, code: &str, cents: u64, diagnoses: &[&str]) -> anyhow::Result<()> {
        let body = json!({
            "code": code, "units": 1, "amount_cents": cents, "diagnoses": diagnoses, "payer": "commercial",
            "patient_at_home": true, "basis": "medical-decision-making",
        });
        self.post(&self.company.billing, "charges", body).await.map(drop)
    }

    /// The provider attests how many minutes they spent.
    pub async fn attest_minutes(&self, minutes: u16) -> anyhow::Result<()> {
        self.post(&self.company.provider, "minutes", json!({ "minutes": minutes })).await.map(drop)
    }

    /// Charges, bills, finds the charge wrong, and bills the right one, which is chosen by the minutes attested.
    pub async fn charge_wrongly_then_rightly(
        &self,
        (wrong, right): (&str, &str),
        cents: u64,
        diagnosis: &str,
    ) -> anyhow::Result<()> {
        let charge = |code: &str, basis: &str| {
            json!({
                "code": code, "units": 1, "amount_cents": cents, "diagnoses": [diagnosis], "payer": "commercial",
                "patient_at_home": true, "modifiers": ["95"], "basis": basis,
            })
        };
        let captured = self.post(&self.company.billing, "charges", charge(wrong, "medical-decision-making")).await?;
        self.bill().await?;
        let charge_id = captured.charge_id.context("the answer names no charge")?;
        let correction = json!({ "reason": "wrong-code", "correct": charge(right, "time") });
        self.post(&self.company.billing, &format!("charges/{charge_id}/correct"), correction).await?;
        self.bill().await
    }

    pub async fn bill(&self) -> anyhow::Result<()> {
        self.post(&self.company.billing, "bill", json!({})).await.map(drop)
    }
}
