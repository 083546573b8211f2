//! Wrapping every data key of a clinic anew, under the secret that keys are wrapped under now. One row at a time, each of them
//! only as it was read: a key that is destroyed meanwhile stays destroyed, and a crash leaves some keys under the one secret
//! and some under the other, all of which open.

use std::collections::{BTreeMap, BTreeSet};

use daybook_domain::KeySecretId;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::keys::wrapped_under;
use super::ring::class;
use super::{KeyError, KeyFacts, KeyProvider, LocalKeys};

/// Keys read at once.
const PAGE: usize = 500;
/// Times that a clinic's keys are gone through: servers may make keys under another secret meanwhile.
const PASSES: usize = 3;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// How many keys there are.
    pub keys: u64,
    /// The secrets that some of them were wrapped under.
    pub from: BTreeSet<KeySecretId>,
}

/// Why not every key is wrapped under the one secret.
#[derive(Debug, thiserror::Error)]
pub enum RewrapError {
    #[error("the key store did not answer: {0}")]
    Store(#[from] sqlx::Error),
    #[error("key {0} cannot be unwrapped: {1}")]
    Key(Uuid, KeyError),
    #[error("key {0} is not wrapped as any version of this program does it")]
    Unreadable(Uuid),
    #[error("keys are still being wrapped under another secret: set the new one on every server first")]
    StillOthers,
}

/// Wraps all keys of a clinic (a pool in the role `daybook_keys`). `progress` is told how many were gone through, of how many.
pub async fn rewrap(
    store: &PgPool,
    keys: &LocalKeys,
    clinic: Uuid,
    progress: impl Fn(u64, u64),
) -> Result<Rewrapped, RewrapError> {
    let (mut rewrapped, all) = (Rewrapped::default(), how_many(store, clinic).await?);
    for _ in 0..PASSES {
        let (seen, others) = pass(store, keys, clinic, &mut rewrapped.from, |seen| progress(seen, all)).await?;
        rewrapped.keys = seen;
        if others == 0 {
            return Ok(rewrapped);
        }
    }
    Err(RewrapError::StillOthers)
}

/// Goes through all keys once: how many there are, and how many were under another secret.
async fn pass(
    store: &PgPool,
    keys: &LocalKeys,
    clinic: Uuid,
    from: &mut BTreeSet<KeySecretId>,
    progress: impl Fn(u64),
) -> Result<(u64, u64), RewrapError> {
    let (mut seen, mut others, mut after) = (0, 0, Uuid::nil());
    loop {
        let page = page(store, clinic, after).await?;
        for Stored { facts, wrapped, under } in &page {
            (seen, after) = (seen + 1, facts.data_key_id);
            progress(seen);
            if *under == keys.key_secret() {
                continue;
            }
            let failed = |error| RewrapError::Key(facts.data_key_id, error);
            let key = keys.unwrap(facts, wrapped).await.map_err(failed)?;
            let anew = keys.wrap(facts, &key).await.map_err(failed)?;
            let update = sqlx::query("UPDATE keys.data_keys SET wrapped = $3 WHERE data_key_id = $1 AND wrapped = $2");
            update.bind(facts.data_key_id).bind(wrapped).bind(anew).execute(store).await?;
            others += 1;
            from.insert(under.clone());
        }
        if page.len() < PAGE {
            return Ok((seen, others));
        }
    }
}

/// Whether every key of a clinic opens with the secrets that are set, and how many there are. `progress` is told how many did,
/// of how many.
pub async fn all_open(
    store: &PgPool,
    keys: &LocalKeys,
    clinic: Uuid,
    progress: impl Fn(u64, u64),
) -> Result<u64, RewrapError> {
    let (mut seen, mut after, all) = (0, Uuid::nil(), how_many(store, clinic).await?);
    loop {
        let page = page(store, clinic, after).await?;
        for Stored { facts, wrapped, .. } in &page {
            (seen, after) = (seen + 1, facts.data_key_id);
            let opened = keys.unwrap(facts, wrapped).await;
            opened.map_err(|error| RewrapError::Key(facts.data_key_id, error))?;
        }
        progress(seen, all);
        if page.len() < PAGE {
            return Ok(seen);
        }
    }
}

async fn how_many(store: &PgPool, clinic: Uuid) -> Result<u64, sqlx::Error> {
    let count = sqlx::query_scalar("SELECT count(*) FROM keys.data_keys WHERE clinic_id = $1").bind(clinic);
    count.fetch_one(store).await.map(i64::unsigned_abs)
}

/// A key as it is stored.
struct Stored {
    facts: KeyFacts,
    wrapped: Vec<u8>,
    under: KeySecretId,
}

/// The keys after this one.
async fn page(store: &PgPool, clinic: Uuid, after: Uuid) -> Result<Vec<Stored>, RewrapError> {
    let rows = sqlx::query(
        "SELECT data_key_id, patient_id, class, wrapped FROM keys.data_keys
         WHERE clinic_id = $1 AND data_key_id > $2 ORDER BY data_key_id LIMIT $3",
    );
    let rows = rows.bind(clinic).bind(after).bind(PAGE as i64).fetch_all(store).await?;
    let stored = |row: &sqlx::postgres::PgRow| {
        let (id, wrapped): (Uuid, Vec<u8>) = (row.try_get(0)?, row.try_get(3)?);
        let class = class(row.try_get(2)?).ok_or(RewrapError::Unreadable(id))?;
        let under = wrapped_under(&wrapped).ok_or(RewrapError::Unreadable(id))?;
        Ok(Stored { facts: KeyFacts { clinic, patient: row.try_get(1)?, class, data_key_id: id }, wrapped, under })
    };
    rows.iter().map(stored).collect()
}

/// How many of a clinic's keys are wrapped under which secret.
pub async fn wrapped_under_which(store: &PgPool, clinic: Uuid) -> Result<BTreeMap<KeySecretId, u64>, RewrapError> {
    let rows = sqlx::query("SELECT data_key_id, wrapped FROM keys.data_keys WHERE clinic_id = $1").bind(clinic);
    let mut found = BTreeMap::new();
    for row in rows.fetch_all(store).await? {
        let under = wrapped_under(row.try_get(1)?).ok_or(RewrapError::Unreadable(row.try_get(0)?))?;
        *found.entry(under).or_default() += 1;
    }
    Ok(found)
}
