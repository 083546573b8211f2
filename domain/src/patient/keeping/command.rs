//! What can be asked of the keeping of a patient's record.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{DestroyedKey, ErasureGround, HoldEnd, HoldGround, WholeRecord};
use crate::{LegalHoldId, Text};

/// Hold the record: nothing of it may be destroyed until the hold is released.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceLegalHold {
    /// For what.
    pub ground: HoldGround,
    /// Which case, and what it is about.
    pub details: Text<1000>,
}

/// The id a new hold gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewLegalHold {
    /// The hold.
    pub legal_hold_id: LegalHoldId,
}

/// Propose to end a hold. Another person has to agree.
#[derive(Clone, Debug, PartialEq)]
pub struct ProposeHoldRelease {
    /// The hold.
    pub legal_hold_id: LegalHoldId,
    /// Why.
    pub reason: HoldEnd,
    /// More about it.
    pub details: Option<Text<1000>>,
}

/// End a hold that another person proposed to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleaseLegalHold {
    /// The hold.
    pub legal_hold_id: LegalHoldId,
}

/// Propose to erase the record. Another person has to agree.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeErasure {
    /// Why.
    pub ground: ErasureGround,
}

/// What an erasure needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct ErasureFacts {
    /// Whether the law still wants the record kept.
    pub record: WholeRecord,
    /// The clinic's day.
    pub today: NaiveDate,
    /// Every key of the patient; to propose an erasure takes none.
    pub keys: Vec<DestroyedKey>,
}
