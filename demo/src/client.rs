//! The API as the demo uses it: over HTTP like everybody else, with a token for each person and an Idempotency-Key on
//! every command.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use daybook_ledger::Ids;
use daybook_ledger::clock::System;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// A request that takes longer is given up and repeated.
const PATIENCE: Duration = Duration::from_secs(30);
/// A stream sends something every 15 s.
const SILENCE: Duration = Duration::from_secs(45);
/// Tries of one command, all with one key.
const TRIES: u32 = 6;
/// Good for a long look around.
pub const TOKENS_LAST_HOURS: u64 = 12;

/// A connection to one server. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Arc<str>,
    times: Arc<Mutex<Times>>,
}

/// How long commands took, in microseconds, and how many had to be repeated.
#[derive(Default)]
pub struct Times {
    pub commands: Vec<u32>,
    pub repeats: u64,
}

impl Client {
    /// For the server at `base`.
    pub fn new(base: String) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(SILENCE)
            .no_proxy()
            .build()
            .context("no HTTP client")?;
        Ok(Self { http, base: base.into(), times: Arc::default() })
    }

    /// What was measured since the last time somebody asked.
    pub fn take_times(&self) -> Times {
        std::mem::take(&mut self.times.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is shown to everybody, as text.
    pub async fn public(&self, path: &str) -> anyhow::Result<String> {
        let request = self.http.get(format!("{}{path}", self.base)).timeout(PATIENCE);
        Ok(accepted(request.send().await?, path).await?.text().await?)
    }

    /// Somebody with a token from the development issuer.
    pub async fn sign_in(
        &self,
        clinic: Uuid,
        role: &str,
        subject: &str,
        person: Option<Uuid>,
    ) -> anyhow::Result<Caller> {
        let body = json!({
            "clinic": clinic, "role": role, "subject": subject, "person": person,
            "valid_for_seconds": TOKENS_LAST_HOURS * 3600,
        });
        let request = self.http.post(format!("{}/development/token", self.base)).json(&body).timeout(PATIENCE);
        let answer = accepted(request.send().await?, "/development/token").await?;
        let token = answer.json::<Token>().await?.token;
        Ok(Caller { client: self.clone(), token })
    }
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

/// A person who calls.
#[derive(Clone)]
pub struct Caller {
    client: Client,
    pub token: String,
}

/// What a command wrote.
#[derive(Debug, Deserialize)]
pub struct Written {
    pub patient_id: Option<Uuid>,
    pub provider_id: Option<Uuid>,
    pub visit_id: Option<Uuid>,
    pub note_id: Option<Uuid>,
    pub charge_id: Option<Uuid>,
    pub participant_id: Option<Uuid>,
    pub authority_id: Option<Uuid>,
    pub emergency_id: Option<Uuid>,
    pub content_sha256: Option<String>,
    pub position: u64,
}

/// What a server said instead of doing it.
#[derive(Debug)]
pub struct Refused {
    pub path: String,
    pub status: StatusCode,
    pub code: String,
    pub detail: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} answered {}, {}: {}", self.path, self.status.as_u16(), self.code, self.detail)
    }
}

impl std::error::Error for Refused {}

impl Caller {
    /// A command of its own.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Written> {
        self.post_once(path, body, &System.public().to_string()).await
    }

    /// A command that is carried out once for this key, however often it is sent, in this run or a later one.
    pub async fn post_once(&self, path: &str, body: &Value, key: &str) -> anyhow::Result<Written> {
        let began = Instant::now();
        let mut tries = 1;
        let written = loop {
            match self.send(path, body, key).await {
                Ok(written) => break written,
                Err(error) if tries < TRIES && is_passing(&error) => {
                    tokio::time::sleep(Duration::from_millis(50 << tries)).await;
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        };
        let mut times = self.client.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.commands.push(began.elapsed().as_micros().try_into().unwrap_or(u32::MAX));
        times.repeats += u64::from(tries - 1);
        Ok(written)
    }

    async fn send(&self, path: &str, body: &Value, key: &str) -> anyhow::Result<Written> {
        let request = self
            .client
            .http
            .post(format!("{}{path}", self.client.base))
            .bearer_auth(&self.token)
            .header("Idempotency-Key", key)
            .json(body)
            .timeout(PATIENCE);
        Ok(accepted(request.send().await?, path).await?.json().await?)
    }

    /// A question.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.client.http.get(format!("{}{path}", self.client.base)).bearer_auth(&self.token);
        Ok(accepted(request.timeout(PATIENCE).send().await?, path).await?.json().await?)
    }

    /// A live stream, from after the event with this id.
    pub async fn stream(&self, path: &str, after: Option<&str>) -> anyhow::Result<Response> {
        let mut request = self.client.http.get(format!("{}{path}", self.client.base)).bearer_auth(&self.token);
        if let Some(after) = after {
            request = request.header("Last-Event-ID", after);
        }
        accepted(request.send().await?, path).await
    }
}

async fn accepted(response: Response, path: &str) -> anyhow::Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let problem: Value = response.json().await.unwrap_or_default();
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    Err(Refused { path: path.into(), status, code: text("code"), detail: text("detail") }.into())
}

/// Whether another try may go better. With the same key it is safe even if the first one was carried out.
fn is_passing(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<Refused>() {
        Some(refused) => refused.status == StatusCode::SERVICE_UNAVAILABLE,
        None => error.downcast_ref::<reqwest::Error>().is_some_and(|error| error.is_timeout() || error.is_request()),
    }
}
