//! The words of keeping and erasing, and what the patient's state holds of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Class, DataKeyId};

/// For what a record is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HoldGround {
    /// A lawsuit, or one that is to be expected.
    Litigation,
    /// An authority investigates.
    Investigation,
    /// An audit by a payer or an authority.
    Audit,
    /// A complaint of the patient or of somebody else.
    Complaint,
}

/// Why a hold ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HoldEnd {
    /// What the record was held for is over.
    MatterClosed,
    /// A court or an authority lifted it.
    LiftedByOrder,
    /// It should never have been placed on this record.
    PlacedInError,
}

/// Why a record is erased. A closed list, because it has to stand when everything else is unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ErasureGround {
    /// The clinic keeps no record longer than it has to.
    RetentionOver,
    /// The patient asked for it.
    PatientRequest,
}

/// A key that is destroyed, and what was sealed under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct DestroyedKey {
    /// The key, as every value that is sealed under it names it.
    pub data_key_id: DataKeyId,
    /// The sensitivity class of what it sealed.
    pub class: Class,
}

/// A hold as far as rules need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHold {
    /// For what.
    pub ground: HoldGround,
    /// Who proposed to end it, and why.
    pub proposed: Option<(HoldEnd, String)>,
    /// Whether it was ended.
    pub released: bool,
}

/// An erasure that somebody proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedErasure {
    /// Why.
    pub ground: ErasureGround,
    /// Who proposed it.
    pub proposed_by: String,
}
