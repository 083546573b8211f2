//! A simulated clinic driven through the API, as far as the benchmarks need one.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use chrono::TimeDelta;
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use futures::{Stream, StreamExt};
use serde_json::{Value, json};
use uuid::Uuid;

use super::server::Server;

/// A registered clinic with a provider and a patient, and a front desk that acts.
pub struct Clinic {
    http: reqwest::Client,
    url: String,
    front_desk: String,
    patient: Value,
    provider: Value,
    booked: AtomicI64,
}

impl Clinic {
    pub const ID: Uuid = Uuid::from_u128(0xBE7C);

    pub async fn open(server: &Server) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        let mut clinic = Self {
            http,
            url: server.url.clone(),
            front_desk: String::new(),
            patient: Value::Null,
            provider: Value::Null,
            booked: AtomicI64::new(0),
        };
        let id = Self::ID;
        let administrator = clinic.token("administrator", id).await?;
        clinic.front_desk = clinic.token("front-desk", id).await?;
        let about =
            json!({ "name": "Bench Clinic", "time_zone": "America/Chicago", "grace_minutes": 15, "simulated": true });
        clinic.post(&administrator, "/v1/clinics", about).await?;
        let about = json!({ "name": "Dr. Bench" });
        clinic.provider = clinic.post(&administrator, "/v1/providers", about).await?["provider_id"].clone();
        let licence =
            json!({ "jurisdiction": "WI", "number": "1", "kind": "full", "from": "2020-01-01", "to": "2040-01-01" });
        let path = format!("/v1/providers/{}/licences", clinic.provider.as_str().context("a provider's id")?);
        clinic.post(&administrator, &path, licence).await?;
        let about = json!({ "given_name": "Simulated", "family_name": "Patient", "birth_date": "1980-02-29" });
        let front_desk = clinic.front_desk.clone();
        clinic.patient = clinic.post(&front_desk, "/v1/patients", about).await?["patient_id"].clone();
        Ok(clinic)
    }

    /// The token of who acts.
    pub fn front_desk(&self) -> &str {
        &self.front_desk
    }

    pub fn patient(&self) -> &Value {
        &self.patient
    }

    pub fn provider(&self) -> &Value {
        &self.provider
    }

    /// Whether the read models know of the event at this position.
    pub async fn knows(&self, position: u64) -> anyhow::Result<bool> {
        let url = format!("{}/v1/waiting-room?min_position={position}", self.url);
        Ok(self.http.get(url).bearer_auth(&self.front_desk).send().await?.status().is_success())
    }

    /// A visit that lacks nothing but the check-in.
    pub async fn visit_ready_to_check_in(&self) -> anyhow::Result<String> {
        // Day by day, as a provider's visits are spread: those of one day wait for each other.
        let number = self.booked.fetch_add(1, Ordering::Relaxed);
        let starts_at = System.now() + TimeDelta::minutes(30) + TimeDelta::days(number % 700);
        let about = json!({ "patient_id": self.patient, "provider_id": self.provider, "starts_at": starts_at, "duration_minutes": 20, "modality": "video", "overbook": "simulated" });
        let made = self.post(&self.front_desk, "/v1/visits", about).await?;
        let visit = made["visit_id"].as_str().context("a visit's id")?.to_owned();
        self.act(&visit, "arrive").await?;
        self.act(&visit, "identity").await?;
        self.act(&visit, "location").await?;
        self.act(&visit, "callback-number").await?;
        self.act(&visit, "emergency-contact").await?;
        Ok(visit)
    }

    /// Carries out a command and returns its position in the log.
    pub async fn act(&self, visit: &str, command: &str) -> anyhow::Result<u64> {
        let body = match command {
            "identity" => json!({ "method": "spoken", "identifiers": ["name", "birth-date"] }),
            "location" => json!({ "jurisdiction": "WI", "address": "1 Bench Street, Madison" }),
            "callback-number" => json!({ "number": "+1 608 555 0147" }),
            "emergency-contact" => json!({ "answer": "none" }),
            "hold" => json!({ "reason": "paperwork" }),
            _ => json!({}),
        };
        let answer = self.post(&self.front_desk, &format!("/v1/visits/{visit}/{command}"), body).await?;
        answer["position"].as_u64().context("a position")
    }

    /// Positions at which a server's live waiting room says it changed.
    pub async fn watch(
        &self,
        server: &Server,
    ) -> anyhow::Result<impl Stream<Item = anyhow::Result<u64>> + Unpin + use<>> {
        let http = reqwest::Client::builder().build()?;
        let answer =
            http.get(format!("{}/v1/waiting-room/stream", server.url)).bearer_auth(&self.front_desk).send().await?;
        ensure!(answer.status().is_success(), "the live waiting room answered {}", answer.status());
        let mut rest = String::new();
        let positions = answer.bytes_stream().flat_map(move |chunk| {
            let mut positions = Vec::new();
            match chunk {
                Ok(bytes) => rest.push_str(&String::from_utf8_lossy(&bytes)),
                Err(error) => positions.push(Err(error.into())),
            }
            while let Some(end) = rest.find('\n') {
                let line: String = rest.drain(..=end).collect();
                if let Some(id) = line.strip_prefix("id:") {
                    positions.push(id.trim().parse().context("an id that is no position"));
                }
            }
            futures::stream::iter(positions)
        });
        Ok(positions.boxed())
    }

    async fn token(&self, role: &str, clinic: Uuid) -> anyhow::Result<String> {
        let about = json!({ "subject": format!("{role}-1"), "role": role, "clinic": clinic });
        let answer =
            self.http.post(format!("{}/development/token", self.url)).json(&about).send().await?.error_for_status()?;
        Ok(answer.json::<Value>().await?["token"].as_str().context("a token")?.to_owned())
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> anyhow::Result<Value> {
        let answer = self.http.post(format!("{}{path}", self.url)).bearer_auth(token).json(&body).send().await?;
        let status = answer.status();
        let body: Value = answer.json().await?;
        ensure!(status.is_success(), "{path} answered {status}: {body}");
        Ok(body)
    }
}
