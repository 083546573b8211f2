//! What can be asked of a provider's record.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ExceptionReason, Hours, LicenceKind, RevocationReason};
use crate::law::Compact;
use crate::{Jurisdiction, ProviderId, Text};

/// Everything that can be asked, with the facts looked up for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Take a new provider into the clinic's record.
    Register(Register, NewProvider),
    /// Record a licence of the provider.
    GrantLicence(GrantLicence),
    /// Record that a licence no longer stands.
    RevokeLicence(RevokeLicence),
    /// Put right what was recorded of a licence.
    CorrectLicence(CorrectLicence),
    /// Say when the provider works.
    SetAvailability(SetAvailability),
}

impl Command {
    /// The command's name, kebab-case.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Register(..) => "register",
            Command::GrantLicence(..) => "grant-licence",
            Command::RevokeLicence(..) => "revoke-licence",
            Command::CorrectLicence(..) => "correct-licence",
            Command::SetAvailability(..) => "set-availability",
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
    /// The compact it comes from: of a full licence through a compact, and of a privilege.
    pub compact: Option<Compact>,
    /// The state whose licence it rests on: of a privilege.
    pub home: Option<Jurisdiction>,
    /// Why there is one: of an exception.
    pub exception: Option<ExceptionReason>,
}

/// Record that a licence no longer stands.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeLicence {
    /// Where it was for.
    pub jurisdiction: Jurisdiction,
    /// Its number there. Every licence recorded so far under this number is meant.
    pub number: Text<40>,
    /// First day it no longer stands.
    pub on: NaiveDate,
    /// Why.
    pub reason: RevocationReason,
}

/// Put right what was recorded of a licence. What was recorded wrongly stays in the log.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectLicence {
    /// The jurisdiction as recorded.
    pub jurisdiction: Jurisdiction,
    /// The number as recorded.
    pub number: Text<40>,
    /// The first day as recorded.
    pub from: NaiveDate,
    /// What is right.
    pub correct: GrantLicence,
}

/// Say when the provider works. Until anybody does, their time is open at all hours.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAvailability {
    /// First day on which it holds, until other hours are set from a later day on.
    pub from: NaiveDate,
    /// The hours of a week, 50 stretches at most; none: the provider does not work.
    pub weekly: Vec<Hours>,
}
