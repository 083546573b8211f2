//! What happens to a provider's record.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ExceptionReason, Hours, LicenceKind, RevocationReason};
use crate::law::Compact;
use crate::{Jurisdiction, ProviderId, Text};

/// A provider was taken into the clinic's record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProviderRegistered {
    /// The provider, also the id of the stream.
    pub provider_id: ProviderId,
    /// Name as patients see it.
    pub name: Text<200>,
    /// Credentials such as `MD` or `PA-C`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Text<60>>,
}

/// The provider holds a licence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LicenceGranted {
    /// The provider.
    pub provider_id: ProviderId,
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
    /// The compact it comes from, of the two kinds that do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compact: Option<Compact>,
    /// The state whose licence a privilege rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Jurisdiction>,
    /// Why there is an exception, of an exception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<ExceptionReason>,
}

/// A licence no longer stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LicenceRevoked {
    /// The provider.
    pub provider_id: ProviderId,
    /// Where it was for.
    pub jurisdiction: Jurisdiction,
    /// Its number there.
    pub number: Text<40>,
    /// First day it no longer stands.
    pub on: NaiveDate,
    /// Why.
    pub reason: RevocationReason,
}

/// What was recorded of a licence was wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LicenceCorrected {
    /// The provider.
    pub provider_id: ProviderId,
    /// The jurisdiction as it had been recorded.
    pub recorded_jurisdiction: Jurisdiction,
    /// The number as it had been recorded.
    pub recorded_number: Text<40>,
    /// The first day as it had been recorded.
    pub recorded_from: NaiveDate,
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
    /// The compact it comes from, of the two kinds that do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compact: Option<Compact>,
    /// The state whose licence a privilege rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Jurisdiction>,
    /// Why there is an exception, of an exception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<ExceptionReason>,
}

/// Hours were set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AvailabilitySet {
    /// The provider.
    pub provider_id: ProviderId,
    /// First day on which they hold, until others are set from a later day on.
    pub from: NaiveDate,
    /// The hours of a week, by the clinic's clocks.
    pub weekly: Vec<Hours>,
}

crate::catalogue! {
    /// A fact about a provider's record.
    pub enum Event {
        "provider-registered" "1.0" => ProviderRegistered, "A provider was taken into the clinic's record.";
        "licence-granted" "1.0" => LicenceGranted, "The provider holds a licence, valid there on these days.";
        "licence-revoked" "1.0" => LicenceRevoked, "A licence no longer stands from a day on.";
        "licence-corrected" "1.0" => LicenceCorrected, "What was recorded of a licence was wrong; this is right.";
        "availability-set" "1.0" => AvailabilitySet, "From a day on these are the hours of the week at which the provider works.";
    }
}
