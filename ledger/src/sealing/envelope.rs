//! The sealed bytes of one event: AES-256-GCM under keys derived for this event, with a commitment to the key, because
//! GCM alone opens under more than one key.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{constant_time, hkdf, hmac};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::format::{Stream, label, part, put_s8};

const VERSION: u8 = 0x01;
/// Version, data key id, nonce, commitment.
const HEAD: usize = 1 + 16 + 12 + 32;
const TAG: usize = 16;

/// Why sealed bytes were not opened. Says nothing about their content.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    #[error("not sealed bytes of a known version")]
    Malformed,
    #[error("sealed under another key, or moved from another event")]
    WrongKeyOrPlace,
    #[error("the sealed bytes were changed")]
    Changed,
    #[error("the cryptographic library refused")]
    Library,
}

/// A data key: 32 random bytes, one per patient and class.
#[derive(Zeroize, ZeroizeOnDrop, Clone)]
pub struct DataKey(pub(crate) [u8; 32]);

/// Where an event stands: what its sealed bytes are bound to.
pub struct Address<'a> {
    pub clinic: Uuid,
    pub stream: &'a Stream,
    pub event_id: Uuid,
    pub event_type: &'a str,
    pub event_version: &'a str,
    pub payload: &'a [u8],
}

impl Address<'_> {
    fn aad(&self, data_key_id: Uuid) -> Vec<u8> {
        let mut aad = label("seal");
        aad.push(VERSION);
        aad.extend_from_slice(data_key_id.as_bytes());
        aad.extend_from_slice(self.clinic.as_bytes());
        put_s8(&mut aad, &self.stream.kind);
        aad.extend_from_slice(self.stream.id.as_bytes());
        aad.extend_from_slice(self.event_id.as_bytes());
        put_s8(&mut aad, self.event_type);
        put_s8(&mut aad, self.event_version);
        aad.extend_from_slice(&part("payload", self.payload));
        aad
    }
}

/// The 64 bytes derived for one event; what an export with content hands out instead of a data key.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct EventKeys([u8; 64]);

impl EventKeys {
    /// HKDF-SHA256(data key, salt = event id, info = "daybook/seal/v1").
    pub fn derive(key: &DataKey, event_id: Uuid) -> Result<Self, SealError> {
        struct Len;
        impl hkdf::KeyType for Len {
            fn len(&self) -> usize {
                64
            }
        }
        let mut bytes = [0; 64];
        hkdf::Salt::new(hkdf::HKDF_SHA256, event_id.as_bytes())
            .extract(&key.0)
            .expand(&[b"daybook/seal/v1"], Len)
            .and_then(|okm| okm.fill(&mut bytes))
            .map_err(|_| SealError::Library)?;
        Ok(Self(bytes))
    }

    /// From the bytes that came with an export.
    pub fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The bytes themselves, for an export to a recipient.
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    fn cipher(&self) -> Result<LessSafeKey, SealError> {
        UnboundKey::new(&AES_256_GCM, &self.0[..32]).map(LessSafeKey::new).map_err(|_| SealError::Library)
    }

    fn commitment(&self, nonce: &[u8], aad: &[u8]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0[32..]));
        context.update(nonce);
        context.update(aad);
        context.sign()
    }

    /// Seals `clear` (the JSON array of lifted values). `nonce` must come fresh from the operating system.
    pub fn seal(
        &self,
        data_key_id: Uuid,
        address: &Address<'_>,
        nonce: [u8; 12],
        clear: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let aad = address.aad(data_key_id);
        let mut out = Vec::with_capacity(HEAD + clear.len() + TAG);
        out.push(VERSION);
        out.extend_from_slice(data_key_id.as_bytes());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(self.commitment(&nonce, &aad).as_ref());
        out.extend_from_slice(clear);
        let tag = self
            .cipher()?
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&aad), &mut out[HEAD..])
            .map_err(|_| SealError::Library)?;
        out.extend_from_slice(tag.as_ref());
        Ok(out)
    }

    /// Opens sealed bytes: the commitment is compared in constant time before anything is decrypted.
    pub fn open(&self, address: &Address<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let data_key_id = data_key_id(sealed).ok_or(SealError::Malformed)?;
        let aad = address.aad(data_key_id);
        let nonce: [u8; 12] = sealed[17..29].try_into().map_err(|_| SealError::Malformed)?;
        constant_time::verify_slices_are_equal(self.commitment(&nonce, &aad).as_ref(), &sealed[29..HEAD])
            .map_err(|_| SealError::WrongKeyOrPlace)?;
        let mut clear = sealed[HEAD..].to_vec();
        let length = self
            .cipher()?
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(&aad), &mut clear)
            .map_err(|_| SealError::Changed)?
            .len();
        clear.truncate(length);
        Ok(clear)
    }
}

/// The id of the data key that sealed these bytes; `None` if they are not sealed bytes of a known version.
pub fn data_key_id(sealed: &[u8]) -> Option<Uuid> {
    if sealed.len() < HEAD + TAG || sealed[0] != VERSION {
        return None;
    }
    Uuid::from_slice(&sealed[1..17]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn address<'a>(stream: &'a Stream, payload: &'a [u8]) -> Address<'a> {
        Address {
            clinic: Uuid::from_bytes([0x11; 16]),
            stream,
            event_id: Uuid::from_bytes([0x41; 16]),
            event_type: "scheduled",
            event_version: "1.0",
            payload,
        }
    }

    proptest! {
        #[test]
        fn any_flipped_bit_of_the_sealed_bytes_is_caught(clear in prop::collection::vec(any::<u8>(), 0..80), at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let stream = Stream::new("visit", Uuid::from_bytes([0x22; 16]));
            let keys = EventKeys::derive(&DataKey([7; 32]), Uuid::from_bytes([0x41; 16])).unwrap();
            let address = address(&stream, b"{}");
            let sealed = keys.seal(Uuid::from_bytes([0x55; 16]), &address, [9; 12], &clear).unwrap();
            prop_assert_eq!(keys.open(&address, &sealed).unwrap(), clear);
            let mut changed = sealed.clone();
            changed[at.index(sealed.len())] ^= 1 << bit;
            prop_assert!(keys.open(&address, &changed).is_err());
        }
    }

    #[test]
    fn sealed_bytes_moved_to_another_event_do_not_open() {
        let stream = Stream::new("visit", Uuid::from_bytes([0x22; 16]));
        let keys = EventKeys::derive(&DataKey([7; 32]), Uuid::from_bytes([0x41; 16])).unwrap();
        let sealed = keys.seal(Uuid::from_bytes([0x55; 16]), &address(&stream, b"{}"), [9; 12], b"[1]").unwrap();
        assert_eq!(keys.open(&address(&stream, b"{ }"), &sealed), Err(SealError::WrongKeyOrPlace));
        assert_eq!(keys.open(&address(&stream, b"{}"), &sealed[..HEAD]), Err(SealError::Malformed));
    }
}
