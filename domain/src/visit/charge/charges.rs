//! The charges of a visit, each its own machine: captured, then billed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Billed, ChargeCaptured};
use crate::ChargeId;

/// Where a charge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChargeState {
    /// Recorded, not yet sent.
    Captured,
    /// Sent to be paid.
    Billed,
}

/// One charge, without what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Where it stands.
    pub state: ChargeState,
    /// How many units.
    pub units: u32,
}

/// The charges of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charges(BTreeMap<ChargeId, Charge>);

impl Charges {
    /// One charge.
    pub fn get(&self, id: ChargeId) -> Option<&Charge> {
        self.0.get(&id)
    }

    /// Every charge.
    pub fn iter(&self) -> impl Iterator<Item = (ChargeId, &Charge)> {
        self.0.iter().map(|(id, charge)| (*id, charge))
    }

    /// Charges not yet sent.
    pub fn captured(&self) -> impl Iterator<Item = ChargeId> {
        self.iter().filter(|(_, charge)| charge.state == ChargeState::Captured).map(|(id, _)| id)
    }

    pub(in crate::visit) fn capture(&mut self, captured: &ChargeCaptured) {
        self.0.insert(captured.charge_id, Charge { state: ChargeState::Captured, units: captured.units });
    }

    pub(in crate::visit) fn bill(&mut self, billed: &Billed) {
        for id in &billed.charge_ids {
            if let Some(charge) = self.0.get_mut(id) {
                charge.state = ChargeState::Billed;
            }
        }
    }
}
