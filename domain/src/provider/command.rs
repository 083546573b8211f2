//! What can be asked of a provider's record.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::LicenceKind;
use crate::{Jurisdiction, ProviderId, Text};

/// Everything that can be asked, with the facts looked up for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Take a new provider into the clinic's record.
    Register(Register, NewProvider),
    /// Record a licence of the provider.
    GrantLicence(GrantLicence),
}

impl Command {
    /// The command's name, kebab-case.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Register(..) => "register",
            Command::GrantLicence(..) => "grant-licence",
        }
    }
}

/// Take a new provider into the clinic's record.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Name as patients see it.
    pub name: Text<200>,
    /// Credentials such as `MD` or `PA-C`.
    pub credentials: Option<Text<60>>,
}

/// The id the new provider gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewProvider {
    /// Also the id of the stream.
    pub provider_id: ProviderId,
}

/// Record a licence of the provider.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantLicence {
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
