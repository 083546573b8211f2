//! A ledger on a database of its own, and short words for what tests say.

use std::sync::Arc;

use daybook_domain::{Class, PatientId, Subject};
use daybook_ledger::append::{Append, AppendError, Appended, CommandKey, Expected, Guard, StreamAppend};
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::sealing::{KeyRing, LocalKeys, Opener};
use daybook_ledger::verify::{self, Report};
use daybook_ledger::{Draft, Ids, Ledger, Options, Stream, Unsealed};
use private_postgres::TestDatabase;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

pub const CLINIC: Uuid = Uuid::from_u128(0xC11);

/// One server's view of a test database.
pub struct Log {
    pub database: TestDatabase,
    pub ledger: Ledger,
    pub opener: Opener,
    /// As the owner: what a superuser can do.
    pub owner: PgPool,
}

impl Log {
    pub async fn start() -> Self {
        let database = private_postgres::fresh_database("ledger", async |url: &str| Ok(database::migrate(url).await?))
            .await
            .unwrap();
        Self::on(database).await
    }

    pub async fn on(database: TestDatabase) -> Self {
        let (ledger, opener) = server(&database.url).await;
        let owner = PgPool::connect(&database.url).await.unwrap();
        Self { database, ledger, opener, owner }
    }

    pub async fn append(
        &self,
        stream: &Stream,
        expected: Expected,
        payloads: &[Value],
    ) -> Result<Appended, AppendError> {
        append(&self.ledger, CLINIC, stream, expected, payloads).await
    }

    pub async fn verify(&self) -> Report {
        verify::clinic(&self.owner, CLINIC, |_| {}).await.unwrap()
    }
}

/// A second server on the same database shares nothing else with the first.
pub async fn server(url: &str) -> (Ledger, Opener) {
    let provider = Arc::new(LocalKeys::new([7; 32]));
    let keys = database::connect(url, DatabaseRole::Keys, 2).await.unwrap();
    let ring = KeyRing::new(keys, provider.clone(), Arc::new(System), Arc::new(System));
    let pool = database::connect(url, DatabaseRole::Append, 8).await.unwrap();
    let options = Options { origin: "daybook.test".into(), ..Options::default() };
    (Ledger::start(pool, provider, ring.sealer, Arc::new(System), Arc::new(System), &options), ring.opener)
}

pub fn visit(id: u128) -> Stream {
    Stream::new("visit", Uuid::from_u128(id))
}

pub fn command() -> CommandKey {
    CommandKey { id: System.internal(), request_hash: [0; 32] }
}

pub async fn draft(ledger: &Ledger, clinic: Uuid, stream: &Stream, payload: Value) -> Draft {
    let event = Unsealed { event_id: System.internal(), event_type: "checked-in", event_version: "1.0", payload };
    let subject = Subject { patient: PatientId(Uuid::from_u128(0xAB)), class: Class::General };
    let metadata =
        [("actor", "front-desk-7"), ("role", "front-desk")].map(|(key, value)| (key.into(), value.into())).into();
    Draft::seal(event, clinic, stream, Some(subject), &metadata, ledger.sealer()).await.unwrap()
}

pub async fn part(ledger: &Ledger, stream: &Stream, expected: Expected, payloads: &[Value]) -> StreamAppend {
    let mut events = Vec::new();
    for payload in payloads {
        events.push(draft(ledger, CLINIC, stream, payload.clone()).await);
    }
    StreamAppend { stream: stream.clone(), expected, events }
}

pub async fn append(
    ledger: &Ledger,
    clinic: Uuid,
    stream: &Stream,
    expected: Expected,
    payloads: &[Value],
) -> Result<Appended, AppendError> {
    let mut events = Vec::new();
    for payload in payloads {
        events.push(draft(ledger, clinic, stream, payload.clone()).await);
    }
    let streams = vec![StreamAppend { stream: stream.clone(), expected, events }];
    ledger.append(Append { clinic, command: command(), streams, guards: vec![] }).await
}

pub fn guard(stream: &Stream, sequence: u64) -> Guard {
    Guard { stream: stream.clone(), sequence }
}

pub fn said(words: &str) -> Value {
    json!({ "location": "WI", "words": { "$clear": words } })
}
