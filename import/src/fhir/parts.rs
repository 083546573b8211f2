//! Data types that resources share.

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// HumanName.
#[derive(Debug, Deserialize)]
pub struct Name {
    #[serde(rename = "use")]
    pub usage: Option<String>,
    pub family: Option<String>,
    #[serde(default)]
    pub given: Vec<String>,
    #[serde(default)]
    pub prefix: Vec<String>,
}

/// Identifier.
#[derive(Debug, Deserialize)]
pub struct Identifier {
    #[serde(rename = "type")]
    pub kind: Option<Concept>,
    pub system: Option<String>,
    pub value: Option<String>,
}

/// ContactPoint.
#[derive(Debug, Deserialize)]
pub struct Contact {
    pub system: Option<String>,
    pub value: Option<String>,
}

/// Address.
#[derive(Debug, Deserialize)]
pub struct Address {
    #[serde(default)]
    pub line: Vec<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    #[serde(rename = "postalCode")]
    pub postal_code: Option<String>,
}

/// CodeableConcept.
#[derive(Debug, Default, Deserialize)]
pub struct Concept {
    #[serde(default)]
    pub coding: Vec<Coding>,
    pub text: Option<String>,
}

/// Coding.
#[derive(Debug, Default, Deserialize)]
pub struct Coding {
    pub system: Option<String>,
    pub code: Option<String>,
    pub display: Option<String>,
}

/// Reference.
#[derive(Debug, Deserialize)]
pub struct Reference {
    pub reference: Option<String>,
}

/// Encounter.participant.
#[derive(Debug, Deserialize)]
pub struct Participant {
    pub individual: Option<Reference>,
}

/// Period, of instants.
#[derive(Debug, Deserialize)]
pub struct Period {
    pub start: Option<DateTime<Utc>>,
    pub end: Option<DateTime<Utc>>,
}

impl Name {
    /// The official one, or else the first.
    pub fn official(names: &[Name]) -> Option<&Name> {
        names.iter().find(|name| name.usage.as_deref() == Some("official")).or(names.first())
    }
}

impl Concept {
    /// What it says in words.
    pub fn words(&self) -> Option<String> {
        self.text.clone().or_else(|| self.coding.iter().find_map(|coding| coding.display.clone()))
    }

    /// Whether one of its codings has this code.
    pub fn has(&self, code: &str) -> bool {
        self.coding.iter().any(|coding| coding.code.as_deref() == Some(code))
    }
}

impl Reference {
    /// The id in `urn:uuid:<id>`, `Patient/<id>` or a URL that ends so; whose it is, is not looked at.
    pub fn id(&self) -> Option<String> {
        self.reference.as_deref()?.rsplit(['/', ':']).next().filter(|id| !id.is_empty()).map(str::to_owned)
    }
}
