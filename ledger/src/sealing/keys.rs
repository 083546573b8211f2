//! Key-encryption keys: who wraps data keys, and the local form that derives everything from one root secret, but for the
//! key-encryption keys, which can be derived from a key secret of their own: one that can be destroyed alone.

use std::future::Future;
use std::pin::Pin;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use daybook_domain::{Class, KeySecretId};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::DataKey;
use crate::format::{hexadecimal, label, put_s8};

/// Why a key could not be wrapped or unwrapped.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    #[error("the wrapped key is malformed, was changed, or belongs to another patient, class, clinic or root secret")]
    NotOurs,
    #[error("the key is wrapped under the key secret {0}, which is none of those that are set (key_secrets)")]
    UnknownSecret(String),
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

/// A nonce, a data key and a tag.
const SEALED: usize = 12 + 32 + 16;
/// How a wrapped key begins that is wrapped under the root secret, and under a key secret, whose name follows.
const UNDER_ROOT: u8 = 0x01;
const UNDER_SECRET: u8 = 0x02;

/// Keys derived from secrets (32 bytes each) that the operator keeps: for one machine, and for development.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct LocalKeys {
    root: [u8; 32],
    /// The first wraps; all unwrap.
    secrets: Vec<KeySecret>,
}

/// A secret that only key-encryption keys are derived from.
#[derive(Zeroize, ZeroizeOnDrop)]
struct KeySecret {
    id: [u8; 8],
    bytes: [u8; 32],
}

impl KeySecret {
    fn new(bytes: [u8; 32]) -> Self {
        let hash = Sha256::new().chain_update(label("key-secret")).chain_update(bytes).finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&hash[..8]);
        Self { id, bytes }
    }
}

impl LocalKeys {
    /// From the operator's root secret. Whoever holds it can sign as every clinic, and open everything that is not wrapped
    /// under a key secret.
    pub fn new(root: [u8; 32]) -> Self {
        Self { root, secrets: Vec::new() }
    }

    /// The same with key secrets: keys are wrapped under the first, and unwrapped under each.
    pub fn with_key_secrets(mut self, secrets: impl IntoIterator<Item = [u8; 32]>) -> Self {
        self.secrets.extend(secrets.into_iter().map(KeySecret::new));
        self
    }

    /// What keys are wrapped under.
    pub fn key_secret(&self) -> KeySecretId {
        self.secrets.first().map_or_else(KeySecretId::root, |secret| named(&secret.id))
    }

    fn derive(&self, purpose: &str, clinic: Uuid) -> Result<WrapKey, KeyError> {
        derive(&self.root, &format!("daybook/{purpose}/v1"), clinic)
    }

    fn cipher(&self, clinic: Uuid, secret: Option<&KeySecret>) -> Result<LessSafeKey, KeyError> {
        let kek = match secret {
            None => self.derive("key-encryption-key", clinic)?,
            Some(secret) => derive(&secret.bytes, "daybook/key-encryption-key/v2", clinic)?,
        };
        UnboundKey::new(&AES_256_GCM, &kek.0).map(LessSafeKey::new).map_err(|_| KeyError::NotOurs)
    }

    fn wrap_now(&self, facts: &KeyFacts, key: &DataKey) -> Result<Vec<u8>, KeyError> {
        let mut nonce = [0; 12];
        aws_lc_rs::rand::fill(&mut nonce).map_err(|_| KeyError::Unavailable("no random bytes".into()))?;
        let mut sealed = key.0.to_vec();
        let secret = self.secrets.first();
        self.cipher(facts.clinic, secret)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(facts.aad()), &mut sealed)
            .map_err(|_| KeyError::NotOurs)?;
        let begin = secret.map_or_else(|| vec![UNDER_ROOT], |secret| [&[UNDER_SECRET], &secret.id[..]].concat());
        Ok([&begin[..], &nonce, &sealed].concat())
    }

    fn unwrap_now(&self, facts: &KeyFacts, wrapped: &[u8]) -> Result<DataKey, KeyError> {
        let (secret, rest) = match wrapped.split_first() {
            Some((&UNDER_ROOT, rest)) => (None, rest),
            Some((&UNDER_SECRET, rest)) => {
                let (id, rest) = rest.split_first_chunk::<8>().ok_or(KeyError::NotOurs)?;
                let secret = self.secrets.iter().find(|secret| secret.id == *id);
                (Some(secret.ok_or_else(|| KeyError::UnknownSecret(hexadecimal(id)))?), rest)
            }
            _ => return Err(KeyError::NotOurs),
        };
        let (nonce, sealed) = rest.split_first_chunk::<12>().ok_or(KeyError::NotOurs)?;
        if rest.len() != SEALED {
            return Err(KeyError::NotOurs);
        }
        let mut sealed = sealed.to_vec();
        let clear = self
            .cipher(facts.clinic, secret)?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(facts.aad()), &mut sealed)
            .map_err(|_| KeyError::NotOurs)?;
        let key = DataKey(clear.try_into().map_err(|_| KeyError::NotOurs)?);
        sealed.zeroize();
        Ok(key)
    }
}

fn derive(secret: &[u8; 32], purpose: &str, clinic: Uuid) -> Result<WrapKey, KeyError> {
    let mut bytes = [0; 32];
    hkdf::Salt::new(hkdf::HKDF_SHA256, clinic.as_bytes())
        .extract(secret)
        .expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut bytes))
        .map_err(|_| KeyError::Unavailable("key derivation failed".into()))?;
    Ok(WrapKey(bytes))
}

/// What a wrapped key is wrapped under; nothing if it is none.
pub fn wrapped_under(wrapped: &[u8]) -> Option<KeySecretId> {
    match wrapped.split_first()? {
        (&UNDER_ROOT, _) => Some(KeySecretId::root()),
        (&UNDER_SECRET, rest) => rest.first_chunk::<8>().map(named),
        _ => None,
    }
}

/// Sixteen digits are always a name.
fn named(id: &[u8; 8]) -> KeySecretId {
    hexadecimal(id).try_into().unwrap_or_else(|_| KeySecretId::root())
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

    #[test]
    fn a_key_opens_under_the_secret_it_is_wrapped_under_and_names_it() {
        let facts = KeyFacts {
            clinic: Uuid::from_u128(1),
            patient: Uuid::from_u128(2),
            class: Class::General,
            data_key_id: Uuid::from_u128(3),
        };
        let root = || LocalKeys::new([1; 32]);
        let (old, both) = (root().with_key_secrets([[8; 32]]), root().with_key_secrets([[9; 32], [8; 32]]));
        let wrapped = [&root(), &old, &both].map(|keys| keys.wrap_now(&facts, &DataKey([5; 32])).unwrap());
        let under = wrapped.each_ref().map(|wrapped| wrapped_under(wrapped).unwrap());
        assert_eq!(under, [KeySecretId::root(), old.key_secret(), both.key_secret()]);
        assert_ne!(old.key_secret(), both.key_secret());
        for wrapped in &wrapped {
            assert_eq!(both.unwrap_now(&facts, wrapped).unwrap().0, [5; 32]);
        }
        let unknown = Err(KeyError::UnknownSecret(both.key_secret().as_str().into()));
        assert_eq!(old.unwrap_now(&facts, &wrapped[2]).map(drop), unknown);
        // The name is no more than a name: another secret's does not open it.
        let mut other = wrapped[2].clone();
        other[1..9].copy_from_slice(&wrapped[1][1..9]);
        assert_eq!(both.unwrap_now(&facts, &other).map(drop), Err(KeyError::NotOurs));
        for cut in 0..wrapped[2].len() {
            assert!(both.unwrap_now(&facts, &wrapped[2][..cut]).is_err(), "{cut}");
        }
        assert_eq!(wrapped_under(b""), None);
        assert_eq!(wrapped_under(&[3; 61]), None);
    }
}
