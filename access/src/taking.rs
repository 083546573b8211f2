//! Taking a part of the log away: who may, and the facts that stand in the log before the first byte leaves.

use std::ops::Range;

use chrono::{DateTime, Utc};
use daybook_domain::access_events::{ExportContent, ExportForm, ExportMade, ExportOf};
use daybook_domain::{AccessEvent, AgeRecipient, ClinicId, Code, PatientId, VisitId};

use crate::{Access, AccessError, Action, Asking, Receipt, Resource, facts};

/// What somebody wants to take away, for whom and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taking {
    /// What it is of.
    pub of: Taken,
    /// In which form.
    pub form: ExportForm,
    /// Whether what is sealed leaves too.
    pub content: ExportContent,
    /// For whom, as the clinic calls them.
    pub recipient: Option<Code>,
    /// The public key that content is encrypted for.
    pub recipient_key: Option<AgeRecipient>,
    /// Why.
    pub reason: Code,
}

/// What an export is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Visit(VisitId),
    Patient(PatientId),
    /// Everything from the first moment until, and not including, the second.
    Time(DateTime<Utc>, DateTime<Utc>),
    Clinic,
}

impl Taking {
    /// What the policies are asked.
    pub fn action(&self) -> Action {
        match self.content {
            ExportContent::Withheld => Action::ExportLog,
            ExportContent::Included => Action::ExportContent,
        }
    }
}

/// Patients whom one fact names, at most: an export of a whole clinic is told in as many facts as it takes.
const NAMED: usize = 1_000;

impl Access {
    /// Permits somebody to take a part of their clinic's log away, and records that durably: `phi-read`, because ids and
    /// times of care are PHI even where the content stays, and `export-made`, all or none of them. `patients` is everyone it is
    /// known to be of: without exception where content leaves.
    pub async fn take(
        &self,
        asking: &Asking<'_>,
        taking: &Taking,
        patients: &[PatientId],
    ) -> Result<Receipt, AccessError> {
        let asking = asking.clone().reason(Some(taking.reason.clone()));
        let resource = Resource::log(asking.principal.clinic);
        let action = taking.action();
        let (patients, policies) = self.concerned_and_permitted(&asking, action, &resource, patients).await?;
        let facts = facts(&asking, taking, &resource, (&patients, &policies));
        self.receipt(&asking, (action, &resource), (patients, policies), &facts).await
    }

    /// Widens the receipt of an export to patients it does not name yet: decides again, and records them alone.
    pub async fn take_more(
        &self,
        receipt: &mut Receipt,
        taking: &Taking,
        patients: &[PatientId],
    ) -> Result<(), AccessError> {
        let new: Vec<PatientId> = patients.iter().copied().filter(|patient| !receipt.covers(*patient)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let Receipt { patients, fact, .. } = self.take(&receipt.asking(), taking, &new).await?;
        receipt.fact = fact;
        receipt.patients.extend(patients);
        receipt.patients.sort_unstable();
        Ok(())
    }

    /// Everyone of whom something is sealed within these positions of a clinic's log, in order. Opens nothing.
    pub async fn patients_within(
        &self,
        clinic: ClinicId,
        positions: Range<u64>,
    ) -> Result<Vec<PatientId>, AccessError> {
        let sealed = self.ledger.sealed_under(clinic.0, positions).await;
        let (keys, own) = sealed.map_err(|error| AccessError::Open(error.into()))?;
        let mut patients = self.opener.patients_of(clinic.0, &keys).await.map_err(AccessError::Open)?;
        // Of a key that was destroyed nobody knows whose it was; the patient's own stream does.
        patients.extend(own.into_iter().map(PatientId));
        patients.sort_unstable();
        patients.dedup();
        Ok(patients)
    }
}

fn facts(
    asking: &Asking<'_>,
    taking: &Taking,
    resource: &Resource,
    (patients, policies): (&[PatientId], &[String]),
) -> Vec<AccessEvent> {
    let mut named: Vec<&[PatientId]> = patients.chunks(NAMED).collect();
    if named.is_empty() {
        named.push(&[]);
    }
    let both = |patients: &[PatientId]| {
        let read = facts::phi_read(asking, taking.action(), resource, patients, policies);
        [read, made(asking, taking, patients, policies).into()]
    };
    named.into_iter().flat_map(both).collect()
}

fn made(asking: &Asking<'_>, taking: &Taking, patients: &[PatientId], policies: &[String]) -> ExportMade {
    let (mut visit_id, mut patient_id, mut time) = (None, None, None);
    let of = match taking.of {
        Taken::Visit(visit) => {
            visit_id = Some(visit);
            ExportOf::Visit
        }
        Taken::Patient(patient) => {
            patient_id = Some(patient);
            ExportOf::Patient
        }
        Taken::Time(from, to) => {
            time = Some((from, to));
            ExportOf::Time
        }
        Taken::Clinic => ExportOf::Clinic,
    };
    ExportMade {
        taker: asking.principal.subject.clone(),
        role: asking.principal.role,
        of,
        visit_id,
        patient_id,
        from: time.map(|(from, _)| from),
        to: time.map(|(_, to)| to),
        form: taking.form,
        content: taking.content,
        recipient: taking.recipient.clone(),
        recipient_key: taking.recipient_key.clone(),
        reason: taking.reason.clone(),
        patients: patients.to_vec(),
        policies: policies.iter().map(|policy| facts::code(policy)).collect(),
    }
}
