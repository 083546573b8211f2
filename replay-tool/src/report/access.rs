//! `daybook-replay report access`: who was shown what, by patient, by reader, or all of it.

use daybook_audit::{Table, reports};
use daybook_domain::PatientId;
use daybook_projections::Whose;

use super::{Asked, period};
use crate::report::arguments::AccessReport;

pub async fn report(asked: &Asked<'_>, what: &AccessReport) -> anyhow::Result<Table> {
    let period = period(&what.period)?;
    let (whose, title, resource) = match (what.patient.map(PatientId), &what.reader) {
        (Some(patient), _) => {
            let (resource, _) = asked.patient(patient).await?;
            (Whose::Patient(patient), format!("Access to the record of patient {patient}"), resource)
        }
        (None, Some(reader)) => (Whose::Reader(reader), format!("What {reader} was shown"), asked.log()),
        (None, None) => (Whose::Everybody, "Access to health information".to_owned(), asked.log()),
    };
    asked.receipt(&resource).await?;
    Ok(reports::accesses(&title, &asked.readings(whose, period).await?))
}
