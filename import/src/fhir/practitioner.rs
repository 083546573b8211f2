//! Practitioner and Organization.

use serde::Deserialize;

use super::{Identifier, Name};

/// System of the National Provider Identifier.
const NPI: &str = "http://hl7.org/fhir/sid/us-npi";

/// A practitioner.
#[derive(Debug, Deserialize)]
pub struct Practitioner {
    pub id: String,
    #[serde(default)]
    pub name: Vec<Name>,
    #[serde(default)]
    pub identifier: Vec<Identifier>,
}

/// An organization.
#[derive(Debug, Deserialize)]
pub struct Organization {
    pub id: String,
    pub name: Option<String>,
    #[serde(default)]
    pub identifier: Vec<Identifier>,
}

impl Practitioner {
    /// Title, given names and family name; `None` without a family name.
    pub fn full_name(&self) -> Option<String> {
        let name = Name::official(&self.name)?;
        let family = name.family.as_deref()?;
        let parts = name.prefix.iter().chain(&name.given).map(String::as_str).chain([family]);
        Some(parts.collect::<Vec<_>>().join(" "))
    }

    /// National Provider Identifier.
    pub fn npi(&self) -> Option<&str> {
        npi(&self.identifier)
    }
}

impl Organization {
    /// National Provider Identifier.
    pub fn npi(&self) -> Option<&str> {
        npi(&self.identifier)
    }
}

fn npi(identifiers: &[Identifier]) -> Option<&str> {
    identifiers.iter().find(|identifier| identifier.system.as_deref() == Some(NPI))?.value.as_deref()
}
