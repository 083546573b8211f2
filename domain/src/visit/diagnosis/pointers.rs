//! Pointing into the list: what charges and orders do to say what they are for.

use crate::visit::{Error, Visit};

/// As many as a line of a claim can carry.
const MOST: usize = 4;

impl Visit {
    /// Passes for at most 4 numbers, each once, of diagnoses that stand.
    pub(in crate::visit) fn require_diagnoses(&self, pointers: &[u8]) -> Result<(), Error> {
        let twice = |(index, number): (usize, &u8)| pointers[..index].contains(number);
        if pointers.len() > MOST || pointers.iter().enumerate().any(twice) {
            return Err(Error::DiagnosisPointersOutOfRange);
        }
        match pointers.iter().find(|number| !self.diagnoses().stands(**number)) {
            Some(_) => Err(Error::UnknownDiagnosis),
            None => Ok(()),
        }
    }

    /// Whether a charge that stands, or an order that has not gone out, is for this diagnosis.
    pub(super) fn is_pointed_at(&self, number: u8) -> bool {
        let charged = self
            .charges()
            .iter()
            .any(|(_, charge)| charge.state.stands() && charge.diagnosis_pointers.contains(&number));
        charged || self.orders().iter().any(|(_, order)| order.is_open() && order.diagnosis_pointers.contains(&number))
    }
}
