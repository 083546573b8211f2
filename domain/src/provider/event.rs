//! What happens to a provider's record.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LicenceKind;
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
}

crate::catalogue! {
    /// A fact about a provider's record.
    pub enum Event {
        "provider-registered" "1.0" => ProviderRegistered, "A provider was taken into the clinic's record.";
        "licence-granted" "1.0" => LicenceGranted, "The provider holds a licence, valid there on these days.";
    }
}
