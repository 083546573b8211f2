//! A clinic with the people who work in it and come to it.

use std::sync::Arc;

use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use super::{App, Client, Visit, fresh_id};

/// What the patients of these tests are known by. None of it may be found outside an answer to somebody who may see it.
pub mod phi {
    pub const GIVEN_NAME: &str = "Xanthippe";
    pub const FAMILY_NAME: &str = "Quillfeather";
    pub const BIRTH_DATE: &str = "1971-08-23";
    pub const MRN: &str = "MRN-7730912";
    pub const PHONE: &str = "+1-608-555-0147";
    pub const REASON: &str = "Rasping cough since Tuesday";
    pub const ADDRESS: &str = "17 Larkspur Lane, Madison";
    pub const NOTE: &str = "Whistling breath over both lungs";
    pub const ADDENDUM: &str = "Sputum culture came back clean";
    pub const DETAILS: &str = "Parking permit dispute";
    pub const PROCEDURE: &str = "99347";
    pub const DIAGNOSIS: &str = "J45.901";

    /// Everything above.
    pub const ALL: [&str; 12] = [
        GIVEN_NAME,
        FAMILY_NAME,
        BIRTH_DATE,
        MRN,
        PHONE,
        REASON,
        ADDRESS,
        NOTE,
        ADDENDUM,
        DETAILS,
        PROCEDURE,
        DIAGNOSIS,
    ];
}

/// One clinic of an app.
#[derive(Clone)]
pub struct Clinic {
    pub app: Arc<App>,
    pub id: Uuid,
}

/// A patient or provider, who can also call.
#[derive(Clone)]
pub struct Person {
    pub id: Uuid,
    pub client: Client,
    /// Position of the newest event of their record.
    pub position: u64,
}

impl Clinic {
    /// Opens the record of a clinic in which everything is simulated.
    pub async fn open(app: &Arc<App>) -> Self {
        Self::open_as(app, true).await
    }

    /// Opens the record of a clinic in which nothing is simulated.
    pub async fn open_real(app: &Arc<App>) -> Self {
        Self::open_as(app, false).await
    }

    async fn open_as(app: &Arc<App>, simulated: bool) -> Self {
        let clinic = Self { app: app.clone(), id: fresh_id() };
        let record =
            json!({ "name": "Lakeside", "time_zone": "America/Chicago", "grace_minutes": 15, "simulated": simulated });
        clinic.administrator().await.post("/v1/clinics", record).await.written();
        clinic
    }

    /// Somebody of this role.
    pub async fn somebody(&self, role: &str, subject: &str, person: Option<Uuid>) -> Client {
        let who = json!({ "subject": subject, "role": role, "clinic": self.id, "person": person });
        let answer = self.app.anybody().post("/development/token", who).await.ok();
        let token = answer["token"].as_str().expect("a token").to_owned();
        Client::new(self.app.http.clone(), &self.app.server.base, Some(token), subject)
    }

    pub async fn administrator(&self) -> Client {
        self.somebody("administrator", "administrator-1", None).await
    }

    pub async fn front_desk(&self) -> Client {
        self.somebody("front-desk", "front-desk-1", None).await
    }

    pub async fn clinical_staff(&self) -> Client {
        self.somebody("clinical-staff", "medical-assistant-1", None).await
    }

    pub async fn billing(&self) -> Client {
        self.somebody("billing", "billing-1", None).await
    }

    pub async fn compliance(&self) -> Client {
        self.somebody("compliance", "compliance-1", None).await
    }

    pub async fn auditor(&self) -> Client {
        self.somebody("auditor", "auditor-1", None).await
    }

    /// The program that watches the calls.
    pub async fn program(&self) -> Client {
        self.somebody("system", "system:demo", None).await
    }

    /// A provider with a licence in Wisconsin.
    pub async fn provider(&self) -> Person {
        let administrator = self.administrator().await;
        let made =
            administrator.post("/v1/providers", json!({ "name": "Ada Brook", "credentials": "MD" })).await.written();
        let id: Uuid = made["provider_id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let licence = json!({ "jurisdiction": "WI", "number": "12345-20", "kind": "full", "from": "2020-01-01", "to": "2099-12-31" });
        let granted = administrator.post(&format!("/v1/providers/{id}/licences"), licence).await.written();
        let client = self.somebody("provider", &format!("provider-{id}"), Some(id)).await;
        Person { id, client, position: granted.position() }
    }

    pub async fn patient(&self) -> Person {
        self.patient_named(phi::FAMILY_NAME).await
    }

    pub async fn patient_named(&self, family_name: &str) -> Person {
        self.patient_of(family_name, phi::BIRTH_DATE).await
    }

    pub async fn patient_born(&self, birth_date: &str) -> Person {
        self.patient_of(phi::FAMILY_NAME, birth_date).await
    }

    async fn patient_of(&self, family_name: &str, birth_date: &str) -> Person {
        let record = json!({
            "given_name": phi::GIVEN_NAME, "family_name": family_name, "birth_date": birth_date,
            "mrn": phi::MRN, "phone": phi::PHONE, "preferred_language": "en",
        });
        let made = self.front_desk().await.post("/v1/patients", record).await.written();
        let id: Uuid = made["patient_id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let client = self.somebody("patient", &format!("patient-{id}"), Some(id)).await;
        Person { id, client, position: made.position() }
    }

    /// A visit of a new patient with a new provider, in ten minutes.
    pub async fn visit(&self) -> Visit {
        let (patient, provider) = (self.patient().await, self.provider().await);
        self.visit_of(&patient, &provider).await
    }

    pub async fn visit_of(&self, patient: &Person, provider: &Person) -> Visit {
        Visit::schedule(self, patient, provider, 10).await
    }

    /// How many events the clinic's log has.
    pub async fn log_size(&self) -> u64 {
        let count = sqlx::query("SELECT count(*) FROM ledger.events WHERE clinic_id = $1").bind(self.id);
        count.fetch_one(&self.app.owner).await.expect("a count").get::<i64, _>(0) as u64
    }

    /// The log from a position on, as an auditor sees it.
    pub async fn log_from(&self, mut from: u64) -> Vec<Value> {
        let (auditor, mut events) = (self.auditor().await, Vec::new());
        loop {
            let stretch = auditor.get(&format!("/v1/log/events?from={from}&limit=1000")).await.ok();
            events.extend_from_slice(stretch.list("events"));
            match stretch["next"].as_u64() {
                Some(next) => from = next,
                None => return events,
            }
        }
    }

    /// Facts of the access streams that a request left in the log.
    pub async fn facts_of(&self, request_id: Uuid) -> Vec<Fact> {
        let events = self.log_from(0).await;
        events.iter().map(Fact::of).filter(|fact| fact.correlation_id == request_id.to_string()).collect()
    }
}

/// An event of the log, its payload and metadata read.
#[derive(Clone, Debug)]
pub struct Fact {
    pub kind: String,
    pub position: u64,
    pub correlation_id: String,
    pub payload: Value,
    pub metadata: Value,
}

impl Fact {
    pub fn of(event: &Value) -> Self {
        let read = |name: &str| -> Value { serde_json::from_str(event[name].as_str().expect("text")).expect("JSON") };
        let (payload, metadata) = (read("payload"), read("metadata"));
        Self {
            kind: event["event_type"].as_str().expect("a type").into(),
            position: event["position"].as_u64().expect("a position"),
            correlation_id: metadata["correlation_id"].as_str().unwrap_or_default().into(),
            payload,
            metadata,
        }
    }
}
