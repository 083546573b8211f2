//! What a note says, section by section, and the hash of it that a signature commits to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::Template;
use crate::{Code, Sha256Hex, Text};

/// What a note says: the text of each section, by the section's key. Which sections there are is said by its template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct NoteBody(BTreeMap<Code, Text<20000>>);

impl NoteBody {
    /// Whether no section has text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each section's key and text, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&Code, &Text<20000>)> {
        self.0.iter()
    }

    /// The keys of the sections that have text.
    pub fn keys(&self) -> BTreeSet<Code> {
        self.0.keys().cloned().collect()
    }

    /// The body as canonical JSON (RFC 8785): sorted names, no white space, empty sections left out.
    pub fn canonical_json(&self) -> Vec<u8> {
        // A map of strings to strings always serializes; the empty vector would only make hashes differ.
        serde_json::to_vec(&self.0).unwrap_or_default()
    }
}

impl FromIterator<(Code, Text<20000>)> for NoteBody {
    fn from_iter<I: IntoIterator<Item = (Code, Text<20000>)>>(sections: I) -> Self {
        Self(sections.into_iter().collect())
    }
}

/// Reads a body from a caller, who must not lose a section to a misspelt name: a key that no template has is refused. A
/// section that is null has no text. A stored body is read leniently.
pub fn strict_body<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NoteBody, D::Error> {
    struct Sections;

    impl<'de> Visitor<'de> for Sections {
        type Value = NoteBody;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of sections")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<NoteBody, A::Error> {
            let (mut body, mut seen) = (BTreeMap::new(), BTreeSet::new());
            while let Some(Key(key)) = entries.next_key()? {
                let text = entries.next_value::<Option<Text<20000>>>()?;
                if !seen.insert(key.clone()) {
                    return Err(A::Error::custom(format_args!("duplicate field `{}`", key.as_str())));
                }
                if let Some(text) = text {
                    body.insert(key, text);
                }
            }
            Ok(NoteBody(body))
        }
    }

    deserializer.deserialize_map(Sections)
}

/// A key that is a section's in some template.
struct Key(Code);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Known;

        impl Visitor<'_> for Known {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a section's key")
            }

            fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Key, E> {
                let known = Template::keys().contains(&key).then(|| Code::try_from(key).ok()).flatten();
                known.map(Key).ok_or_else(|| E::unknown_field(key, Template::keys()))
            }
        }

        deserializer.deserialize_identifier(Known)
    }
}

/// The hash of what a draft says: SHA-256 over `daybook/note/v1\n\0`, the 32 bytes of salt and the body as canonical JSON.
/// With the salt erased along with the body, nobody can try bodies against the hash.
pub fn content_sha256(salt: &[u8; 32], body: &NoteBody) -> Sha256Hex {
    Sha256Hex::of(&[b"daybook/note/v1\n\0", salt, &body.canonical_json()])
}

pub(super) fn addendum_sha256(salt: &[u8; 32], body: &Text<20000>) -> Sha256Hex {
    let canonical = serde_json::to_vec(body.as_str()).unwrap_or_default();
    Sha256Hex::of(&[b"daybook/addendum/v1\n\0", salt, &canonical])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visit::note::example::sections;

    #[test]
    fn the_hash_is_over_label_salt_and_sorted_sections() {
        let body = sections(&[("plan", "b\nc"), ("assessment", "a")]);
        let canonical = br#"{"assessment":"a","plan":"b\nc"}"#;
        assert_eq!(body.canonical_json(), canonical);
        let salt = [7; 32];
        assert_eq!(content_sha256(&salt, &body), Sha256Hex::of(&[b"daybook/note/v1\n\0", &salt, canonical]));
        assert_ne!(content_sha256(&salt, &body), content_sha256(&[8; 32], &body));
    }

    #[test]
    fn a_caller_may_leave_a_section_empty_and_may_not_misspell_or_repeat_one() {
        let read =
            |json: &str| strict_body(&mut serde_json::Deserializer::from_str(json)).map_err(|error| error.to_string());
        assert_eq!(read(r#"{"plan":"Rest.","objective":null}"#), Ok(sections(&[("plan", "Rest.")])));
        assert!(read(r#"{"paln":"Rest."}"#).unwrap_err().starts_with("unknown field `paln`, expected one of"));
        assert!(read(r#"{"plan":"a","plan":"b"}"#).unwrap_err().starts_with("duplicate field `plan`"));
        assert!(read(r#"{"plan":""}"#).unwrap_err().contains("empty"));
    }
}
