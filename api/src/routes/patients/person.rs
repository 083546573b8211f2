//! A patient's own data, opened.

use std::collections::BTreeMap;

use daybook_access::{Opened, Receipt};
use daybook_domain::PatientId;
use daybook_ledger::Stream;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::problem::Problem;
use crate::shown::plain;
use crate::state::State;

/// Who a patient is. A value that is gone is `{"erased": true}`; one that was never given is absent.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Person {
    /// Given names.
    pub given_name: Value,
    /// Family name.
    pub family_name: Value,
    /// Date of birth.
    pub birth_date: Value,
    /// Language the patient prefers to be spoken to in.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub preferred_language: Value,
    /// Medical record number; not in lists.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub mrn: Value,
    /// Telephone number; not in lists.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub phone: Value,
}

impl Person {
    /// From an opened `patient-registered`.
    pub fn of(opened: Opened) -> Self {
        let mut payload = plain(opened.payload);
        let mut take = |name: &str| payload.get_mut(name).map(Value::take).unwrap_or_default();
        Self {
            given_name: take("given_name"),
            family_name: take("family_name"),
            birth_date: take("birth_date"),
            preferred_language: take("preferred_language"),
            mrn: take("mrn"),
            phone: take("phone"),
        }
    }

    /// Without what a list does not need.
    pub fn brief(self) -> Self {
        Self { mrn: Value::Null, phone: Value::Null, ..self }
    }
}

/// Who these patients are, as a list shows them, under a receipt that names them.
pub async fn people(
    state: &State,
    receipt: &Receipt,
    patients: &[PatientId],
) -> Result<BTreeMap<PatientId, Person>, Problem> {
    let clinic = receipt.clinic().0;
    let keys: Vec<_> = patients.iter().map(|patient| (clinic, Stream::new("patient", patient.0))).collect();
    let events = state.ledger.read_streams(&keys).await?;
    let opened = state.access.open(receipt, &events).await?;
    Ok(opened.into_iter().map(|event| (PatientId(event.stream.id), Person::of(event).brief())).collect())
}
