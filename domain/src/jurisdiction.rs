//! Where in the United States someone is, as far as law is concerned: a state, the District of Columbia or a territory.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

/// The two-letter postal code of a state or territory. Stored and shown as `"WI"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Jurisdiction(&'static str);

/// Not a code from the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the two-letter code of a US state or territory in capitals, such as WI")]
pub struct UnknownJurisdiction;

/// Fifty states, the District of Columbia, five territories.
const CODES: [&str; 56] = [
    "AK", "AL", "AR", "AS", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "GU", "HI", "IA", "ID", "IL", "IN", "KS",
    "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MP", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY",
    "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VI", "VT", "WA", "WI", "WV", "WY",
];

impl Jurisdiction {
    /// The two letters.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// Every jurisdiction there is, in the order of the alphabet.
    pub fn all() -> impl Iterator<Item = Self> {
        CODES.into_iter().map(Self)
    }
}

impl TryFrom<&str> for Jurisdiction {
    type Error = UnknownJurisdiction;

    fn try_from(code: &str) -> Result<Self, UnknownJurisdiction> {
        CODES.iter().find(|known| **known == code).map(|known| Self(known)).ok_or(UnknownJurisdiction)
    }
}

impl TryFrom<String> for Jurisdiction {
    type Error = UnknownJurisdiction;

    fn try_from(code: String) -> Result<Self, UnknownJurisdiction> {
        Self::try_from(code.as_str())
    }
}

impl<'de> Deserialize<'de> for Jurisdiction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}

impl std::fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::fmt::Debug for Jurisdiction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl JsonSchema for Jurisdiction {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Jurisdiction".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": CODES.as_slice() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_on_the_list_are_jurisdictions() {
        assert_eq!(Jurisdiction::try_from("WI").unwrap().code(), "WI");
        for wrong in ["wi", "XX", "", "Wisconsin"] {
            assert_eq!(Jurisdiction::try_from(wrong), Err(UnknownJurisdiction));
        }
    }

    #[test]
    fn it_is_stored_as_its_two_letters() {
        let stored = serde_json::to_string(&Jurisdiction::try_from("MN").unwrap()).unwrap();
        assert_eq!(stored, "\"MN\"");
        assert_eq!(serde_json::from_str::<Jurisdiction>(&stored).unwrap().code(), "MN");
    }
}
