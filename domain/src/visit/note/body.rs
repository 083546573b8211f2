//! What a note says, and the hash of it that a signature commits to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Sha256Hex, Text};

/// What a note says, in the four sections of the trade.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoteBody {
    /// What the patient says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjective: Option<Text<20000>>,
    /// What the provider finds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<Text<20000>>,
    /// What the provider makes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Text<20000>>,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Text<20000>>,
}

impl NoteBody {
    /// Whether no section has text.
    pub fn is_empty(&self) -> bool {
        self.sections().is_empty()
    }

    fn sections(&self) -> BTreeMap<&'static str, &str> {
        [
            ("subjective", &self.subjective),
            ("objective", &self.objective),
            ("assessment", &self.assessment),
            ("plan", &self.plan),
        ]
        .into_iter()
        .filter_map(|(name, section)| section.as_ref().map(|text| (name, text.as_str())))
        .collect()
    }

    /// The body as canonical JSON (RFC 8785): sorted names, no white space, empty sections left out.
    pub fn canonical_json(&self) -> Vec<u8> {
        // A map of strings to strings always serializes; the empty vector would only make hashes differ.
        serde_json::to_vec(&self.sections()).unwrap_or_default()
    }
}

/// Reads a body from a caller, who must not lose a section to a misspelt name. A stored body is read leniently.
pub(super) fn strict<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NoteBody, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        subjective: Option<Text<20000>>,
        objective: Option<Text<20000>>,
        assessment: Option<Text<20000>>,
        plan: Option<Text<20000>>,
    }
    let Strict { subjective, objective, assessment, plan } = Strict::deserialize(deserializer)?;
    Ok(NoteBody { subjective, objective, assessment, plan })
}

/// What a signature commits to: SHA-256 over `daybook/note/v1\n\0`, the 32 bytes of salt and the body as canonical JSON.
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
    use crate::given::text;

    #[test]
    fn the_hash_is_over_label_salt_and_sorted_sections() {
        let body = NoteBody { plan: Some(text("b\nc")), assessment: Some(text("a")), ..NoteBody::default() };
        let canonical = br#"{"assessment":"a","plan":"b\nc"}"#;
        assert_eq!(body.canonical_json(), canonical);
        let salt = [7; 32];
        assert_eq!(content_sha256(&salt, &body), Sha256Hex::of(&[b"daybook/note/v1\n\0", &salt, canonical]));
        assert_ne!(content_sha256(&salt, &body), content_sha256(&[8; 32], &body));
    }
}
