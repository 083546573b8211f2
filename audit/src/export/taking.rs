//! Taking an export: permitted, recorded, and only then made. The same for the server and the command line.

use daybook_access::{Access, AccessError, Action, Asking, Receipt, Resource, Taken, Taking};
use daybook_domain::access_events::{ExportContent, ExportForm};
use daybook_domain::{Code, PatientId, VisitId};
use daybook_ledger::Ledger;

use super::selection::concerned;
use super::{ExportError, Prepared};
use crate::bundle::Scope;

/// What somebody wants to take away.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub scope: Scope,
    /// With every entry of the log, so that nothing can be missing unseen.
    pub entries: bool,
    /// For whom, as the clinic calls them.
    pub recipient: Option<Code>,
    /// Why.
    pub reason: Code,
}

/// Why it was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// Permits it, records it durably, and looks up what it is. Nothing has left yet. The export is of the log with that record
/// in it: an export of a visit names itself.
pub async fn take(
    access: &Access,
    ledger: &Ledger,
    asking: &Asking<'_>,
    wanted: &Wanted,
) -> Result<(Receipt, Prepared), TakeError> {
    let clinic = asking.principal.clinic;
    // Whoever may not export is not told either what there is to export.
    let permit = access.permit(asking, Action::ExportLog, &Resource::log(clinic)).await;
    let _ = permit.map_err(AccessError::from)?;
    let patients: Vec<PatientId> = Vec::from_iter(concerned(ledger, clinic.0, wanted.scope).await?);
    let receipt = access.take(asking, &taking(wanted), &patients).await?;
    let prepared = Prepared::of(ledger, clinic.0, (wanted.scope, wanted.entries)).await?;
    Ok((receipt, prepared))
}

fn taking(wanted: &Wanted) -> Taking {
    Taking {
        of: match wanted.scope {
            Scope::Visit { visit_id } => Taken::Visit(VisitId(visit_id)),
            Scope::Patient { patient_id } => Taken::Patient(PatientId(patient_id)),
            Scope::Time { from, to } => Taken::Time(from, to),
            Scope::Clinic {} => Taken::Clinic,
        },
        form: ExportForm::Bundle,
        content: ExportContent::Withheld,
        recipient: wanted.recipient.clone(),
        recipient_key: None,
        reason: wanted.reason.clone(),
    }
}
