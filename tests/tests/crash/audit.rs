//! What has to be true afterwards, looked up in the tables and not asked of the servers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::sealing::{KeyRing, LocalKeys};
use daybook_ledger::verify::{self, Verdict};
use daybook_ledger::{Ledger, Options};
use daybook_projections::{Selection, View, Views, compare};
use serde_json::Value;
use sqlx::{PgPool, Row};
use tokio::time::Instant;
use uuid::Uuid;

use crate::caller::Acknowledged;
use crate::server::ROOT_SECRET;

/// How long the read models may take to catch up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Streams that only acknowledged commands write to. The others tell who read what.
const CARE: [&str; 5] = ["calendar", "clinic", "patient", "provider", "visit"];

/// An event as it is stored.
struct Stored {
    position: i64,
    stream: (String, Uuid),
    sequence: i64,
    hash: String,
    command: Option<Uuid>,
}

/// One clinic's log, and what was answered to its callers.
pub struct Audit<'a> {
    pool: &'a PgPool,
    clinic: Uuid,
    log: Vec<Stored>,
    acknowledged: Vec<&'a Acknowledged>,
}

impl<'a> Audit<'a> {
    pub async fn of(pool: &'a PgPool, clinic: Uuid, book: &'a [Acknowledged]) -> Self {
        let log = stored(pool, clinic).await;
        let acknowledged = book.iter().filter(|entry| entry.command.clinic == clinic).collect();
        Self { pool, clinic, log, acknowledged }
    }

    pub fn events(&self) -> usize {
        self.log.len()
    }

    pub fn positions_have_no_gap(&self) {
        for (expected, event) in (0..).zip(&self.log) {
            assert_eq!(event.position, expected, "a gap in the log of {}", self.clinic);
        }
        let mut ends: HashMap<&(String, Uuid), i64> = HashMap::new();
        for event in &self.log {
            let end = ends.entry(&event.stream).or_default();
            *end += 1;
            assert_eq!(event.sequence, *end, "a gap in the stream {:?}", event.stream);
        }
    }

    pub fn every_acknowledged_event_stands_where_it_was_said_to(&self) {
        for entry in &self.acknowledged {
            let (said, stored) = (&entry.answer, self.at(entry));
            assert_eq!(stored.sequence, said.number("sequence") as i64, "{entry:?}");
            assert_eq!(stored.hash, said.text("hash"), "{entry:?}");
            assert_eq!(stored.stream.1, said.id(&format!("{}_id", stored.stream.0)), "{entry:?}");
            assert_eq!(said.etag, format!("\"{}\"", stored.sequence));
        }
    }

    /// One key, one command id, one command row, one run of events that ends with the one acknowledged; and no event that
    /// belongs to none of them.
    pub async fn every_command_was_carried_out_once(&self) {
        let mut written: BTreeMap<Uuid, Vec<i64>> = BTreeMap::new();
        for event in self.log.iter().filter(|event| CARE.contains(&event.stream.0.as_str())) {
            let command = event.command.unwrap_or_else(|| panic!("{} has no command", event.position));
            written.entry(command).or_default().push(event.position);
        }
        let rows = command_rows(self.pool, self.clinic).await;
        let mut seen = BTreeSet::new();
        for entry in &self.acknowledged {
            let stored = self.at(entry);
            let command = stored.command.expect("a command");
            assert!(seen.insert(command), "two commands under one id: {entry:?}");
            let Some(&(first, count)) = rows.get(&command) else { panic!("the command has no row: {entry:?}") };
            let run: Vec<i64> = (first..first + i64::from(count)).collect();
            assert_eq!(run.last(), Some(&stored.position), "the command's row is wrong: {entry:?}");
            assert_eq!(written.get(&command), Some(&run), "carried out more than once: {entry:?}");
        }
        let unknown: Vec<_> = written.keys().filter(|command| !seen.contains(command)).collect();
        assert!(unknown.is_empty(), "written, but never acknowledged: {unknown:?}");
    }

    pub async fn the_log_verifies(&self) {
        let report = verify::clinic(self.pool, self.clinic, |_| {}).await.expect("the database answers");
        assert_eq!(report.verdict, Verdict::Valid, "{:#?}", report.findings);
        assert_eq!(report.events, self.log.len() as u64);
    }

    fn at(&self, entry: &Acknowledged) -> &Stored {
        let position = entry.answer.number("position") as usize;
        self.log.get(position).unwrap_or_else(|| panic!("acknowledged and missing: {entry:?}"))
    }
}

async fn stored(pool: &PgPool, clinic: Uuid) -> Vec<Stored> {
    let query = sqlx::query(
        "SELECT position, stream_type, stream_id, sequence, encode(hash, 'hex'), metadata
         FROM ledger.events WHERE clinic_id = $1 ORDER BY position",
    );
    let rows = query.bind(clinic).fetch_all(pool).await.expect("the log can be read");
    let read = |row: &sqlx::postgres::PgRow| {
        let metadata: Value = serde_json::from_slice(row.get(5)).expect("JSON");
        Stored {
            position: row.get(0),
            stream: (row.get(1), row.get(2)),
            sequence: row.get(3),
            hash: row.get(4),
            command: metadata["command_id"].as_str().and_then(|id| id.parse().ok()),
        }
    };
    rows.iter().map(read).collect()
}

/// First position and number of events of each command.
async fn command_rows(pool: &PgPool, clinic: Uuid) -> HashMap<Uuid, (i64, i32)> {
    let query = sqlx::query("SELECT command_id, first_position, count FROM ledger.commands WHERE clinic_id = $1");
    let rows = query.bind(clinic).fetch_all(pool).await.expect("the commands can be read");
    rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect()
}

/// Every read model has caught up with its log, and is what building it again would make of it.
pub async fn projections_equal_a_rebuild(database_url: &str, clinics: usize) {
    let (pool, ledger) = beside(database_url).await;
    let views = Views::new(pool.clone(), ledger.clone());
    let deadline = Instant::now() + PATIENCE;
    loop {
        let lags = views.status().await.expect("the read models answer");
        assert!(lags.iter().all(|lag| lag.stopped.is_none()), "{lags:#?}");
        if lags.len() == clinics * View::ALL.len() && lags.iter().all(|lag| lag.head > 0 && lag.behind() == 0) {
            break;
        }
        assert!(Instant::now() < deadline, "the read models do not catch up: {lags:#?}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let compared =
        compare(&pool, &ledger, &Selection::default(), |_| {}).await.expect("the read models can be compared");
    assert_eq!(compared.len(), clinics * View::ALL.len());
    assert!(compared.iter().all(|of| of.difference_count == 0), "{compared:#?}");
}

/// The projector's connection and the ledger, as a program beside the servers has them.
async fn beside(url: &str) -> (PgPool, Ledger) {
    let keys = Arc::new(LocalKeys::new(root()));
    let connect = async |role| database::connect(url, role, 6).await.expect("a connection");
    let ring = KeyRing::new(connect(DatabaseRole::Keys).await, keys.clone(), Arc::new(System), Arc::new(System));
    let append = connect(DatabaseRole::Append).await;
    let ledger = Ledger::start(append, keys, ring.sealer, Arc::new(System), Arc::new(System), &Options::default());
    (connect(DatabaseRole::Project).await, ledger)
}

fn root() -> [u8; 32] {
    std::array::from_fn(|index| {
        u8::from_str_radix(&ROOT_SECRET[2 * index..2 * index + 2], 16).expect("hexadecimal digits")
    })
}
