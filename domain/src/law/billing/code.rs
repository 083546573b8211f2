//! Which procedure codes of telehealth exist on which days, and how a visit must have been held for them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ProcedureCode;
use crate::law::book::Effect;

/// How a visit was held, as payers see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Sound and picture.
    AudioVideo,
    /// Sound only.
    AudioOnly,
}

impl Delivery {
    /// The name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            Delivery::AudioVideo => "audio-video",
            Delivery::AudioOnly => "audio-only",
        }
    }
}

/// What a code was chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The minutes the provider attests.
    Time,
    /// How hard the medical decisions were.
    MedicalDecisionMaking,
}

impl Basis {
    /// The name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            Basis::Time => "time",
            Basis::MedicalDecisionMaking => "medical-decision-making",
        }
    }
}

/// A row: codes that exist.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::law) struct BillingCode {
    codes: Vec<ProcedureCode>,
    /// How the visit must have been held; none: either way.
    pub delivery: Option<Delivery>,
    /// Whether it is a telehealth service, with a telehealth place of service and modifiers. A virtual check-in is none.
    pub telehealth_service: bool,
    /// What it can be chosen by; nothing: neither counts.
    pub basis: Vec<Basis>,
}

/// A code as a subject; does not show itself in an error, because it tells what was done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::law) struct ThisCode(pub ProcedureCode);

impl std::fmt::Display for ThisCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("this procedure code")
    }
}

impl Effect for BillingCode {
    const KIND: &'static str = "billing-code";
    const MATTER: &'static str = "procedure codes";
    type Subject = ThisCode;

    fn subjects(&self) -> Vec<ThisCode> {
        self.codes.iter().cloned().map(ThisCode).collect()
    }
}
