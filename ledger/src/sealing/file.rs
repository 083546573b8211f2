//! The sealed bytes of one file, which are kept outside of the log: AES-256-GCM in chunks, as they come and go. Each chunk is
//! bound to its place and the last one says that it is the last (the STREAM construction), so that chunks cannot be left
//! out, put elsewhere or cut off; all are bound to the file's own place, under keys derived for this file alone.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{constant_time, hkdf, hmac};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{DataKey, SealError};
use crate::format::label;

const VERSION: u8 = 0x01;
const PREFIX: usize = 7;
/// Bytes before the first chunk: version, data key id, nonce prefix, commitment to the key.
pub const FILE_HEAD: usize = 1 + 16 + PREFIX + 32;
/// Unsealed bytes of every chunk but the last.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

/// Which file: what its sealed bytes are bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilePlace {
    pub clinic: Uuid,
    pub visit: Uuid,
    pub file: Uuid,
}

impl FilePlace {
    fn aad(&self, data_key_id: Uuid) -> Vec<u8> {
        let mut aad = label("file");
        aad.push(VERSION);
        for id in [data_key_id, self.clinic, self.visit, self.file] {
            aad.extend_from_slice(id.as_bytes());
        }
        aad
    }
}

/// HKDF-SHA256(data key, salt = file id, info = "daybook/file/v1"): the cipher's key and the commitment's.
#[derive(Zeroize, ZeroizeOnDrop)]
struct FileKeys([u8; 64]);

impl FileKeys {
    fn derive(key: &DataKey, file: Uuid) -> Result<Self, SealError> {
        struct Len;
        impl hkdf::KeyType for Len {
            fn len(&self) -> usize {
                64
            }
        }
        let mut bytes = [0; 64];
        hkdf::Salt::new(hkdf::HKDF_SHA256, file.as_bytes())
            .extract(&key.0)
            .expand(&[b"daybook/file/v1"], Len)
            .and_then(|okm| okm.fill(&mut bytes))
            .map_err(|_| SealError::Library)?;
        Ok(Self(bytes))
    }

    fn cipher(&self) -> Result<LessSafeKey, SealError> {
        UnboundKey::new(&AES_256_GCM, &self.0[..32]).map(LessSafeKey::new).map_err(|_| SealError::Library)
    }

    fn commitment(&self, prefix: &[u8], aad: &[u8]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0[32..]));
        context.update(prefix);
        context.update(aad);
        context.sign()
    }
}

/// What both directions keep: the key, the place, and how far they are.
struct Chunks {
    cipher: LessSafeKey,
    aad: Vec<u8>,
    prefix: [u8; PREFIX],
    next: u32,
    held: Vec<u8>,
}

impl Chunks {
    /// The next chunk's nonce: the file's random prefix, the chunk's number, whether it is the last.
    fn nonce(&mut self, last: bool) -> Result<Nonce, SealError> {
        let mut nonce = [0; 12];
        nonce[..PREFIX].copy_from_slice(&self.prefix);
        nonce[PREFIX..11].copy_from_slice(&self.next.to_be_bytes());
        nonce[11] = u8::from(last);
        self.next = self.next.checked_add(1).ok_or(SealError::Library)?;
        Ok(Nonce::assume_unique_for_key(nonce))
    }
}

/// Seals a file on its way out of the process.
pub struct FileSealer(Chunks);

impl FileSealer {
    /// For one file, once: `prefix` must come fresh from the operating system. Also gives the head, which goes first.
    pub fn new(
        key: &DataKey,
        data_key_id: Uuid,
        place: FilePlace,
        prefix: [u8; PREFIX],
    ) -> Result<(Vec<u8>, Self), SealError> {
        let (keys, aad) = (FileKeys::derive(key, place.file)?, place.aad(data_key_id));
        let mut head = Vec::with_capacity(FILE_HEAD);
        head.push(VERSION);
        head.extend_from_slice(data_key_id.as_bytes());
        head.extend_from_slice(&prefix);
        head.extend_from_slice(keys.commitment(&prefix, &aad).as_ref());
        let held = Vec::with_capacity(CHUNK);
        Ok((head, Self(Chunks { cipher: keys.cipher()?, aad, prefix, next: 0, held })))
    }

    /// Takes the next bytes; what can be sealed of all so far goes to the end of `out`.
    pub fn push(&mut self, mut clear: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        while !clear.is_empty() {
            // A full chunk is sealed only once more follows: it may be the last.
            if self.0.held.len() == CHUNK {
                self.seal(false, out)?;
            }
            let (now, later) = clear.split_at(clear.len().min(CHUNK - self.0.held.len()));
            self.0.held.extend_from_slice(now);
            clear = later;
        }
        Ok(())
    }

    /// Nothing follows: the last chunk goes to the end of `out`.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), SealError> {
        self.seal(true, out)
    }

    fn seal(&mut self, last: bool, out: &mut Vec<u8>) -> Result<(), SealError> {
        let nonce = self.0.nonce(last)?;
        let tag = self.0.cipher.seal_in_place_separate_tag(nonce, Aad::from(&self.0.aad), &mut self.0.held);
        let tag = tag.map_err(|_| SealError::Library)?;
        out.extend_from_slice(&self.0.held);
        out.extend_from_slice(tag.as_ref());
        self.0.held.clear();
        Ok(())
    }
}

/// Opens a file as it comes in. What it gave out so far is genuine and a beginning of the file; only when `finish` succeeds
/// it was all of it.
pub struct FileOpener(Chunks);

impl std::fmt::Debug for FileOpener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileOpener")
    }
}

impl FileOpener {
    /// From the file's head. Refuses another key's or another file's.
    pub fn new(key: &DataKey, place: FilePlace, head: &[u8]) -> Result<Self, SealError> {
        let data_key_id = file_data_key_id(head).ok_or(SealError::Malformed)?;
        let (keys, aad) = (FileKeys::derive(key, place.file)?, place.aad(data_key_id));
        let mut prefix = [0; PREFIX];
        prefix.copy_from_slice(&head[17..17 + PREFIX]);
        constant_time::verify_slices_are_equal(keys.commitment(&prefix, &aad).as_ref(), &head[17 + PREFIX..])
            .map_err(|_| SealError::WrongKeyOrPlace)?;
        Ok(Self(Chunks { cipher: keys.cipher()?, aad, prefix, next: 0, held: Vec::new() }))
    }

    /// Takes the next sealed bytes; what can be opened of all so far goes to the end of `out`.
    pub fn push(&mut self, sealed: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        self.0.held.extend_from_slice(sealed);
        // A full chunk is opened only once more follows: it may be the last.
        while self.0.held.len() > CHUNK + TAG {
            let rest = self.0.held.split_off(CHUNK + TAG);
            self.open(false, out)?;
            self.0.held = rest;
        }
        Ok(())
    }

    /// Nothing follows: the last chunk goes to the end of `out`.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), SealError> {
        self.open(true, out)
    }

    fn open(&mut self, last: bool, out: &mut Vec<u8>) -> Result<(), SealError> {
        let nonce = self.0.nonce(last)?;
        let clear = self.0.cipher.open_in_place(nonce, Aad::from(&self.0.aad), &mut self.0.held);
        out.extend_from_slice(clear.map_err(|_| SealError::Changed)?);
        Ok(())
    }
}

/// How many bytes a file of so many has when it is sealed.
pub fn sealed_length(bytes: u64) -> u64 {
    let chunks = bytes.div_ceil(CHUNK as u64).max(1);
    bytes.saturating_add(FILE_HEAD as u64).saturating_add(chunks.saturating_mul(TAG as u64))
}

/// The id of the data key that sealed a file, from its head; `None` if it is no head of a known version.
pub fn file_data_key_id(head: &[u8]) -> Option<Uuid> {
    if head.len() != FILE_HEAD || head[0] != VERSION {
        return None;
    }
    Uuid::from_slice(&head[1..17]).ok()
}

/// Stands for content without telling it: an HMAC of its hash under a key derived from the data key. With the data key gone
/// nobody can try contents.
pub fn file_fingerprint(key: &DataKey, content_sha256: &[u8; 32]) -> Result<[u8; 32], SealError> {
    let mut derived = [0; 32];
    hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
        .extract(&key.0)
        .expand(&[b"daybook/file-fingerprint/v1"], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut derived))
        .map_err(|_| SealError::Library)?;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &derived), content_sha256);
    derived.zeroize();
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(tag.as_ref());
    Ok(fingerprint)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY_ID: Uuid = Uuid::from_u128(5);

    fn place(file: u128) -> FilePlace {
        FilePlace { clinic: Uuid::from_u128(1), visit: Uuid::from_u128(2), file: Uuid::from_u128(file) }
    }

    fn sealed(clear: &[u8], piece: usize) -> Vec<u8> {
        let (mut out, mut sealer) = FileSealer::new(&DataKey([7; 32]), KEY_ID, place(3), [9; PREFIX]).unwrap();
        clear.chunks(piece.max(1)).for_each(|piece| sealer.push(piece, &mut out).unwrap());
        sealer.finish(&mut out).unwrap();
        out
    }

    fn opened(place: FilePlace, key: [u8; 32], sealed: &[u8], piece: usize) -> Result<Vec<u8>, SealError> {
        let (head, rest) = sealed.split_at(FILE_HEAD.min(sealed.len()));
        let (mut opener, mut out) = (FileOpener::new(&DataKey(key), place, head)?, Vec::new());
        for piece in rest.chunks(piece.max(1)) {
            opener.push(piece, &mut out)?;
        }
        opener.finish(&mut out).map(|()| out)
    }

    fn content(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at * 31 % 251) as u8).collect()
    }

    #[test]
    fn a_file_of_any_length_comes_back_however_it_is_cut() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
            let clear = content(length);
            for piece in [1000, CHUNK, 10 * CHUNK] {
                let sealed = sealed(&clear, piece);
                assert_eq!(sealed.len(), FILE_HEAD + length + TAG * length.div_ceil(CHUNK).max(1));
                assert_eq!(sealed.len() as u64, sealed_length(length as u64));
                assert!(opened(place(3), [7; 32], &sealed, piece + 7).unwrap() == clear, "{length}");
            }
        }
    }

    #[test]
    fn what_was_cut_off_left_out_or_put_elsewhere_does_not_open() {
        let (whole, chunk) = (sealed(&content(3 * CHUNK + 5), CHUNK), CHUNK + TAG);
        let open = |sealed: &[u8]| opened(place(3), [7; 32], sealed, 10_000);
        let at = |number: usize| FILE_HEAD + number * chunk;
        for cut in [at(0), at(1), at(2), at(3), at(3) + 1, whole.len() - 1] {
            assert_eq!(open(&whole[..cut]), Err(SealError::Changed), "cut at {cut}");
        }
        assert_eq!(open(&[&whole[..at(1)], &whole[at(2)..]].concat()), Err(SealError::Changed));
        assert_eq!(
            open(&[&whole[..at(0)], &whole[at(1)..at(2)], &whole[at(0)..at(1)], &whole[at(2)..]].concat()),
            Err(SealError::Changed)
        );
        assert_eq!(open(&[&whole[..], &whole[at(3)..]].concat()), Err(SealError::Changed));
        assert_eq!(open(&whole[..FILE_HEAD - 1]), Err(SealError::Malformed));
    }

    #[test]
    fn another_files_or_another_keys_bytes_do_not_open() {
        let whole = sealed(b"%PDF-", 5);
        let other_visit = FilePlace { visit: Uuid::from_u128(4), ..place(3) };
        for place in [place(4), other_visit] {
            assert_eq!(opened(place, [7; 32], &whole, 5), Err(SealError::WrongKeyOrPlace));
        }
        assert_eq!(opened(place(3), [8; 32], &whole, 5), Err(SealError::WrongKeyOrPlace));
        assert_eq!(file_data_key_id(&whole[..FILE_HEAD]), Some(KEY_ID));
    }

    #[test]
    fn a_fingerprint_is_of_one_content_and_one_key() {
        let of = |key, content| file_fingerprint(&DataKey([key; 32]), &[content; 32]).unwrap();
        assert_eq!(of(1, 1), of(1, 1));
        assert!(of(1, 1) != of(1, 2) && of(1, 1) != of(2, 1));
    }

    proptest! {
        #[test]
        fn any_flipped_bit_is_caught(length in 0..2000_usize, at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let mut changed = sealed(&content(length), 512);
            let index = at.index(changed.len());
            changed[index] ^= 1 << bit;
            prop_assert!(opened(place(3), [7; 32], &changed, 300).is_err());
        }
    }
}
