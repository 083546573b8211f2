//! Keys of an identity provider, a clock that stands still until told, and a door on a database of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use chrono::{DateTime, Utc};
use daybook_access::{Access, Policies, Principal, Resource};
use daybook_domain::visit::{Modality, Scheduled, Visit};
use daybook_domain::{AccessEvent, Class, ClinicId, PatientId, ProviderId, Role, Rules, Subject, VisitId};
use daybook_ledger::append::{Append, CommandKey, Expected, StreamAppend};
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::sealing::{KeyRing, LocalKeys};
use daybook_ledger::{Clock, Draft, Ids, Ledger, Metadata, Options, Recorded, Stream, Unsealed};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

/// The time at which every test begins.
pub const NOW: i64 = 1_800_000_000;

/// A clock that stands still.
pub struct Still(AtomicI64);

impl Still {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(NOW)))
    }

    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::SeqCst), 0).unwrap()
    }
}

#[allow(clippy::disallowed_methods, reason = "a test is where its program starts")]
pub fn http() -> reqwest::Client {
    reqwest::Client::new()
}

/// A signing key and its public half.
pub struct Key {
    pub private: EncodingKey,
    pub public: Jwk,
    algorithm: Algorithm,
}

impl Key {
    pub fn ed25519(seed: u8, kid: &str) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        Self::new(EncodingKey::from_ed_der(pair.to_pkcs8v1().unwrap().as_ref()), Algorithm::EdDSA, kid)
    }

    pub fn es256(kid: &str) -> Self {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        Self::new(EncodingKey::from_ec_der(document.as_ref()), Algorithm::ES256, kid)
    }

    fn new(private: EncodingKey, algorithm: Algorithm, kid: &str) -> Self {
        let mut public = Jwk::from_encoding_key(&private, algorithm).unwrap();
        public.common.key_id = Some(kid.into());
        Self { private, public, algorithm }
    }

    pub fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: self.public.common.key_id.clone(), ..Header::new(self.algorithm) };
        encode(&header, claims, &self.private).unwrap()
    }
}

/// The clinic of every test, and two people treated there.
pub const CLINIC: ClinicId = ClinicId(Uuid::from_u128(0xC11));
pub const ANN: PatientId = PatientId(Uuid::from_u128(0xA));
pub const BEN: PatientId = PatientId(Uuid::from_u128(0xB));

/// A door on a database of its own.
pub struct Door {
    pub access: Access,
    pub ledger: Ledger,
    /// As the owner of the database.
    pub owner: PgPool,
}

impl Door {
    pub async fn start() -> Self {
        let database = private_postgres::fresh_database("ledger", async |url: &str| Ok(database::migrate(url).await?))
            .await
            .unwrap();
        let provider = Arc::new(LocalKeys::new([7; 32]));
        let keys = database::connect(&database.url, DatabaseRole::Keys, 2).await.unwrap();
        let ring = KeyRing::new(keys, provider.clone(), Arc::new(System), Arc::new(System));
        let pool = database::connect(&database.url, DatabaseRole::Append, 6).await.unwrap();
        let options = Options { origin: "daybook.test".into(), ..Options::default() };
        let ledger = Ledger::start(pool, provider, ring.sealer, Arc::new(System), Arc::new(System), &options);
        let access = Access::new(ledger.clone(), ring.opener, Policies::embedded().unwrap());
        Self { access, ledger, owner: PgPool::connect(&database.url).await.unwrap() }
    }

    /// An event of a stream of this patient's, with something to protect; returns the stream as stored.
    pub async fn happened(&self, clinic: ClinicId, stream: Stream, patient: PatientId) -> Vec<Recorded> {
        let event = Unsealed {
            event_id: System.internal(),
            event_type: "something-said",
            event_version: "1.0",
            payload: json!({ "words": { "$clear": "sore throat" } }),
        };
        let subject = Subject { patient, class: Class::General };
        let metadata = Metadata::from([("actor".into(), "somebody".into())]);
        let draft =
            Draft::seal(event, clinic.0, &stream, Some(subject), &metadata, self.ledger.sealer()).await.unwrap();
        let streams = vec![StreamAppend { stream: stream.clone(), expected: Expected::Any, events: vec![draft] }];
        let command = CommandKey { id: System.internal(), request_hash: [0; 32] };
        self.ledger.append(Append { clinic: clinic.0, command, streams, guards: vec![] }).await.unwrap();
        self.stream(clinic, stream).await
    }

    pub async fn stream(&self, clinic: ClinicId, stream: Stream) -> Vec<Recorded> {
        self.ledger.read_stream(clinic.0, &stream, 0).await.unwrap()
    }

    /// The access facts of a stream, in order.
    pub async fn facts(&self, stream: Stream) -> Vec<AccessEvent> {
        self.stream(CLINIC, stream).await.iter().map(|event| event.decode().unwrap()).collect()
    }
}

pub fn someone(role: Role) -> Principal {
    let subject = format!("{}-1", role.name());
    let person = matches!(role, Role::Patient | Role::Provider).then_some(ANN.0);
    Principal { subject, role, clinic: CLINIC, person, session: Uuid::from_u128(0x5E5) }
}

pub fn visit(clinic: ClinicId, patient: PatientId) -> Resource {
    Resource::visit(clinic, VisitId(Uuid::from_u128(0x715)), &scheduled(patient, ProviderId(ANN.0)))
}

/// A visit of this patient with this provider.
pub fn scheduled(patient_id: PatientId, provider_id: ProviderId) -> Visit {
    let starts_at = DateTime::UNIX_EPOCH;
    let (duration_minutes, modality, reason) = (20, Modality::Video, None);
    Visit::replay(&[Scheduled { patient_id, provider_id, starts_at, duration_minutes, modality, reason }.into()])
}

pub fn visit_stream() -> Stream {
    Stream::new("visit", Uuid::from_u128(0x715))
}
