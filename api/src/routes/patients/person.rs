//! A patient's own data, opened.

use std::collections::BTreeMap;

use daybook_access::{Opened, Receipt};
use daybook_domain::{PatientId, history};
use daybook_ledger::Stream;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::problem::Problem;
use crate::shown::plain;
use crate::state::State;

/// The events of a patient's stream that say who the patient is.
const REGISTERED: &str = "patient-registered";
const IMPORTED: &str = "history-imported";

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
    /// Whether the patient has died, where an imported record says.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub deceased: Value,
    /// "imported, not witnessed" where all this is another system's record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<&'static str>,
}

impl Person {
    /// From the newest of a patient's opened events that says who they are.
    pub fn of(opened: Opened) -> Self {
        let mark = (opened.event_type == IMPORTED).then_some(history::MARK);
        let mut payload = plain(opened.payload);
        let mut take = |name: &str| payload.get_mut(name).map(Value::take).unwrap_or_default();
        Self {
            given_name: take("given_name"),
            family_name: take("family_name"),
            birth_date: take("birth_date"),
            preferred_language: take("preferred_language"),
            mrn: take("mrn"),
            phone: take("phone"),
            deceased: take("deceased"),
            mark,
        }
    }

    /// Without what a list does not need.
    pub fn brief(self) -> Self {
        Self { mrn: Value::Null, phone: Value::Null, ..self }
    }
}

/// Whether an event of a patient's stream says who the patient is.
pub fn says_who(event_type: &str) -> bool {
    event_type == REGISTERED || event_type == IMPORTED
}

/// Who these patients are, as a list shows them, under a receipt that names them.
pub async fn people(
    state: &State,
    receipt: &Receipt,
    patients: &[PatientId],
) -> Result<BTreeMap<PatientId, Person>, Problem> {
    let clinic = receipt.clinic().0;
    let keys: Vec<_> = patients.iter().map(|patient| (clinic, Stream::new("patient", patient.0))).collect();
    let mut events = state.ledger.read_streams(&keys).await?;
    // In order of sequence: what a patient's newest event says stands.
    events.retain(|event| says_who(&event.event_type));
    let opened = state.access.open(receipt, &events).await?;
    Ok(opened.into_iter().map(|event| (PatientId(event.stream.id), Person::of(event).brief())).collect())
}
