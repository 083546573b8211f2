//! Patient.

use chrono::NaiveDate;
use daybook_domain::Language;
use serde::Deserialize;

use super::{Address, Concept, Contact, Identifier, Name};

/// Longest record number and telephone number the domain holds.
const MAX_NUMBER: usize = 40;

/// A patient.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Patient {
    pub id: String,
    #[serde(default)]
    pub name: Vec<Name>,
    pub birth_date: Option<String>,
    #[serde(default)]
    pub identifier: Vec<Identifier>,
    #[serde(default)]
    pub telecom: Vec<Contact>,
    #[serde(default)]
    pub address: Vec<Address>,
    #[serde(default)]
    communication: Vec<Communication>,
    deceased_boolean: Option<bool>,
    deceased_date_time: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Communication {
    language: Concept,
}

impl Patient {
    /// The date of birth, if it is a whole one.
    pub fn birth_day(&self) -> Option<NaiveDate> {
        self.birth_date.as_deref().filter(|date| date.len() == 10).and_then(|date| date.parse().ok())
    }

    /// The medical record number, if there is one of at most 40 bytes.
    pub fn mrn(&self) -> Option<&str> {
        let is_mrn = |identifier: &&Identifier| identifier.kind.as_ref().is_some_and(|kind| kind.has("MR"));
        self.identifier.iter().find(is_mrn)?.value.as_deref().filter(|value| value.len() <= MAX_NUMBER)
    }

    /// The first telephone number of at most 40 bytes.
    pub fn phone(&self) -> Option<&str> {
        let phone = self.telecom.iter().find(|contact| contact.system.as_deref() == Some("phone"))?;
        phone.value.as_deref().filter(|value| value.len() <= MAX_NUMBER)
    }

    /// The first language, if it is given by its tag.
    pub fn language(&self) -> Option<Language> {
        let coding = self.communication.first()?.language.coding.first()?;
        coding.code.as_deref()?.try_into().ok()
    }

    /// Whether the patient has died, where the resource says.
    pub fn deceased(&self) -> Option<bool> {
        if self.deceased_date_time.is_some() { Some(true) } else { self.deceased_boolean }
    }
}
