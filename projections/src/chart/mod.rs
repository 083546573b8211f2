//! The chart: a patient's visits with their notes, consents, diagnoses, orders and charges. What a note says is read from the
//! event at the position given here.

mod fold;
mod results;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use daybook_domain::law::billing::{Basis, Unchecked};
use daybook_domain::visit::{
    Attestation, ChargeState, ConsentKind, CosignState, DiagnosisRemovalReason, File, IdentityConfirmation,
    Interpretation, Modality, NoChargeReason, NoteState, Order, Outcome, Participant, State,
};
use daybook_domain::{
    AddendumId, AuthorityId, ChargeId, Code, Jurisdiction, NoteId, OrderId, ParticipantId, PatientId, ProviderId, Role,
    Sha256Hex, VisitId,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::View;
use crate::store;
use crate::views::Views;

pub(crate) use fold::{ChartRow, Charts};
pub use results::{ChartResult, ChartReview};

/// A patient's chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chart {
    /// Position of the newest event in it.
    pub position: u64,
    pub patient_id: PatientId,
    /// Position of the newest event that says who the patient is.
    pub patient_registered: Option<u64>,
    /// Whether that is another system's record: nobody here took it from the patient.
    pub patient_imported: bool,
    /// Newest start first.
    pub visits: Vec<ChartVisit>,
}

/// One visit of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartVisit {
    pub visit_id: VisitId,
    pub patient_id: PatientId,
    pub provider_id: ProviderId,
    pub state: State,
    pub scheduled_for: DateTime<Utc>,
    pub duration_minutes: u16,
    pub modality: Modality,
    /// Position of the event with the reason for the visit, where one was given.
    pub reason_position: Option<u64>,
    pub outcome: Option<Outcome>,
    pub jurisdiction: Option<Jurisdiction>,
    /// Position of the event with the address the patient attested to.
    pub location_position: Option<u64>,
    pub consents: Vec<ChartConsent>,
    /// What the patient told before the visit, where they did.
    pub intake: Option<ChartIntake>,
    pub identity_confirmation: IdentityConfirmation,
    /// Whether somebody interpreted, or should have.
    pub interpretation: Interpretation,
    /// Oldest first.
    pub notes: Vec<ChartNote>,
    /// By number.
    pub diagnoses: Vec<ChartDiagnosis>,
    /// Oldest first.
    pub orders: Vec<ChartOrder>,
    /// What came of the lab orders, oldest first.
    pub results: Vec<ChartResult>,
    /// Oldest first.
    pub charges: Vec<ChartCharge>,
    /// Oldest first.
    pub files: Vec<ChartFile>,
    /// The minutes the provider attested last.
    pub minutes: Option<ChartMinutes>,
    /// Why nothing is charged, where that was recorded.
    pub no_charge: Option<ChartNoCharge>,
    /// Sequence of the visit's newest event: its version.
    pub sequence: u64,
    /// Position of the visit's newest event.
    pub changed_position: u64,
}

/// What the patient told before the visit: reported, not measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartIntake {
    pub recorded_by: Role,
    pub at: DateTime<Utc>,
    /// Position of the event that holds reason, vitals, medications and allergies.
    pub position: u64,
}

/// What became of one question for consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartConsent {
    pub kind: ConsentKind,
    /// Who answered: the patient, or a proxy.
    pub participant: Participant,
    /// Which proxy.
    pub participant_id: Option<ParticipantId>,
    /// On which authority of the patient's record.
    pub authority_id: Option<AuthorityId>,
    pub answer: ConsentAnswer,
    pub text_version: Code,
    pub position: u64,
    pub at: DateTime<Utc>,
}

/// Who answered: the patient, or which proxy on which authority.
type Answerer = (Participant, Option<ParticipantId>, Option<AuthorityId>);

/// An answer to a question for consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentAnswer {
    Given,
    Declined,
    Withdrawn,
}

/// A file. Its name is sealed in the event at `position`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartFile {
    #[serde(flatten)]
    pub file: File,
    pub position: u64,
    pub at: DateTime<Utc>,
}

/// One note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartNote {
    pub note_id: NoteId,
    pub state: NoteState,
    pub author_id: ProviderId,
    pub template_version: Code,
    pub content_sha256: Sha256Hex,
    /// Position of the event that holds what the note says: the newest draft; of a signed note, what was signed; of a
    /// corrected one, the newest correction.
    pub body_position: u64,
    pub drafted_at: DateTime<Utc>,
    pub signature: Option<ChartSignature>,
    /// Every correction, oldest first; the newest holds what the note says.
    pub corrections: Vec<ChartCorrection>,
    /// Whether a cosigner was asked.
    pub cosign: Option<ChartCosign>,
    /// That it should not be there, where somebody said so.
    pub entered_in_error: Option<ChartNoteError>,
    /// Oldest first.
    pub addenda: Vec<ChartAddendum>,
}

/// A note's signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartSignature {
    pub signer_id: ProviderId,
    pub position: u64,
    pub at: DateTime<Utc>,
    /// The log position that was rendered to the signer.
    pub rendered_at_position: u64,
}

/// A correction of a signed note: what took the place of what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartCorrection {
    pub author_id: ProviderId,
    /// Position of the event that holds what was replaced.
    pub replaced_position: u64,
    pub replaced_content_sha256: Sha256Hex,
    /// Position of the event that holds reason and body.
    pub position: u64,
    pub at: DateTime<Utc>,
}

/// Who cosigns a note, and whether they have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartCosign {
    pub cosigner_id: ProviderId,
    pub state: CosignState,
    /// What they attested to, the last time they cosigned.
    pub attestation: Option<Attestation>,
    /// Position of the request or of the cosignature, whichever is newer.
    pub position: u64,
    pub at: DateTime<Utc>,
}

/// That a note was entered in error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartNoteError {
    pub provider_id: ProviderId,
    /// Position of the event that holds the reason.
    pub position: u64,
    pub at: DateTime<Utc>,
}

/// Something added to a signed note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartAddendum {
    pub addendum_id: AddendumId,
    pub author_id: ProviderId,
    /// Position of the event that holds its body.
    pub position: u64,
    pub at: DateTime<Utc>,
}

/// One diagnosis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartDiagnosis {
    pub diagnosis_number: u8,
    pub primary: bool,
    /// Why it was taken off the list, where it was.
    pub removed: Option<DiagnosisRemovalReason>,
    /// Position of the event that holds code and description.
    pub position: u64,
}

/// One order: the domain's own, which says whether it went out wherever it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartOrder {
    pub order_id: OrderId,
    #[serde(flatten)]
    pub order: Order,
    /// Position of the newest draft, which holds what it says; of a signed order, what was signed.
    pub position: u64,
    /// Position of the event that holds the ground of a controlled substance.
    pub signed_position: Option<u64>,
}

/// One charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartCharge {
    pub charge_id: ChargeId,
    pub state: ChargeState,
    pub units: u32,
    /// What it is for, by the numbers of the visit's diagnoses.
    pub diagnosis_pointers: Vec<u8>,
    pub date_of_service: NaiveDate,
    pub basis: Option<Basis>,
    pub minutes: Option<u16>,
    /// What no rule could check.
    pub unchecked: BTreeSet<Unchecked>,
    /// The charge it replaces.
    pub replaces: Option<ChargeId>,
    /// The charge that took its place.
    pub replaced_by: Option<ChargeId>,
    /// Position of the event that holds code, modifiers, amount, diagnoses, payer, place of service and rules.
    pub position: u64,
}

/// Minutes the provider attested, and what the call shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartMinutes {
    pub provider_id: ProviderId,
    pub minutes: u16,
    pub together_minutes: u32,
    pub evidence_positions: Vec<u64>,
    pub position: u64,
}

/// That nothing is charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartNoCharge {
    pub reason: NoChargeReason,
    /// Position of the event that holds the details.
    pub position: u64,
}
impl Views {
    /// A patient's chart; without visits for a patient nobody knows.
    pub async fn chart(&self, clinic: Uuid, patient: PatientId) -> Result<Chart, Error> {
        let filter = "(owner = $2 OR (kind = 'patient' AND id = $2))";
        let (next, found) =
            store::read::<ChartRow>(&self.pool, View::Chart, clinic, filter, "at DESC, id", |q| q.bind(patient.0))
                .await?;
        let (mut known, mut visits) = ((None, false), Vec::new());
        for found in found {
            match found.row {
                ChartRow::Patient { registered, imported } => known = (Some(registered), imported),
                ChartRow::Visit(visit) => visits.push(*visit),
            }
        }
        let (patient_registered, patient_imported) = known;
        let position = next.saturating_sub(1);
        Ok(Chart { position, patient_id: patient, patient_registered, patient_imported, visits })
    }

    /// One visit as the chart has it.
    pub async fn chart_visit(&self, clinic: Uuid, visit: VisitId) -> Result<Option<ChartVisit>, Error> {
        let filter = "kind = 'visit' AND id = $2";
        let (_, found) =
            store::read::<ChartRow>(&self.pool, View::Chart, clinic, filter, "id", |q| q.bind(visit.0)).await?;
        Ok(found.into_iter().find_map(|found| match found.row {
            ChartRow::Visit(visit) => Some(*visit),
            ChartRow::Patient { .. } => None,
        }))
    }
}
