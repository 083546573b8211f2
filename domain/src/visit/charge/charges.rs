//! The charges of a visit, each its own machine: captured, then billed; corrected or voided before or after that. And the
//! minutes the provider attested.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Billed, ChargeCaptured, ChargeCorrected, ChargeVoided, MinutesAttested};
use crate::ChargeId;

/// Where a charge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChargeState {
    /// Recorded, not yet sent.
    Captured,
    /// Sent to be paid.
    Billed,
    /// Wrong: another one took its place.
    Corrected,
    /// Taken back.
    Voided,
}

impl ChargeState {
    /// The state's name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            ChargeState::Captured => "captured",
            ChargeState::Billed => "billed",
            ChargeState::Corrected => "corrected",
            ChargeState::Voided => "voided",
        }
    }

    /// Whether it still counts, and so can be corrected or voided.
    pub fn stands(self) -> bool {
        matches!(self, ChargeState::Captured | ChargeState::Billed)
    }
}

/// One charge, without what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Where it stands.
    pub state: ChargeState,
    /// How many units.
    pub units: u32,
    /// Which of the visit's diagnoses it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnosis_pointers: Vec<u8>,
    /// The charge it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<ChargeId>,
    /// The charge that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<ChargeId>,
}

/// The charges of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charges {
    charges: BTreeMap<ChargeId, Charge>,
    minutes: Option<u16>,
}

impl Charges {
    /// One charge.
    pub fn get(&self, id: ChargeId) -> Option<&Charge> {
        self.charges.get(&id)
    }

    /// Every charge.
    pub fn iter(&self) -> impl Iterator<Item = (ChargeId, &Charge)> {
        self.charges.iter().map(|(id, charge)| (*id, charge))
    }

    /// Charges not yet sent.
    pub fn captured(&self) -> impl Iterator<Item = ChargeId> {
        self.iter().filter(|(_, charge)| charge.state == ChargeState::Captured).map(|(id, _)| id)
    }

    /// The minutes the provider attested last.
    pub fn minutes(&self) -> Option<u16> {
        self.minutes
    }

    pub(in crate::visit) fn attest(&mut self, attested: &MinutesAttested) {
        self.minutes = Some(attested.minutes);
    }

    pub(in crate::visit) fn capture(&mut self, captured: &ChargeCaptured) {
        let ChargeCaptured { charge_id, units, replaces, diagnosis_pointers, .. } = captured;
        let charge = Charge {
            state: ChargeState::Captured,
            units: *units,
            diagnosis_pointers: diagnosis_pointers.clone(),
            replaces: *replaces,
            replaced_by: None,
        };
        self.charges.insert(*charge_id, charge);
    }

    pub(in crate::visit) fn correct(&mut self, corrected: &ChargeCorrected) {
        if let Some(charge) = self.charges.get_mut(&corrected.charge_id) {
            charge.state = ChargeState::Corrected;
            charge.replaced_by = Some(corrected.replaced_by);
        }
    }

    pub(in crate::visit) fn void(&mut self, voided: &ChargeVoided) {
        if let Some(charge) = self.charges.get_mut(&voided.charge_id) {
            charge.state = ChargeState::Voided;
        }
    }

    pub(in crate::visit) fn bill(&mut self, billed: &Billed) {
        for id in &billed.charge_ids {
            if let Some(charge) = self.charges.get_mut(id) {
                charge.state = ChargeState::Billed;
            }
        }
    }
}
