//! `daybook-replay report disclosures`: the accounting of 45 CFR 164.528. What it tells is sealed: it is opened for whom the
//! policies permit it.

use anyhow::bail;
use daybook_access::{Action, Opened};
use daybook_audit::{Table, reports};
use daybook_domain::patient::{AccountedDisclosure, Accounting, Event};
use daybook_domain::{PatientId, Role};
use daybook_ledger::Clock;
use daybook_ledger::clock::System;

use super::Asked;
use crate::report::arguments::DisclosuresReport;

pub async fn report(asked: &Asked<'_>, what: &DisclosuresReport) -> anyhow::Result<Table> {
    let patient = PatientId(what.patient);
    let (resource, record) = asked.patient(patient).await?;
    let access = &asked.door.access;
    let receipt = access.read(&asked.asking, Action::ReadDisclosures, &resource, &[]).await?;
    if record.is_empty() {
        bail!("there is no patient {patient} at clinic {}", asked.clinic);
    }
    let opened = access.open(&receipt, &record).await?;
    let record = opened.iter().map(Opened::decode::<Event>).collect::<Result<Vec<_>, _>>()?;
    let today = asked.time_zone().await?.day(System.now());
    let accounting = Accounting::of(AccountedDisclosure::told(record), what.from, what.to, today);
    let whole = asked.asking.principal.role == Role::Compliance && !what.copy_for_patient;
    Ok(reports::disclosures(patient, &accounting, whole))
}
