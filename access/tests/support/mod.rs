//! Keys of an identity provider, a clock that stands still until told, and a client.
#![allow(dead_code, reason = "each test file uses a part")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use chrono::{DateTime, Utc};
use daybook_ledger::Clock;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::Value;

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
