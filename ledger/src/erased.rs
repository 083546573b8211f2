//! What of a log is erased, and by which event; and whether the key store agrees with what the log says of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use daybook_domain::phi::PHI;
use daybook_domain::safekeeping::{self, Unrecoverable};
use daybook_domain::{Concerns, Rules, Safekeeping};
use futures::TryStreamExt;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use crate::erasure::destroyed;
use crate::event::Recorded;
use crate::read;
use crate::sealing::data_key_id;
use crate::verify::{Check, Finding, Report};

/// What one erasure erased.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Erased {
    /// The event that says so.
    pub position: u64,
    /// Its stream, sequence and type.
    pub what: String,
    /// Since when, in the running system. Backups of the keys that were made before can still undo it.
    pub destroyed_live: DateTime<Utc>,
    /// Since when not even a backup can undo it, as far as the log knows of its backups.
    pub unrecoverable_since: Option<DateTime<Utc>>,
    /// How many backups on record still can; nothing where none was ever recorded, and nobody knows.
    pub held_by_backups: Option<u64>,
    /// Keys it names.
    pub keys: u64,
    /// Events whose protected values are erased by it, and how many such values they have.
    pub events: u64,
    pub fields: u64,
}

/// What is sealed under one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Under {
    events: u64,
    fields: u64,
    first: u64,
}

/// What a verification collects about sealing while it passes.
#[derive(Clone, Debug, Default)]
pub struct Sealing {
    under: BTreeMap<Uuid, Under>,
    erasures: Vec<(Erased, Vec<Uuid>)>,
    safekeeping: Safekeeping,
}

/// What it needs of one event.
pub(crate) struct Sealed {
    key: Option<(Uuid, u64)>,
    erasure: Option<(Erased, Vec<Uuid>)>,
    safekeeping: Option<safekeeping::Event>,
}

impl Sealed {
    pub fn of(event: &Recorded) -> Self {
        let key = data_key_id(&event.sealed).map(|key| (key, marks(&event.payload)));
        let erasure = destroyed(event).map(|told| {
            let keys: Vec<_> = told.keys.iter().map(|key| key.data_key_id.0).collect();
            let erased = Erased {
                position: event.position,
                what: format!("{} {} {}", event.stream, event.sequence, event.event_type),
                destroyed_live: event.recorded_at,
                unrecoverable_since: None,
                held_by_backups: None,
                keys: keys.len() as u64,
                events: 0,
                fields: 0,
            };
            (erased, keys)
        });
        let is_kept = event.stream.kind == Safekeeping::STREAM_TYPE && event.stream.id == event.clinic;
        Self { key, erasure, safekeeping: is_kept.then(|| event.decode().ok()).flatten() }
    }
}

impl Sealing {
    pub(crate) fn add(&mut self, position: u64, sealed: Sealed) {
        if let Some((key, fields)) = sealed.key {
            let under = self.under.entry(key).or_insert(Under { first: position, ..Under::default() });
            under.events += 1;
            under.fields += fields;
        }
        self.erasures.extend(sealed.erasure);
        if let Some(event) = sealed.safekeeping {
            self.safekeeping.evolve(&event);
        }
    }

    /// What each erasure erased, in the order of the log.
    pub(crate) fn erased(&self) -> Vec<Erased> {
        let of = |(erased, keys): &(Erased, Vec<Uuid>)| {
            let under: Vec<_> = keys.iter().filter_map(|key| self.under.get(key)).collect();
            let (events, fields) = under.iter().fold((0, 0), |(e, f), under| (e + under.events, f + under.fields));
            let (unrecoverable_since, held_by_backups) = match self.safekeeping.unrecoverable(erased.destroyed_live) {
                Unrecoverable::Since(since) => (Some(since), Some(0)),
                Unrecoverable::HeldBy(backups) => (None, Some(backups)),
                Unrecoverable::Unknown => (None, None),
            };
            Erased { events, fields, unrecoverable_since, held_by_backups, ..erased.clone() }
        };
        self.erasures.iter().map(of).collect()
    }

    /// The position of the event that says this key is destroyed.
    fn destroyed_at(&self, key: &Uuid) -> Option<u64> {
        self.erasures.iter().find(|(_, keys)| keys.contains(key)).map(|(erased, _)| erased.position)
    }
}

/// Compares a log with the key store (a pool in the role `daybook_keys`): every key that something is sealed under is there,
/// unless an event says it was destroyed, and then it is not. What differs is added to the report. The log may have grown
/// since it was verified: what it says since then of destroyed keys counts too. `progress` is told how many more keys were seen.
pub async fn compare_keys(
    report: &mut Report,
    log: &PgPool,
    store: &PgPool,
    progress: impl Fn(u64),
) -> Result<(), sqlx::Error> {
    let rows = sqlx::query(
        "SELECT data_key_id, coalesce(c.destroyed_at IS NULL AND c.closed_at > now() - interval '10 minutes', false)
         FROM keys.data_keys LEFT JOIN keys.closed c USING (clinic_id, patient_id) WHERE clinic_id = $1",
    );
    let mut rows = rows.bind(report.clinic).fetch(store);
    // Each key that is there, and whether its destruction is just under way.
    let mut stored: BTreeMap<Uuid, bool> = BTreeMap::new();
    while let Some(row) = rows.try_next().await? {
        stored.insert(row.try_get(0)?, row.try_get(1)?);
        progress(1);
    }
    drop(rows);
    let (mut found, sealing) = (Vec::new(), &report.sealing);
    let missing = |key: &Uuid| !stored.contains_key(key) && sealing.destroyed_at(key).is_none();
    let mut missing: BTreeMap<_, _> = sealing.under.iter().filter(|(key, _)| missing(key)).collect();
    if !missing.is_empty() {
        let since = destroyed_since(log, report).await?;
        missing.retain(|key, _| !since.contains(*key));
    }
    for under in missing.values() {
        let what = format!("{} events with {} protected values, from here on", under.events, under.fields);
        found.push(Finding { position: under.first, check: Check::KeyMissing, what });
    }
    for (key, _) in stored.iter().filter(|(_, under_way)| !**under_way) {
        if let Some(position) = sealing.destroyed_at(key) {
            found.push(Finding { position, check: Check::KeyNotDestroyed, what: format!("key {key}") });
        }
    }
    report.keys_compared = true;
    report.add(found);
    Ok(())
}

/// How many keys the key store has of these clinics.
pub async fn count_keys(store: &PgPool, clinics: &[Uuid]) -> Result<u64, sqlx::Error> {
    let count = sqlx::query_scalar("SELECT count(*) FROM keys.data_keys WHERE clinic_id = ANY($1)").bind(clinics);
    count.fetch_one(store).await.map(i64::unsigned_abs)
}

/// What the log says was destroyed after the events that were verified.
async fn destroyed_since(log: &PgPool, report: &Report) -> Result<BTreeSet<Uuid>, sqlx::Error> {
    let (mut keys, mut from) = (BTreeSet::new(), report.events);
    loop {
        let events = read::range(log, report.clinic, from, read::PAGE).await?;
        let told = events.iter().filter_map(destroyed).flat_map(|told| told.keys).map(|key| key.data_key_id.0);
        keys.extend(told);
        match events.last() {
            Some(last) => from = last.position + 1,
            None => return Ok(keys),
        }
    }
}

/// How many protected values a stored payload has. No text of an event can hold the mark: it is refused where it comes in.
fn marks(payload: &[u8]) -> u64 {
    let mark = format!("{{\"{PHI}\":").into_bytes();
    payload.windows(mark.len()).filter(|window| *window == mark).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protected_values_are_counted() {
        assert_eq!(marks(br#"{"a":{"$phi":0},"b":[{"$phi":1},{"c":2}]}"#), 2);
        assert_eq!(marks(b"{}"), 0);
    }
}
