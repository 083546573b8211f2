//! Taking an export: permitted, recorded, and only then made. The same for the server and the command line.

use age::x25519::Recipient;
use daybook_access::{Access, AccessError, Asking, Receipt, Resource, Taken, Taking};
use daybook_domain::access_events::{ExportContent, ExportForm};
use daybook_domain::{AgeRecipient, Code, PatientId, VisitId};
use daybook_ledger::Ledger;

use super::selection::{Concerned, concerned};
use super::{Contents, ExportError, Exported, Outlet, Prepared, Vessel};
use crate::bundle::Scope;

/// What somebody wants to take away.
#[derive(Clone)]
pub struct Wanted {
    pub scope: Scope,
    /// With every entry of the log, so that nothing can be missing unseen.
    pub entries: bool,
    /// For whom, as the clinic calls them.
    pub recipient: Option<Code>,
    pub form: ExportForm,
    /// With content, encrypted for whoever has the identity of this key.
    pub recipient_key: Option<Recipient>,
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
    /// Other forms prove nothing, and hold nothing that is sealed.
    #[error("content is exported in a bundle only")]
    ContentInOtherForm,
}

/// An export that somebody may take, which stands in the log already.
pub struct Granted {
    receipt: Receipt,
    prepared: Prepared,
    recipient_key: Option<Recipient>,
    form: ExportForm,
}

impl Granted {
    /// The form that was asked for.
    pub fn form(&self) -> ExportForm {
        self.form
    }

    /// Writes it in the form that was asked for, which is no bundle.
    pub async fn write_form(
        self,
        ledger: &Ledger,
        out: &mut impl Outlet,
        progress: impl Fn(u64, u64),
    ) -> Result<Exported, ExportError> {
        self.prepared.write_form(ledger, self.form, out, progress).await
    }

    /// Writes it.
    pub async fn write<V: Vessel>(
        self,
        access: &Access,
        ledger: &Ledger,
        vessel: &mut V,
        progress: impl Fn(u64, u64),
    ) -> Result<Exported, ExportError> {
        let receipt = &self.receipt;
        let contents = self.recipient_key.as_ref().map(|recipient| Contents { access, receipt, recipient });
        self.prepared.write(ledger, contents, vessel, ledger.clock().now(), progress).await
    }
}

/// Permits it, records it durably, and looks up what it is. Nothing has left yet. The export is of the log with that record
/// in it: an export of a visit names itself.
pub async fn take(access: &Access, ledger: &Ledger, asking: &Asking<'_>, wanted: Wanted) -> Result<Granted, TakeError> {
    let (clinic, taking) = (asking.principal.clinic, taking(&wanted));
    // Whoever may not export is not told either what there is to export.
    let permit = access.permit(asking, taking.action(), &Resource::log(clinic)).await;
    let _ = permit.map_err(AccessError::from)?;
    let concerned = concerned(ledger, clinic.0, wanted.scope).await?;
    if wanted.form != ExportForm::Bundle && wanted.recipient_key.is_some() {
        return Err(TakeError::ContentInOtherForm);
    }
    let patients = match concerned {
        Concerned::One(patient) => patient.into_iter().collect(),
        Concerned::Many(positions) if wanted.recipient_key.is_some() => {
            access.patients_within(clinic, positions).await?
        }
        Concerned::Many(_) => Vec::new(),
    };
    let mut receipt = access.take(asking, &taking, &patients).await?;
    let prepared = Prepared::of(ledger, clinic.0, (wanted.scope, wanted.entries)).await?;
    if let (Some(_), Some(positions)) = (&wanted.recipient_key, prepared.selection.range()) {
        // Who came since then is in it too, and is recorded before anything leaves.
        let patients = access.patients_within(clinic, positions).await?;
        access.take_more(&mut receipt, &taking, &patients).await?;
    }
    Ok(Granted { receipt, prepared, recipient_key: wanted.recipient_key, form: wanted.form })
}

fn taking(wanted: &Wanted) -> Taking {
    Taking {
        of: match wanted.scope {
            Scope::Visit { visit_id } => Taken::Visit(VisitId(visit_id)),
            Scope::Patient { patient_id } => Taken::Patient(PatientId(patient_id)),
            Scope::Time { from, to } => Taken::Time(from, to),
            Scope::Clinic {} => Taken::Clinic,
        },
        form: wanted.form,
        content: if wanted.recipient_key.is_some() { ExportContent::Included } else { ExportContent::Withheld },
        recipient: wanted.recipient.clone(),
        // What age writes of a public key has this shape.
        recipient_key: wanted.recipient_key.as_ref().and_then(|key| AgeRecipient::try_from(key.to_string()).ok()),
        reason: wanted.reason.clone(),
    }
}
