//! Ids of what is imported, derived and not drawn: the same resource of the same source at the same clinic always comes to
//! the same stream, so that an import that is repeated, or begun anew after a crash, finds what is there already.

use daybook_domain::{Code, PatientId, Sha256Hex};
use daybook_ledger::sealing::BlindIndex;
use uuid::Uuid;

use crate::kind::Kind;

/// Derives ids under the clinic's index key: who has a source's id but not the key cannot tell which stream is meant.
pub struct Identities {
    index: BlindIndex,
    source: Code,
}

impl Identities {
    /// For one source at the clinic whose index it is.
    pub fn new(index: BlindIndex, source: Code) -> Self {
        Self { index, source }
    }

    /// The source's name.
    pub fn source(&self) -> &Code {
        &self.source
    }

    /// The patient with this id at the source, imported or not.
    pub fn patient(&self, id: &str) -> PatientId {
        PatientId(self.resource(Kind::Patient, id))
    }

    /// Stream id of the resource with this id at the source.
    pub fn resource(&self, kind: Kind, id: &str) -> Uuid {
        let parts = [self.source.as_str().as_bytes(), kind.name().as_bytes(), id.as_bytes()];
        let identity = self.index.identity("imported-resource", &parts);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&identity[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// What tells the content of a resource from any other.
    pub fn content(&self, bytes: &[u8]) -> Sha256Hex {
        hexadecimal(&self.index.identity("imported-content", &[bytes]))
    }

    /// The clinic's index.
    pub fn index(&self) -> &BlindIndex {
        &self.index
    }
}

/// 32 bytes as the domain writes hashes.
pub(crate) fn hexadecimal(bytes: &[u8]) -> Sha256Hex {
    use std::fmt::Write;
    let text = bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    Sha256Hex::try_from(text).expect("32 bytes are 64 digits")
}

#[cfg(test)]
mod tests {
    use daybook_ledger::sealing::{KeyProvider, LocalKeys};

    use super::*;

    fn identities(clinic: u128, source: &str) -> Identities {
        let key = LocalKeys::new([1; 32]).index_key(Uuid::from_u128(clinic)).unwrap();
        Identities::new(BlindIndex::new(&key), source.try_into().unwrap())
    }

    #[test]
    fn an_id_is_one_clinics_one_sources_and_one_resources() {
        let id = identities(1, "old-ehr").resource(Kind::Condition, "a");
        assert_eq!(id, identities(1, "old-ehr").resource(Kind::Condition, "a"));
        for other in [
            identities(2, "old-ehr").resource(Kind::Condition, "a"),
            identities(1, "other-ehr").resource(Kind::Condition, "a"),
            identities(1, "old-ehr").resource(Kind::Encounter, "a"),
            identities(1, "old-ehr").resource(Kind::Condition, "A"),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn a_change_of_one_byte_is_other_content() {
        let identities = identities(1, "old-ehr");
        assert_eq!(identities.content(b"{}"), identities.content(b"{}"));
        assert_ne!(identities.content(b"{}"), identities.content(b"{ }"));
    }
}
