//! A row of the waiting room as a reader sees it: with the patient's name and the reason for the visit, opened.

use std::collections::BTreeMap;

use daybook_access::{Opened, Receipt};
use daybook_ledger::Recorded;
use daybook_projections::WaitingRow;
use serde::Serialize;
use serde_json::Value;

use crate::problem::Problem;
use crate::routes::patients::person::Person;
use crate::shown::plain;
use crate::state::State;

/// A row, opened.
#[derive(Serialize)]
pub struct RowShown<'a> {
    #[serde(flatten)]
    row: &'a WaitingRow,
    patient: Option<Person>,
    reason: Option<Value>,
}

/// Opens rows with the sealed events they speak of, under a receipt that names their patients.
pub async fn open<'a>(
    state: &State,
    receipt: &Receipt,
    rows: &'a [WaitingRow],
    events: &[Recorded],
) -> Result<Vec<RowShown<'a>>, Problem> {
    let opened = state.access.open(receipt, events).await?;
    let opened: BTreeMap<u64, Opened> = opened.into_iter().map(|event| (event.position, event)).collect();
    let at = |position: Option<u64>| position.and_then(|position| opened.get(&position)).cloned();
    let shown = rows.iter().map(|row| RowShown {
        patient: at(row.patient_registered).map(|event| Person::of(event).brief()),
        reason: at(row.reason_position).map(|mut event| plain(event.payload["reason"].take())),
        row,
    });
    Ok(shown.collect())
}
