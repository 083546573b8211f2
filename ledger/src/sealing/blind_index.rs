//! Blind index: look-ups of sealed values by keyed hash (ledger.md section 7). It shows an observer of the table which
//! rows share a value and how often one occurs; it does not show the value.

use aws_lc_rs::hmac;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::WrapKey;
use crate::format::{label, put_s8};

/// A clinic's index key.
pub struct BlindIndex(hmac::Key);

impl BlindIndex {
    /// From the provider's key of the clinic.
    pub fn new(key: &WrapKey) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &key.0))
    }

    /// `HMAC(key, L("index") ‖ s8(field) ‖ normalized)[:16]`.
    pub fn token(&self, field: &str, text: &str) -> [u8; 16] {
        let mut bytes = label("index");
        put_s8(&mut bytes, field);
        bytes.extend_from_slice(normalize(text).as_bytes());
        let tag = hmac::sign(&self.0, &bytes);
        let mut token = [0; 16];
        token.copy_from_slice(&tag.as_ref()[..16]);
        token
    }

    /// `HMAC(key, L("identity") ‖ s8(kind) ‖ (u64 length ‖ part)…)`: stands for what these bytes are, exactly as they are.
    /// The same bytes of the same clinic have the same identity; without the key nobody can try bytes.
    pub fn identity(&self, kind: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        let mut start = label("identity");
        put_s8(&mut start, kind);
        context.update(&start);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut identity = [0; 32];
        identity.copy_from_slice(context.sign().as_ref());
        identity
    }

    /// Tokens of a name and its prefixes of 2 to 4 letters, for search while typing.
    pub fn name_tokens(&self, field: &str, name: &str) -> Vec<[u8; 16]> {
        let letters: Vec<char> = normalize(name).chars().collect();
        let mut texts: Vec<String> =
            (2..=4).filter(|n| *n < letters.len()).map(|n| letters[..n].iter().collect()).collect();
        texts.push(letters.into_iter().collect());
        texts.iter().map(|text| self.token(field, text)).collect()
    }
}

/// NFKD without marks, lower case, single spaces.
pub fn normalize(text: &str) -> String {
    let bare: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_differences_that_people_do_not_see_make_one_token() {
        let index = BlindIndex::new(&WrapKey([3; 32]));
        assert_eq!(index.token("family", "  García  LÓPEZ"), index.token("family", "Garci\u{301}a lopez"));
        assert_ne!(index.token("family", "garcia"), index.token("mrn", "garcia"));
        assert_eq!(index.name_tokens("family", "Ng").len(), 1);
        assert_eq!(index.name_tokens("family", "García").len(), 4);
        assert!(index.name_tokens("family", "García").contains(&index.token("family", "gar")));
    }

    #[test]
    fn an_identity_is_of_the_exact_bytes_their_parts_their_kind_and_the_clinic() {
        let index = BlindIndex::new(&WrapKey([3; 32]));
        let identity = index.identity("id", &[b"ab", b"c"]);
        assert_eq!(identity, index.identity("id", &[b"ab", b"c"]));
        for other in [
            index.identity("id", &[b"a", b"bc"]),
            index.identity("id", &[b"AB", b"c"]),
            index.identity("id", &[b"abc"]),
            index.identity("content", &[b"ab", b"c"]),
            BlindIndex::new(&WrapKey([4; 32])).identity("id", &[b"ab", b"c"]),
        ] {
            assert_ne!(identity, other);
        }
    }
}
