//! The numbered list of a visit's diagnoses, without what they say.

use serde::{Deserialize, Serialize};

use super::{DiagnosisRecorded, DiagnosisRemoved};

/// One entry of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Its number, from 1; what orders and charges point at.
    pub diagnosis_number: u8,
    /// Whether it is the foremost of those that stand.
    pub primary: bool,
    /// Whether it was taken off the list.
    pub removed: bool,
}

/// The diagnoses of a visit, in the order in which they were recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnoses(Vec<Diagnosis>);

impl Diagnoses {
    /// All of them, the removed ones too.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnosis> {
        self.0.iter()
    }

    /// The one with this number.
    pub fn get(&self, number: u8) -> Option<&Diagnosis> {
        self.0.iter().find(|diagnosis| diagnosis.diagnosis_number == number)
    }

    /// Whether this number stands on the list.
    pub fn stands(&self, number: u8) -> bool {
        self.get(number).is_some_and(|diagnosis| !diagnosis.removed)
    }

    /// How many stand.
    pub fn standing(&self) -> usize {
        self.0.iter().filter(|diagnosis| !diagnosis.removed).count()
    }

    /// The number the next one gets; `None` once every number was given.
    pub(super) fn next(&self) -> Option<u8> {
        self.0.last().map_or(Some(1), |last| last.diagnosis_number.checked_add(1))
    }

    /// There is one foremost at most: the newest that was said to be.
    pub(in crate::visit) fn record(&mut self, recorded: &DiagnosisRecorded) {
        let DiagnosisRecorded { diagnosis_number, primary, .. } = *recorded;
        if primary {
            self.0.iter_mut().for_each(|diagnosis| diagnosis.primary = false);
        }
        self.0.push(Diagnosis { diagnosis_number, primary, removed: false });
    }

    pub(in crate::visit) fn remove(&mut self, removed: &DiagnosisRemoved) {
        let these = self.0.iter_mut().filter(|diagnosis| diagnosis.diagnosis_number == removed.diagnosis_number);
        these.for_each(|diagnosis| (diagnosis.primary, diagnosis.removed) = (false, true));
    }
}
