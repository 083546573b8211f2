//! `daybook-replay report consents`: what a patient consented to, and what stood at a time.

use anyhow::bail;
use daybook_audit::{Table, reads, reports};
use daybook_domain::PatientId;
use daybook_ledger::Clock;
use daybook_ledger::clock::System;

use super::Asked;
use crate::progress::Progress;
use crate::report::arguments::ConsentsReport;

pub async fn report(asked: &Asked<'_>, what: &ConsentsReport) -> anyhow::Result<Table> {
    let patient = PatientId(what.patient);
    let (resource, _) = asked.patient(patient).await?;
    asked.receipt(&resource).await?;
    let progress = Progress::events(0);
    let visits = reads::visits_of(asked.ledger(), asked.clinic, patient, |done, of| progress.reach(done, of)).await;
    progress.finish();
    let visits = visits?;
    if visits.is_empty() {
        bail!("patient {patient} has no visit at clinic {}", asked.clinic);
    }
    Ok(reports::consent_history(patient, &visits, what.at.unwrap_or_else(|| System.now())))
}
