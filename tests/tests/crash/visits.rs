//! The load: visits, one after the other, each told from `scheduled` to `billed` with detours left to chance.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::clinic::People;

/// Tells visits until it is enough.
pub async fn keep_going(caller: &Caller, people: &People, enough: &AtomicBool) {
    while !enough.load(Ordering::Relaxed) {
        let visit = Visit::schedule(caller, people).await;
        visit.wait().await;
        visit.detours().await;
        visit.care().await;
        visit.close().await;
    }
}

struct Visit<'a> {
    caller: &'a Caller,
    people: &'a People,
    path: String,
}

impl<'a> Visit<'a> {
    async fn schedule(caller: &'a Caller, people: &'a People) -> Self {
        let request = json!({
            "patient_id": people.patient.0, "provider_id": people.provider.0,
            "starts_at": System.now() + TimeDelta::minutes(10), "duration_minutes": 20,
            "modality": "video", "overbook": "simulated", "reason": "Rasping cough since Tuesday",
        });
        let scheduled = caller.command((people.clinic, &people.desk), "/v1/visits", &request).await;
        Self { caller, people, path: format!("/v1/visits/{}", scheduled.id("visit_id")) }
    }

    async fn act(&self, who: &str, what: &str, body: Value) -> Answer {
        self.caller.command((self.people.clinic, who), &format!("{}/{what}", self.path), &body).await
    }

    /// From nowhere into the waiting room.
    async fn wait(&self) {
        let (patient, desk) = (&self.people.patient.1, &self.people.desk);
        self.act(patient, "arrive", json!({})).await;
        // Neither waits for the other, so they meet on one stream, through two servers.
        let identity = json!({ "method": "spoken", "identifiers": ["name", "birth-date"] });
        let location = json!({ "jurisdiction": "WI", "address": "17 Larkspur Lane, Madison" });
        futures::join!(self.act(desk, "identity", identity), self.act(patient, "location", location));
        let contacts = (json!({ "number": "+1 608 555 0147" }), json!({ "answer": "none" }));
        futures::join!(
            self.act(patient, "callback-number", contacts.0),
            self.act(desk, "emergency-contact", contacts.1),
        );
        self.act(desk, "check-in", json!({})).await;
    }

    /// In and out of the waiting room.
    async fn detours(&self) {
        let (patient, desk) = (&self.people.patient.1, &self.people.desk);
        for _ in 0..self.caller.chance().below(4) {
            self.act(desk, "hold", json!({ "reason": "paperwork", "details": "Parking permit dispute" })).await;
            self.act(desk, "return-to-waiting", json!({})).await;
        }
        if self.caller.chance().one_in(3) {
            self.act(patient, "leave", json!({ "reason": "Somebody at the door" })).await;
            self.act(patient, "arrive", json!({})).await;
            self.act(desk, "check-in", json!({})).await;
        }
    }

    async fn care(&self) {
        let (patient, provider, program) = (&self.people.patient.1, &self.people.provider.1, &self.people.program);
        self.act(provider, "admit", json!({})).await;
        self.act(patient, "consents/give", json!({ "kind": "telehealth", "text_version": "consent/2026-01" })).await;
        let joins = |who: &str| json!({ "participant": who, "connection": format!("{who}-1") });
        futures::join!(
            self.act(program, "presence/joined", joins("patient")),
            self.act(program, "presence/joined", joins("provider")),
        );
        let body = json!({
            "template_version": "soap/1",
            "body": {
                "subjective": "Short of breath since Monday", "objective": "Whistling breath over both lungs",
                "assessment": "Asthma", "plan": "Inhaler",
            },
        });
        let begun = self.act(provider, "notes", body.clone()).await;
        // Written anew it is kept beside the log first: a crash in between must not make it two drafts.
        let mut anew = body;
        anew["note_id"] = begun.body["note_id"].clone();
        let drafted = self.act(provider, "notes", anew).await;
        self.sign(&drafted).await;
    }

    /// The note is looked at, which is a fact of its own, and what was shown is signed.
    async fn sign(&self, drafted: &Answer) {
        let (provider, note) = (&self.people.provider.1, format!("notes/{}", drafted.id("note_id")));
        let shown = self.caller.ask(provider, &format!("{}/{note}", self.path)).await;
        assert_eq!(shown["content_sha256"], drafted.body["content_sha256"], "what was written is not what is shown");
        let signature = json!({
            "content_sha256": shown["content_sha256"], "rendered_at_position": shown["rendered_at_position"],
        });
        self.act(provider, &format!("{note}/sign"), signature).await;
    }

    async fn close(&self) {
        let (provider, billing) = (&self.people.provider.1, &self.people.billing);
        let ended = self.act(provider, "end", json!({ "outcome": "completed" })).await;
        let shown = self.caller.ask(provider, &self.path).await;
        assert_eq!(shown["hash"], ended.body["hash"], "a reader is not shown what was acknowledged last");
        let charge = json!({
            "code": "99347", "units": 1, "amount_cents": 9_900, "diagnoses": ["J45.901"], "payer": "commercial",
            "patient_at_home": true,
        });
        self.act(billing, "charges", charge).await;
        self.act(billing, "bill", json!({})).await;
    }
}
