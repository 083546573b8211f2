//! The key ring: makes, keeps and finds data keys. It is handed out as two halves: a `Sealer`, which every writer has,
//! and an `Opener`, of which there is one and which belongs to the crate `access`.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use daybook_domain::{Class, DataKeyId, PatientId, Subject};
use lru::LruCache;
use serde_json::Value;
use sqlx::{PgPool, Row};
use tokio::time::Instant;
use uuid::Uuid;

use super::closing::shared;
use super::envelope::data_key_id;
use super::file::{file_data_key_id, file_fingerprint};
use super::{
    Address, BlindIndex, DataKey, EventKeys, FileOpener, FilePlace, FileSealer, KeyError, KeyFacts, KeyProvider,
    LiftError, SealError, lift, lower, mark,
};
use crate::clock::{Clock, Ids};
use crate::event::{Recorded, Unsealed};

/// Data keys kept unwrapped in memory, at most.
const CACHED_KEYS: usize = 20_000;
/// Looks in a row at whether a record was closed, each over another connection if one was lost.
const LOOKS: u32 = 5;
/// How long a key may be used from memory before it is looked whether a record was closed elsewhere.
const TRUSTED: Duration = Duration::from_secs(1);

/// Why an event could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    #[error(transparent)]
    Lift(#[from] LiftError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("an event with protected values must concern a patient")]
    NoSubject,
    #[error("the key store did not answer")]
    Store(#[from] sqlx::Error),
    #[error("an event is about somebody the reader was not let in for")]
    NotPermitted,
    #[error("the sealed values are not a JSON array")]
    NotAnArray,
    #[error("the key a file was sealed under is not there")]
    NoKey,
    #[error("the patient's record is being erased, or was")]
    Closed,
}

/// What is indexed for a patient: a field's name and its tokens.
pub struct Field {
    pub name: &'static str,
    pub tokens: Vec<[u8; 16]>,
}

struct Inner {
    store: PgPool,
    provider: Arc<dyn KeyProvider>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    by_subject: Mutex<LruCache<(Uuid, Subject), Arc<NamedKey>>>,
    by_id: Mutex<LruCache<Uuid, Arc<KnownKey>>>,
    looked: Mutex<Looked>,
}

/// When it was last looked whether a record was closed, and how many changes there had been.
#[derive(Default)]
struct Looked {
    at: Option<Instant>,
    changes: i64,
}

/// A data key and its id.
type NamedKey = (Uuid, DataKey);

/// A data key and whose it is.
struct KnownKey {
    clinic: Uuid,
    subject: Subject,
    key: DataKey,
    /// Whether the record is closed: then the log says whether the key still counts.
    closed: bool,
}

/// The two halves of a key ring.
pub struct KeyRing {
    pub sealer: Sealer,
    pub opener: Opener,
}

/// Seals events. Cannot open them.
#[derive(Clone)]
pub struct Sealer(Arc<Inner>);

/// What opens one event and no other.
pub enum EventKey {
    /// Nothing of it is sealed.
    NothingSealed,
    Keys(EventKeys),
    /// An event says that its key was destroyed.
    Erased,
    /// Its key is gone, and no event says why: a fault.
    Missing,
}

/// Opens events. Not `Clone`: whoever holds it answers for every disclosure.
pub struct Opener(Arc<Inner>);

impl KeyRing {
    /// A ring over the key store (a pool in the role `daybook_keys`) and a key provider.
    pub fn new(store: PgPool, provider: Arc<dyn KeyProvider>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let capacity = NonZeroUsize::MIN.saturating_add(CACHED_KEYS);
        let inner = Arc::new(Inner {
            store,
            provider,
            clock,
            ids,
            by_subject: Mutex::new(LruCache::new(capacity)),
            by_id: Mutex::new(LruCache::new(capacity)),
            looked: Mutex::default(),
        });
        Self { sealer: Sealer(inner.clone()), opener: Opener(inner) }
    }
}

/// A lock that survives a panicked holder: the caches hold only whole entries.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Inner {
    /// Forgets every key in memory if a record was closed or opened since it was last looked, by whatever server.
    async fn look(&self) -> Result<(), RingError> {
        if lock(&self.looked).at.is_some_and(|at| at.elapsed() < TRUSTED) {
            return Ok(());
        }
        let at = Instant::now();
        let changes = self.changes().await?;
        let mut looked = lock(&self.looked);
        if looked.changes != changes {
            lock(&self.by_subject).clear();
            lock(&self.by_id).clear();
        }
        *looked = Looked { at: Some(at), changes };
        Ok(())
    }

    /// How often a record was closed or opened. A connection that was lost is no reason to refuse: the next one is asked.
    async fn changes(&self) -> Result<i64, sqlx::Error> {
        let mut tries = 1..LOOKS;
        loop {
            match sqlx::query_scalar("SELECT changes FROM keys.closings").fetch_one(&self.store).await {
                Err(error) if tries.next().is_some() => tracing::warn!(%error, "the key store is asked again"),
                answer => return answer,
            }
        }
    }

    /// The subject's current key; made, and durable, before it is first used. There is none of a closed record.
    async fn key_of(&self, clinic: Uuid, subject: Subject) -> Result<Arc<NamedKey>, RingError> {
        self.look().await?;
        if let Some(key) = lock(&self.by_subject).get(&(clinic, subject)) {
            return Ok(key.clone());
        }
        let found = self.find(clinic, subject).await?;
        let (id, wrapped) = match found {
            Some(found) => found,
            None => self.make(clinic, subject).await?,
        };
        let facts = KeyFacts { clinic, patient: subject.patient.0, class: subject.class, data_key_id: id };
        let key = Arc::new((id, self.provider.unwrap(&facts, &wrapped).await?));
        lock(&self.by_subject).put((clinic, subject), key.clone());
        Ok(key)
    }

    async fn find(&self, clinic: Uuid, subject: Subject) -> Result<Option<(Uuid, Vec<u8>)>, RingError> {
        let row = sqlx::query(
            "SELECT data_key_id, wrapped FROM keys.data_keys k WHERE clinic_id = $1 AND patient_id = $2 AND class = $3
             AND NOT EXISTS (SELECT FROM keys.closed c WHERE c.clinic_id = k.clinic_id AND c.patient_id = k.patient_id)",
        )
        .bind(clinic)
        .bind(subject.patient.0)
        .bind(subject.class.name())
        .fetch_optional(&self.store)
        .await?;
        Ok(row.map(|row| (row.get(0), row.get(1))))
    }

    /// Two makers may race: one row wins, and both use it. A crash after the insert leaves a key nothing is sealed under.
    async fn make(&self, clinic: Uuid, subject: Subject) -> Result<(Uuid, Vec<u8>), RingError> {
        let data_key_id = self.ids.public();
        let facts = KeyFacts { clinic, patient: subject.patient.0, class: subject.class, data_key_id };
        let wrapped = self.provider.wrap(&facts, &DataKey(self.ids.secret())).await?;
        let mut transaction = self.store.begin().await?;
        shared(&mut transaction, clinic, subject.patient).await?;
        sqlx::query(
            "INSERT INTO keys.data_keys (data_key_id, clinic_id, patient_id, class, wrapped, created_at)
             SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT FROM keys.closed WHERE clinic_id = $2 AND patient_id = $3)
             ON CONFLICT (clinic_id, patient_id, class) DO NOTHING",
        )
        .bind(data_key_id)
        .bind(clinic)
        .bind(subject.patient.0)
        .bind(subject.class.name())
        .bind(&wrapped)
        .bind(self.clock.now())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        self.find(clinic, subject).await?.ok_or(RingError::Closed)
    }

    /// Loads the keys that are not cached, in one query; a key that is not there is simply absent afterwards.
    async fn load(&self, ids: &[Uuid]) -> Result<(), RingError> {
        self.look().await?;
        let missing: Vec<Uuid> = {
            let cache = lock(&self.by_id);
            ids.iter().filter(|id| !cache.contains(*id)).copied().collect()
        };
        if missing.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query(
            "SELECT data_key_id, clinic_id, patient_id, class, wrapped, c.closed_at IS NOT NULL FROM keys.data_keys
             LEFT JOIN keys.closed c USING (clinic_id, patient_id) WHERE data_key_id = ANY($1)",
        )
        .bind(&missing)
        .fetch_all(&self.store)
        .await?;
        for row in rows {
            let Some(class) = class(row.get(3)) else { continue };
            let facts = KeyFacts { data_key_id: row.get(0), clinic: row.get(1), patient: row.get(2), class };
            let key = self.provider.unwrap(&facts, row.get::<&[u8], _>(4)).await?;
            let subject = Subject { patient: PatientId(facts.patient), class };
            let known = KnownKey { clinic: facts.clinic, subject, key, closed: row.get(5) };
            lock(&self.by_id).put(facts.data_key_id, Arc::new(known));
        }
        Ok(())
    }
}

/// A class by its stored name.
pub(super) fn class(name: &str) -> Option<Class> {
    [Class::General, Class::Psychotherapy, Class::Sud, Class::Confidential]
        .into_iter()
        .find(|class| class.name() == name)
}

impl Sealer {
    pub(super) fn store(&self) -> &PgPool {
        &self.0.store
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// Forgets every key in memory at once; other servers do within a second.
    pub(super) fn forget(&self) {
        lock(&self.0.by_subject).clear();
        lock(&self.0.by_id).clear();
    }

    /// Lifts the protected values out of `payload` and seals them: returns the exact stored payload and sealed bytes.
    /// An event without protected values has empty sealed bytes and needs no subject.
    pub(crate) async fn seal(
        &self,
        event: &Unsealed,
        clinic: Uuid,
        stream: &crate::Stream,
        subject: Option<Subject>,
    ) -> Result<(Vec<u8>, Vec<u8>), RingError> {
        let mut payload = event.payload.clone();
        let values = lift(&mut payload)?;
        let payload = payload.to_string().into_bytes();
        if values.is_empty() {
            return Ok((payload, Vec::new()));
        }
        let key = self.0.key_of(clinic, subject.ok_or(RingError::NoSubject)?).await?;
        let mut nonce = [0; 12];
        aws_lc_rs::rand::fill(&mut nonce).map_err(|_| SealError::Library)?;
        let address = Address {
            clinic,
            stream,
            event_id: event.event_id,
            event_type: event.event_type,
            event_version: event.event_version,
            payload: &payload,
        };
        let sealed = EventKeys::derive(&key.1, event.event_id)?.seal(
            key.0,
            &address,
            nonce,
            Value::Array(values).to_string().as_bytes(),
        )?;
        Ok((payload, sealed))
    }

    /// Seals one file, which must be a new one. Its head comes first.
    pub async fn file(&self, place: FilePlace, subject: Subject) -> Result<(Vec<u8>, FileSealer), RingError> {
        let key = self.0.key_of(place.clinic, subject).await?;
        let mut prefix = [0; 7];
        aws_lc_rs::rand::fill(&mut prefix).map_err(|_| SealError::Library)?;
        Ok(FileSealer::new(&key.1, key.0, place, prefix)?)
    }

    /// Stands for a file's content, by its SHA-256, as long as the patient's key is there, and for nothing afterwards.
    pub async fn fingerprint(
        &self,
        clinic: Uuid,
        subject: Subject,
        content_sha256: &[u8; 32],
    ) -> Result<[u8; 32], RingError> {
        Ok(file_fingerprint(&self.0.key_of(clinic, subject).await?.1, content_sha256)?)
    }

    /// The clinic's blind index, to make look-up tokens.
    pub fn index(&self, clinic: Uuid) -> Result<BlindIndex, RingError> {
        Ok(BlindIndex::new(&self.0.provider.index_key(clinic)?))
    }

    /// Replaces what a patient is found by. Idempotent; a crash before it leaves a patient that search does not find. Of a
    /// closed record nothing is found by.
    pub async fn put_index(&self, clinic: Uuid, patient: PatientId, fields: &[Field]) -> Result<(), RingError> {
        let (names, tokens): (Vec<&str>, Vec<&[u8]>) =
            fields.iter().flat_map(|field| field.tokens.iter().map(|token| (field.name, &token[..]))).unzip();
        sqlx::query(
            "WITH gone AS (DELETE FROM keys.blind_index WHERE clinic_id = $1 AND patient_id = $2
                           AND (field, token) NOT IN (SELECT * FROM UNNEST($3::text[], $4::bytea[])))
             INSERT INTO keys.blind_index (clinic_id, patient_id, field, token)
             SELECT $1, $2, * FROM UNNEST($3::text[], $4::bytea[])
             WHERE NOT EXISTS (SELECT FROM keys.closed WHERE clinic_id = $1 AND patient_id = $2) ON CONFLICT DO NOTHING",
        )
        .bind(clinic)
        .bind(patient.0)
        .bind(names)
        .bind(tokens)
        .execute(&self.0.store)
        .await?;
        Ok(())
    }

    /// Patients found under a token, at most `limit`.
    pub async fn find(
        &self,
        clinic: Uuid,
        field: &str,
        token: &[u8; 16],
        limit: i64,
    ) -> Result<Vec<PatientId>, RingError> {
        let rows = sqlx::query("SELECT patient_id FROM keys.blind_index WHERE clinic_id = $1 AND field = $2 AND token = $3 ORDER BY patient_id LIMIT $4")
            .bind(clinic)
            .bind(field)
            .bind(&token[..])
            .bind(limit)
            .fetch_all(&self.0.store)
            .await?;
        Ok(rows.into_iter().map(|row| PatientId(row.get(0))).collect())
    }
}

impl Opener {
    /// The keys of these events on which the log has to be asked whether they were destroyed: they are not there, or their
    /// record is closed.
    pub async fn doubtful(&self, events: &[Recorded]) -> Result<Vec<DataKeyId>, RingError> {
        let mut ids: Vec<Uuid> = events.iter().filter_map(|event| data_key_id(&event.sealed)).collect();
        ids.sort_unstable();
        ids.dedup();
        self.0.load(&ids).await?;
        let known = lock(&self.0.by_id);
        let doubtful = |id: &Uuid| known.peek(id).is_none_or(|key| key.closed);
        Ok(ids.into_iter().filter(doubtful).map(DataKeyId).collect())
    }

    /// Opens the payloads of stored events, in order: protected values become `{"$clear": …}`, `{"$erased": true}` where the
    /// key is one of those that events say are destroyed, or `{"$key-missing": true}` where it is gone and none says so. Keys are fetched in one query. A changed ciphertext is an error, never a blank, and so is
    /// an event of a clinic and subject that `permitted` does not let through: nothing of it is decrypted.
    pub async fn open(
        &self,
        events: &[Recorded],
        destroyed: &BTreeSet<DataKeyId>,
        permitted: impl Fn(Uuid, Subject) -> bool,
    ) -> Result<Vec<Value>, RingError> {
        let ids: Vec<Uuid> = events.iter().filter_map(|event| data_key_id(&event.sealed)).collect();
        self.0.load(&ids).await?;
        events.iter().map(|event| self.open_one(event, destroyed, &permitted)).collect()
    }

    /// What opens each of these events alone, in order; under the conditions of [`Self::open`]. None is handed out that does
    /// not open its event.
    pub async fn event_keys(
        &self,
        events: &[Recorded],
        destroyed: &BTreeSet<DataKeyId>,
        permitted: impl Fn(Uuid, Subject) -> bool,
    ) -> Result<Vec<EventKey>, RingError> {
        let ids: Vec<Uuid> = events.iter().filter_map(|event| data_key_id(&event.sealed)).collect();
        self.0.load(&ids).await?;
        let tried = |event: &Recorded| {
            let key = self.key_of_event(event, destroyed, &permitted)?;
            if let EventKey::Keys(keys) = &key {
                open_payload(keys, &event.address(), &event.sealed)?;
            }
            Ok(key)
        };
        events.iter().map(tried).collect()
    }

    /// Whose these keys are, of this clinic's. Of a key that is not there any more nobody knows.
    pub async fn patients_of(&self, clinic: Uuid, keys: &[Uuid]) -> Result<Vec<PatientId>, RingError> {
        let sql = "SELECT DISTINCT patient_id FROM keys.data_keys WHERE clinic_id = $1 AND data_key_id = ANY($2)";
        let patients: Vec<Uuid> = sqlx::query_scalar(sql).bind(clinic).bind(keys).fetch_all(&self.0.store).await?;
        Ok(patients.into_iter().map(PatientId).collect())
    }

    /// The key of a file, from its head, on which the log has to be asked whether it was destroyed.
    pub async fn doubtful_file(&self, head: &[u8]) -> Result<Option<DataKeyId>, RingError> {
        let id = file_data_key_id(head).ok_or(SealError::Malformed)?;
        self.0.load(&[id]).await?;
        let in_doubt = lock(&self.0.by_id).peek(&id).is_none_or(|key| key.closed);
        Ok(in_doubt.then_some(DataKeyId(id)))
    }

    /// Opens one file, from its head, if `permitted` lets its clinic and subject through.
    pub async fn file(
        &self,
        place: FilePlace,
        head: &[u8],
        permitted: impl Fn(Uuid, Subject) -> bool,
    ) -> Result<FileOpener, RingError> {
        let id = file_data_key_id(head).ok_or(SealError::Malformed)?;
        self.0.load(&[id]).await?;
        let key = lock(&self.0.by_id).get(&id).cloned().ok_or(RingError::NoKey)?;
        if key.clinic != place.clinic || !permitted(key.clinic, key.subject) {
            return Err(RingError::NotPermitted);
        }
        Ok(FileOpener::new(&key.key, place, head)?)
    }

    fn open_one(
        &self,
        event: &Recorded,
        destroyed: &BTreeSet<DataKeyId>,
        permitted: &impl Fn(Uuid, Subject) -> bool,
    ) -> Result<Value, RingError> {
        let key = self.key_of_event(event, destroyed, permitted)?;
        if let EventKey::Keys(keys) = &key {
            return open_payload(keys, &event.address(), &event.sealed);
        }
        let mut payload = json(&event.payload)?;
        match key {
            EventKey::Erased => mark(&mut payload, true)?,
            EventKey::Missing => mark(&mut payload, false)?,
            EventKey::NothingSealed | EventKey::Keys(_) => {}
        }
        Ok(payload)
    }

    fn key_of_event(
        &self,
        event: &Recorded,
        destroyed: &BTreeSet<DataKeyId>,
        permitted: &impl Fn(Uuid, Subject) -> bool,
    ) -> Result<EventKey, RingError> {
        if event.sealed.is_empty() {
            return Ok(EventKey::NothingSealed);
        }
        let id = data_key_id(&event.sealed).ok_or(SealError::Malformed)?;
        if destroyed.contains(&DataKeyId(id)) {
            return Ok(EventKey::Erased);
        }
        let Some(key) = lock(&self.0.by_id).get(&id).cloned() else { return Ok(EventKey::Missing) };
        if !permitted(key.clinic, key.subject) {
            return Err(RingError::NotPermitted);
        }
        Ok(EventKey::Keys(EventKeys::derive(&key.key, event.event_id)?))
    }
}

fn json(payload: &[u8]) -> Result<Value, RingError> {
    serde_json::from_slice(payload).map_err(|_| RingError::Lift(LiftError::Mismatch))
}

/// The payload with its protected values as `{"$clear": …}`, for whoever has what opens the event.
pub fn open_payload(keys: &EventKeys, address: &Address<'_>, sealed: &[u8]) -> Result<Value, RingError> {
    let mut payload = json(address.payload)?;
    let clear = keys.open(address, sealed)?;
    let Ok(Value::Array(values)) = serde_json::from_slice(&clear) else { return Err(RingError::NotAnArray) };
    lower(&mut payload, values)?;
    Ok(payload)
}
