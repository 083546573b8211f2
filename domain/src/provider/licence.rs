//! A licence to practise: where, and from which day to which.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Jurisdiction, Text};

/// What kind of permission to practise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LicenceKind {
    /// A full licence of the jurisdiction.
    Full,
    /// Through an interstate compact.
    Compact,
    /// A registration for telehealth from another jurisdiction.
    TelehealthRegistration,
    /// Temporary or emergency permission.
    Temporary,
}

/// One licence of a provider. A public record, so clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Licence {
    /// Where it permits to practise.
    pub jurisdiction: Jurisdiction,
    /// Its number there.
    pub number: Text<40>,
    /// What kind of permission.
    pub kind: LicenceKind,
    /// First day it is valid.
    pub from: NaiveDate,
    /// Last day it is valid.
    pub to: NaiveDate,
}

impl Licence {
    /// Whether it permits to practise there on that day.
    pub fn is_valid(&self, jurisdiction: Jurisdiction, on: NaiveDate) -> bool {
        self.jurisdiction == jurisdiction && (self.from..=self.to).contains(&on)
    }
}
