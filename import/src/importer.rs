//! An import from its permission to its summary. It may die anywhere: what was appended stands, what was not is imported
//! by the next run, and what a patient is found by is put right by the next run too.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use daybook_access::{Access, Action, Asking, Denied, Principal, Resource};
use daybook_domain::patient::PatientImported;
use daybook_domain::{Clinic, ClinicId, Code, DecodeError, Rules, clinic};
use daybook_ledger::append::AppendError;
use daybook_ledger::sealing::{Field, RingError};
use daybook_ledger::{Ledger, Metadata, Stream};
use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use crate::batch::{Outcome, Writer};
use crate::candidate::Candidate;
use crate::export::{Export, ExportError};
use crate::identity::Identities;
use crate::known::Known;
use crate::reader::{self, Batch};
use crate::report::{Report, ReportLine};
use crate::summary::Summary;
use crate::unusable::Unusable;

/// Patients whose index is written at the same time.
const INDEXED_AT_ONCE: usize = 4;

/// Why an import did not come to its end. What was imported until then stands; run it again.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("this clinic has no record yet; an administrator opens it with POST /v1/clinics")]
    NoClinic,
    #[error("the policies do not permit an import")]
    Denied(#[from] Denied),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error("the log took no more: {0}")]
    Append(#[from] AppendError),
    #[error("an event could not be sealed: {0}")]
    Seal(#[from] RingError),
    #[error("the database does not answer: {0}")]
    Database(#[from] sqlx::Error),
    #[error("a stored event cannot be read: {0}")]
    Decode(#[from] DecodeError),
    #[error("the report cannot be written: {0}")]
    Report(#[from] std::io::Error),
    #[error("a resource belongs to no stream")]
    Stream,
}

/// Who imports what, and why.
#[derive(Clone, Debug)]
pub struct Order {
    pub clinic: ClinicId,
    /// The name of the system the export came from. Ids are only unique within it: two systems need two names.
    pub source: Code,
    /// Who runs the import, as they say themselves.
    pub operator: Code,
    /// Why.
    pub reason: Code,
}

/// A permitted import.
pub struct Importer {
    ledger: Ledger,
    clinic: Uuid,
    principal: Principal,
    operator: Code,
    reason: Code,
    correlation_id: Uuid,
    policies: Vec<String>,
    identities: Arc<Identities>,
}

impl Importer {
    /// Asks the policies, as the installation's own program on an operator's word, and looks that the clinic exists.
    pub async fn new(ledger: Ledger, access: &Access, order: Order) -> Result<Self, ImportError> {
        let clinic = order.clinic.0;
        let principal = Principal::system("import", order.clinic);
        let correlation_id = ledger.ids().internal();
        let asking = Asking::new(&principal, correlation_id).reason(Some(order.reason.clone()));
        let permit = access.permit(&asking, Action::ImportHistory, &Resource::clinic(order.clinic)).await?;
        let events = ledger.read_stream(clinic, &Stream::new("clinic", clinic), 0).await?;
        let events: Vec<clinic::Event> = events.iter().map(|event| event.decode()).collect::<Result<_, _>>()?;
        if !Clinic::replay(&events).is_registered() {
            return Err(ImportError::NoClinic);
        }
        let identities = Arc::new(Identities::new(ledger.sealer().index(clinic)?, order.source));
        let (operator, reason, policies) = (order.operator, order.reason, permit.policies);
        Ok(Self { ledger, clinic, principal, operator, reason, correlation_id, policies, identities })
    }

    /// The ids of what is imported.
    pub fn identities(&self) -> &Identities {
        &self.identities
    }

    /// Imports an export. `watch` is told after each batch, which is then durable, what came of it so far and how many
    /// bytes of the files were read, and may stop it there.
    pub async fn run(
        &self,
        export: Export,
        report: &mut Report,
        mut watch: impl FnMut(&Summary, u64) -> ControlFlow<()>,
    ) -> Result<Summary, ImportError> {
        let mut summary = Summary { other_files: export.others.len() as u64, ..Summary::default() };
        for file in &export.others {
            let says = "files of this kind are not imported";
            report.add(&ReportLine { file, line: None, reason: "kind-not-imported", says, kept: false })?;
        }
        let metadata = |command| self.metadata(command);
        let (ledger, actor) = (&self.ledger, self.principal.actor());
        let writer = Writer { ledger, clinic: self.clinic, actor, metadata: &metadata };
        let mut known = Known::default();
        let mut batches = reader::start(export, self.identities.clone());
        while let Some(batch) = batches.recv().await {
            let batch = batch?;
            self.take(&batch, &writer, &mut known, report, &mut summary).await?;
            report.flush()?;
            if watch(&summary, batch.bytes).is_break() {
                break;
            }
        }
        Ok(summary)
    }

    async fn take(
        &self,
        batch: &Batch,
        writer: &Writer<'_>,
        known: &mut Known,
        report: &mut Report,
        summary: &mut Summary,
    ) -> Result<(), ImportError> {
        let candidates: Vec<&Candidate> = batch.lines.iter().filter_map(|line| line.read.as_ref().ok()).collect();
        let (outcomes, position) = writer.write(&candidates).await?;
        summary.position = position.or(summary.position);
        let alike = self.index(&candidates, &outcomes).await?;
        let about: HashSet<_> = candidates.iter().filter_map(|candidate| candidate.about()).collect();
        let (unknown, met) = known.unknown(&self.ledger, self.clinic, &about).await?;
        summary.patients_waited_for += met;

        let mut outcomes = outcomes.into_iter();
        for line in &batch.lines {
            let mut told = Told { file: &batch.file, line: line.number, report, summary };
            told.summary.of(batch.kind).read += 1;
            let candidate = match &line.read {
                Ok(candidate) => candidate,
                Err(reason) => {
                    told.left_out(batch, *reason)?;
                    continue;
                }
            };
            match outcomes.next() {
                Some(Outcome::Imported { .. }) => told.summary.of(batch.kind).imported += 1,
                Some(Outcome::AlreadyThere { .. }) => told.summary.of(batch.kind).already_there += 1,
                Some(Outcome::Refused(code)) => {
                    told.left_out(batch, Unusable::Refused(code))?;
                    continue;
                }
                None => {}
            }
            if candidate.about().is_some_and(|patient| unknown.contains(&patient)) {
                told.summary.of(batch.kind).waiting += 1;
                told.remark(
                    "waits-for-patient",
                    "its patient is not known here; it is shown once the patient is imported",
                )?;
            }
            if alike.contains(&line.number) {
                told.remark(
                    "same-record-number",
                    "another patient here has the same medical record number: perhaps the same person",
                )?;
            }
        }
        if let Some((line, fault)) = &batch.fault {
            summary.faulty_files += 1;
            let (line, says) = (Some(*line), fault.to_string());
            report.add(&ReportLine { file: &batch.file, line, reason: fault.code(), says: &says, kept: false })?;
        }
        Ok(())
    }

    /// Makes the batch's patients findable by their newest record. Lines whose record number another patient has too.
    async fn index(&self, candidates: &[&Candidate], outcomes: &[Outcome]) -> Result<HashSet<u64>, ImportError> {
        let newest = candidates.iter().zip(outcomes).filter_map(|(candidate, outcome)| match (candidate, outcome) {
            (
                Candidate::Patient(read),
                Outcome::Imported { is_newest: true } | Outcome::AlreadyThere { is_newest: true },
            ) => Some(read),
            _ => None,
        });
        let indexing = newest.map(|read| async move {
            let is_alike = self.index_one(read).await?;
            Ok::<_, ImportError>(is_alike.then_some(read.origin.line))
        });
        // Collected first: what is made lazily here would borrow the iterator across the pauses.
        let indexing: Vec<_> = indexing.collect();
        let lines: Vec<Option<u64>> = stream::iter(indexing).buffer_unordered(INDEXED_AT_ONCE).try_collect().await?;
        Ok(lines.into_iter().flatten().collect())
    }

    /// Whether another patient has the same record number.
    async fn index_one(&self, read: &PatientImported) -> Result<bool, ImportError> {
        let (index, sealer) = (self.identities.index(), self.ledger.sealer());
        let mut fields = Vec::new();
        if let Some(name) = read.family_name.clear() {
            fields.push(Field { name: "family", tokens: index.name_tokens("family", name.as_str()) });
        }
        if let Some(date) = read.birth_date.clear() {
            fields.push(Field { name: "birth-date", tokens: vec![index.token("birth-date", &date.to_string())] });
        }
        let mut is_alike = false;
        if let Some(mrn) = read.mrn.as_ref().and_then(|mrn| mrn.clear()) {
            let token = index.token("mrn", mrn.as_str());
            let found = sealer.find(self.clinic, "mrn", &token, 2).await?;
            is_alike = found.iter().any(|patient| *patient != read.patient_id);
            fields.push(Field { name: "mrn", tokens: vec![token] });
        }
        sealer.put_index(self.clinic, read.patient_id, &fields).await?;
        Ok(is_alike)
    }

    fn metadata(&self, command: Uuid) -> Metadata {
        let asking = Asking::new(&self.principal, self.correlation_id).reason(Some(self.reason.clone()));
        let mut metadata = asking.metadata(command, &self.policies);
        metadata.insert("operator".into(), self.operator.as_str().into());
        metadata
    }
}

/// A line of an export, and where it is told what became of it.
struct Told<'a> {
    file: &'a str,
    line: u64,
    report: &'a mut Report,
    summary: &'a mut Summary,
}

impl Told<'_> {
    fn left_out(&mut self, batch: &Batch, reason: Unusable) -> std::io::Result<()> {
        self.summary.of(batch.kind).unusable += 1;
        *self.summary.reasons.entry(reason.code()).or_default() += 1;
        self.tell(reason.code(), &reason.to_string(), false)
    }

    fn remark(&mut self, reason: &'static str, says: &str) -> std::io::Result<()> {
        *self.summary.remarks.entry(reason).or_default() += 1;
        self.tell(reason, says, true)
    }

    fn tell(&mut self, reason: &str, says: &str, kept: bool) -> std::io::Result<()> {
        self.report.add(&ReportLine { file: self.file, line: Some(self.line), reason, says, kept })
    }
}
