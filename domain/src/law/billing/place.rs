//! Place of service: where the patient was, in the code set payers share.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::ShapeError;
use crate::law::book::Effect;

/// A place of service: two digits, such as `10`. It tells where a person was, so events seal it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlaceOfService([u8; 2]);

impl PlaceOfService {
    /// Telehealth, the patient not at home.
    pub const TELEHEALTH_ELSEWHERE: Self = Self(*b"02");
    /// Telehealth, the patient at home.
    pub const TELEHEALTH_AT_HOME: Self = Self(*b"10");

    /// The two digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }

    /// Whether it is one of telehealth.
    pub fn is_telehealth(self) -> bool {
        self == Self::TELEHEALTH_ELSEWHERE || self == Self::TELEHEALTH_AT_HOME
    }
}

impl TryFrom<&str> for PlaceOfService {
    type Error = ShapeError;

    fn try_from(text: &str) -> Result<Self, ShapeError> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => Ok(Self([*a, *b])),
            _ => Err(ShapeError { expected: "a place of service of two digits such as 10" }),
        }
    }
}

impl TryFrom<String> for PlaceOfService {
    type Error = ShapeError;

    fn try_from(text: String) -> Result<Self, ShapeError> {
        Self::try_from(text.as_str())
    }
}

impl From<PlaceOfService> for String {
    fn from(place: PlaceOfService) -> String {
        place.as_str().to_owned()
    }
}

impl std::fmt::Debug for PlaceOfService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

impl std::fmt::Display for PlaceOfService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl JsonSchema for PlaceOfService {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "PlaceOfService".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]{2}$" })
    }
}

/// A row: the place of service of telehealth with the patient at home, or elsewhere.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::law) struct PlaceRule {
    at_home: Vec<bool>,
    pub place: PlaceOfService,
}

/// Where the patient was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::law) struct AtHome(pub bool);

impl std::fmt::Display for AtHome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0 { "a patient at home" } else { "a patient not at home" })
    }
}

impl Effect for PlaceRule {
    const KIND: &'static str = "billing-place";
    const MATTER: &'static str = "the place of service of telehealth";
    type Subject = AtHome;

    fn subjects(&self) -> Vec<AtHome> {
        self.at_home.iter().copied().map(AtHome).collect()
    }
}
