//! What happens to the keeping of a patient's record. What has to be understood after the keys are gone stands clear:
//! closed lists, ids and who did it. No date is among it: until when a minor's record is kept tells when they were born.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DestroyedKey, ErasureGround, HoldEnd, HoldGround};
use crate::law::RuleId;
use crate::{LegalHoldId, Phi, Text};

/// The record is held: nothing of it may be destroyed, whatever its age.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LegalHoldPlaced {
    /// The hold.
    pub legal_hold_id: LegalHoldId,
    /// For what.
    pub ground: HoldGround,
    /// Which case, and what it is about.
    pub details: Phi<Text<1000>>,
    /// Who placed it, by the identity provider's subject.
    pub placed_by: String,
}

/// Somebody proposed to end a hold. It stands until another person agrees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LegalHoldReleaseProposed {
    /// The hold.
    pub legal_hold_id: LegalHoldId,
    /// Why.
    pub reason: HoldEnd,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Phi<Text<1000>>>,
    /// Who proposed it, by the identity provider's subject.
    pub proposed_by: String,
}

/// A hold ended: two people agreed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LegalHoldReleased {
    /// The hold.
    pub legal_hold_id: LegalHoldId,
    /// Why.
    pub reason: HoldEnd,
    /// Who proposed it, by the identity provider's subject.
    pub proposed_by: String,
    /// Who agreed, by the identity provider's subject.
    pub released_by: String,
}

/// Somebody proposed to erase the record. Nothing is destroyed until another person agrees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ErasureProposed {
    /// Why.
    pub ground: ErasureGround,
    /// The rules by which the record need not be kept any longer.
    pub rules: Vec<RuleId>,
    /// Who proposed it, by the identity provider's subject.
    pub proposed_by: String,
}

/// The record was erased: the keys its protected values are sealed under are destroyed, and what the patient was found by.
/// Whatever is sealed under these keys is erased from here on, in the log as in its files and drafts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PatientKeyDestroyed {
    /// Why.
    pub ground: ErasureGround,
    /// The rules by which the record need not be kept any longer.
    pub rules: Vec<RuleId>,
    /// Every key of the patient.
    pub keys: Vec<DestroyedKey>,
    /// Who proposed it, by the identity provider's subject.
    pub proposed_by: String,
    /// Who agreed, by the identity provider's subject.
    pub confirmed_by: String,
}
