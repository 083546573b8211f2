//! `daybook-replay report recall`: who read or received what a note no longer says.

use anyhow::Context;
use daybook_access::Resource;
use daybook_audit::reports::Received;
use daybook_audit::{Table, reads, reports};
use daybook_domain::patient::{self, DisclosureMade};
use daybook_domain::visit::Event;
use daybook_domain::{ClinicId, NoteId, Rules, Visit, VisitId};
use daybook_ledger::Stream;
use daybook_projections::Whose;

use super::Asked;
use crate::report::arguments::RecallReport;

pub async fn report(asked: &Asked<'_>, what: &RecallReport) -> anyhow::Result<Table> {
    let id = VisitId(what.visit);
    let recorded = asked.ledger().read_stream(asked.clinic, &Stream::new("visit", id.0), 0).await?;
    let mut acts = Vec::new();
    for act in recorded {
        let event = act.decode::<Event>()?;
        acts.push((act, event));
    }
    let visit = Visit::replay(&acts.iter().map(|(_, event)| event.clone()).collect::<Vec<_>>());
    asked.receipt(&Resource::visit(ClinicId(asked.clinic), id, &visit)).await?;
    let patient = visit.patient().with_context(|| format!("there is no visit {id} at clinic {}", asked.clinic))?;
    let versions = reports::superseded_versions(&acts, what.note.map(NoteId));
    let readings = match reports::stood(&versions) {
        Some(period) => asked.readings(Whose::Everybody, period).await?.readings,
        None => Vec::new(),
    };
    let exports = reads::exports(asked.ledger(), asked.clinic, &readings).await?;
    let (_, record) = asked.patient(patient).await?;
    let disclosures: Vec<DisclosureMade> = record
        .iter()
        .filter_map(|event| match event.decode() {
            Ok(patient::Event::DisclosureMade(made)) => Some(made),
            _ => None,
        })
        .collect();
    Ok(reports::recall(
        (id, patient),
        &versions,
        &Received { readings, exports },
        &disclosures,
        &asked.time_zone().await?,
    ))
}
