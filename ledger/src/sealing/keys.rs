//! Key-encryption keys: who wraps data keys, and the local form that derives everything from one root secret.

use std::future::Future;
use std::pin::Pin;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use daybook_domain::Class;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::DataKey;
use crate::format::{label, put_s8};

/// Why a key could not be wrapped or unwrapped.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    #[error("the wrapped key is malformed, was changed, or belongs to another patient, class, clinic or root secret")]
    NotOurs,
    #[error("the key service did not answer: {0}")]
    Unavailable(String),
}

/// What a wrapped data key is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyFacts {
    pub clinic: Uuid,
    pub patient: Uuid,
    pub class: Class,
    pub data_key_id: Uuid,
}

impl KeyFacts {
    fn aad(&self) -> Vec<u8> {
        let mut aad = label("wrap");
        aad.extend_from_slice(self.clinic.as_bytes());
        aad.extend_from_slice(self.patient.as_bytes());
        put_s8(&mut aad, self.class.name());
        aad.extend_from_slice(self.data_key_id.as_bytes());
        aad
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, KeyError>> + Send + 'a>>;

/// Wraps data keys under a clinic's key-encryption key, and holds the secrets that are one a clinic.
/// Boxed futures, because the provider is chosen when the program starts.
pub trait KeyProvider: Send + Sync {
    /// Wraps a data key, bound to its facts.
    fn wrap<'a>(&'a self, facts: &'a KeyFacts, key: &'a DataKey) -> Answer<'a, Vec<u8>>;
    /// Unwraps it; refuses under any other facts.
    fn unwrap<'a>(&'a self, facts: &'a KeyFacts, wrapped: &'a [u8]) -> Answer<'a, DataKey>;
    /// Seed of the clinic's Ed25519 log key.
    fn log_seed(&self, clinic: Uuid) -> Result<WrapKey, KeyError>;
    /// The clinic's blind-index key.
    fn index_key(&self, clinic: Uuid) -> Result<WrapKey, KeyError>;
}

/// 32 secret bytes, zeroized when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct WrapKey(pub(crate) [u8; 32]);

impl From<[u8; 32]> for WrapKey {
    /// For a key provider of another kind, which derives or fetches them itself.
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// Keys derived from one root secret (32 bytes) that the operator keeps: for one machine, and for development.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct LocalKeys {
    root: [u8; 32],
}

impl LocalKeys {
    /// From the operator's root secret. Whoever holds it can open everything and sign as every clinic.
    pub fn new(root: [u8; 32]) -> Self {
        Self { root }
    }

    fn derive(&self, purpose: &str, clinic: Uuid) -> Result<WrapKey, KeyError> {
        let mut bytes = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, clinic.as_bytes())
            .extract(&self.root)
            .expand(&[b"daybook/", purpose.as_bytes(), b"/v1"], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(&mut bytes))
            .map_err(|_| KeyError::Unavailable("key derivation failed".into()))?;
        Ok(WrapKey(bytes))
    }

    fn cipher(&self, clinic: Uuid) -> Result<LessSafeKey, KeyError> {
        let kek = self.derive("key-encryption-key", clinic)?;
        UnboundKey::new(&AES_256_GCM, &kek.0).map(LessSafeKey::new).map_err(|_| KeyError::NotOurs)
    }

    fn wrap_now(&self, facts: &KeyFacts, key: &DataKey) -> Result<Vec<u8>, KeyError> {
        let mut nonce = [0; 12];
        aws_lc_rs::rand::fill(&mut nonce).map_err(|_| KeyError::Unavailable("no random bytes".into()))?;
        let mut sealed = key.0.to_vec();
        self.cipher(facts.clinic)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(facts.aad()), &mut sealed)
            .map_err(|_| KeyError::NotOurs)?;
        Ok([&[0x01], &nonce[..], &sealed].concat())
    }

    fn unwrap_now(&self, facts: &KeyFacts, wrapped: &[u8]) -> Result<DataKey, KeyError> {
        if wrapped.len() != 1 + 12 + 32 + 16 || wrapped[0] != 0x01 {
            return Err(KeyError::NotOurs);
        }
        let nonce: [u8; 12] = wrapped[1..13].try_into().map_err(|_| KeyError::NotOurs)?;
        let mut sealed = wrapped[13..].to_vec();
        let clear = self
            .cipher(facts.clinic)?
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(facts.aad()), &mut sealed)
            .map_err(|_| KeyError::NotOurs)?;
        let key = DataKey(clear.try_into().map_err(|_| KeyError::NotOurs)?);
        sealed.zeroize();
        Ok(key)
    }
}

impl KeyProvider for LocalKeys {
    fn wrap<'a>(&'a self, facts: &'a KeyFacts, key: &'a DataKey) -> Answer<'a, Vec<u8>> {
        Box::pin(async { self.wrap_now(facts, key) })
    }

    fn unwrap<'a>(&'a self, facts: &'a KeyFacts, wrapped: &'a [u8]) -> Answer<'a, DataKey> {
        Box::pin(async { self.unwrap_now(facts, wrapped) })
    }

    fn log_seed(&self, clinic: Uuid) -> Result<WrapKey, KeyError> {
        self.derive("log-key", clinic)
    }

    fn index_key(&self, clinic: Uuid) -> Result<WrapKey, KeyError> {
        self.derive("blind-index-key", clinic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_key_opens_only_under_its_own_facts_and_root() {
        let keys = LocalKeys::new([1; 32]);
        let facts = KeyFacts {
            clinic: Uuid::from_u128(1),
            patient: Uuid::from_u128(2),
            class: Class::General,
            data_key_id: Uuid::from_u128(3),
        };
        let wrapped = keys.wrap_now(&facts, &DataKey([5; 32])).unwrap();
        assert_eq!(keys.unwrap_now(&facts, &wrapped).unwrap().0, [5; 32]);
        let others = [
            KeyFacts { clinic: Uuid::from_u128(9), ..facts },
            KeyFacts { patient: Uuid::from_u128(9), ..facts },
            KeyFacts { class: Class::Sud, ..facts },
            KeyFacts { data_key_id: Uuid::from_u128(9), ..facts },
        ];
        for other in others {
            assert_eq!(keys.unwrap_now(&other, &wrapped).err(), Some(KeyError::NotOurs));
        }
        assert!(LocalKeys::new([2; 32]).unwrap_now(&facts, &wrapped).is_err());
    }
}
