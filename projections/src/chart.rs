//! The chart: a patient's visits with their notes, consents, diagnoses, orders and charges. What a note says is read from the event at the
//! position given here.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use daybook_domain::law::billing::{Basis, Unchecked};
use daybook_domain::visit::{
    self, Attestation, ChargeState, ConsentKind, CosignState, DiagnosisRemovalReason, Event, IdentityConfirmation,
    Interpretation, Modality, NoChargeReason, NoteState, Order, Orders, Outcome, Participant, State,
};
use daybook_domain::{
    AddendumId, AuthorityId, ChargeId, Code, Jurisdiction, NoteId, OrderId, ParticipantId, PatientId, ProviderId, Role,
    Sha256Hex, VisitId, patient,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{Fact, PATIENT, Seen, VISIT};
use crate::store;
use crate::views::Views;

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
    /// Oldest first.
    pub charges: Vec<ChartCharge>,
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

/// A stored row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum ChartRow {
    Patient { registered: u64, imported: bool },
    Visit(Box<ChartVisit>),
}

pub(crate) struct Charts;

impl Projection for Charts {
    const VIEW: View = View::Chart;
    const VERSION: u32 = 6;
    const INDEXES: &'static [&'static str] = &["clinic_id, owner"];
    const STREAMS: &'static [&'static str] = &[VISIT, PATIENT];
    const KINDS: &'static [&'static str] = &[VISIT, PATIENT];
    type Row = ChartRow;

    fn keys(seen: &Seen) -> Vec<Key> {
        match seen.fact {
            Ok(Fact::Visit(_)) => vec![Key { kind: VISIT, id: seen.recorded.stream.id }],
            Ok(Fact::Patient(_)) => vec![Key { kind: PATIENT, id: seen.recorded.stream.id }],
            _ => Vec::new(),
        }
    }

    fn fold(rows: &mut Rows<ChartRow>, seen: &Seen) {
        let (position, id) = (seen.position(), seen.recorded.stream.id);
        match &seen.fact {
            Ok(Fact::Patient(event @ (patient::Event::PatientRegistered(_) | patient::Event::PatientImported(_)))) => {
                let imported = matches!(event, patient::Event::PatientImported(_));
                rows.set(Key { kind: PATIENT, id }, position, ChartRow::Patient { registered: position, imported });
            }
            Ok(Fact::Visit(event)) => {
                let key = Key { kind: VISIT, id };
                let before = match rows.get(key) {
                    Some(ChartRow::Visit(visit)) => Some(ChartVisit::clone(visit)),
                    _ => None,
                };
                if let Some(visit) = after(before, event, seen) {
                    rows.set(key, position, ChartRow::Visit(Box::new(visit)));
                }
            }
            _ => {}
        }
    }

    fn columns(row: &ChartRow) -> Columns {
        match row {
            ChartRow::Patient { .. } => Columns::default(),
            ChartRow::Visit(visit) => Columns {
                owner: Some(visit.patient_id.0),
                tag: Some(visit.state.name()),
                at: Some(visit.scheduled_for),
            },
        }
    }
}

fn after(before: Option<ChartVisit>, event: &Event, seen: &Seen) -> Option<ChartVisit> {
    let (position, at) = (seen.position(), seen.recorded.recorded_at);
    let mut visit = match (before, event) {
        (before, Event::Scheduled(scheduled)) => set_up(before, scheduled, seen),
        // Nothing is known of a visit before it is scheduled.
        (before, _) => before?,
    };
    visit.sequence = seen.recorded.sequence;
    visit.changed_position = position;
    if let Some(state) = state_after(event) {
        visit.state = state;
    }
    match event {
        Event::ModalityChanged(changed) => visit.modality = changed.to,
        Event::HandedOver(handed) => visit.provider_id = handed.to_provider_id,
        // Where the patient was says nothing of where they will be.
        Event::Rescheduled(moved) => {
            visit.scheduled_for = moved.starts_at;
            visit.duration_minutes = moved.duration_minutes;
            (visit.jurisdiction, visit.location_position) = (None, None);
        }
        Event::Ended(ended) => visit.outcome = Some(ended.outcome),
        Event::LocationAttested(attested) => {
            visit.jurisdiction = Some(attested.jurisdiction);
            visit.location_position = Some(position);
        }
        Event::ConsentGiven(given) => {
            let by = (given.participant, given.participant_id, given.authority_id);
            visit.answer(given.kind, ConsentAnswer::Given, by, &given.text_version, position, at);
        }
        Event::ConsentDeclined(declined) => {
            let by = (declined.participant, declined.participant_id, declined.authority_id);
            visit.answer(declined.kind, ConsentAnswer::Declined, by, &declined.text_version, position, at);
        }
        Event::ConsentWithdrawn(withdrawn) => {
            let by = (withdrawn.participant, withdrawn.participant_id, withdrawn.authority_id);
            visit.answer(withdrawn.kind, ConsentAnswer::Withdrawn, by, &withdrawn.text_version, position, at);
        }
        Event::IntakeRecorded(intake) => {
            visit.intake = Some(ChartIntake { recorded_by: intake.recorded_by, at, position });
        }
        Event::IdentityConfirmed(_) => visit.identity_confirmation = IdentityConfirmation::Confirmed,
        Event::IdentityDoubted(_) => visit.identity_confirmation = IdentityConfirmation::Doubted,
        Event::InterpreterRequested(_)
        | Event::InterpreterAssigned(_)
        | Event::InterpreterJoined(_)
        | Event::InterpreterDeclined(_) => visit.interpretation.apply(event),
        Event::NoteDrafted(drafted) => visit.draft(drafted, position, at),
        Event::NoteSigned(signed) => visit.sign(signed, position, at),
        Event::NoteAddended(addended) => visit.addend(addended, position, at),
        Event::NoteCorrected(corrected) => visit.correct(corrected, position, at),
        Event::NoteEnteredInError(error) => {
            if let Some(note) = visit.note(error.note_id) {
                note.state = NoteState::EnteredInError;
                note.entered_in_error = Some(ChartNoteError { provider_id: error.provider_id, position, at });
            }
        }
        Event::CosignRequested(requested) => {
            if let Some(note) = visit.note(requested.note_id) {
                let (cosigner_id, state) = (requested.cosigner_id, CosignState::Requested);
                note.cosign = Some(ChartCosign { cosigner_id, state, attestation: None, position, at });
            }
        }
        Event::Cosigned(cosigned) => {
            if let Some(note) = visit.note(cosigned.note_id) {
                let (cosigner_id, state) = (cosigned.cosigner_id, CosignState::Cosigned);
                let attestation = Some(cosigned.attestation);
                note.cosign = Some(ChartCosign { cosigner_id, state, attestation, position, at });
            }
        }
        Event::DiagnosisRecorded(recorded) => visit.diagnose(recorded, position),
        Event::DiagnosisRemoved(removed) => {
            let this = |diagnosis: &&mut ChartDiagnosis| diagnosis.diagnosis_number == removed.diagnosis_number;
            if let Some(diagnosis) = visit.diagnoses.iter_mut().find(this) {
                (diagnosis.primary, diagnosis.removed) = (false, Some(removed.reason));
            }
        }
        Event::PrescriptionDrafted(_)
        | Event::LabOrderDrafted(_)
        | Event::OrderSigned(_)
        | Event::OrderCancelled(_)
        | Event::OrderTransmitted(_)
        | Event::OrderAccepted(_)
        | Event::OrderFailed(_) => visit.order(event, position),
        Event::ChargeCaptured(captured) => visit.capture(captured, position),
        Event::Billed(billed) => {
            let billed_now = |charge: &&mut ChartCharge| billed.charge_ids.contains(&charge.charge_id);
            visit.charges.iter_mut().filter(billed_now).for_each(|charge| charge.state = ChargeState::Billed);
        }
        Event::ChargeCorrected(corrected) => {
            if let Some(charge) = visit.charge(corrected.charge_id) {
                charge.state = ChargeState::Corrected;
                charge.replaced_by = Some(corrected.replaced_by);
            }
        }
        Event::ChargeVoided(voided) => {
            if let Some(charge) = visit.charge(voided.charge_id) {
                charge.state = ChargeState::Voided;
            }
        }
        Event::MinutesAttested(attested) => {
            visit.minutes = Some(ChartMinutes {
                provider_id: attested.provider_id,
                minutes: attested.minutes,
                together_minutes: attested.together_minutes,
                evidence_positions: attested.evidence_positions.clone(),
                position,
            });
        }
        Event::NoChargeRecorded(recorded) => {
            visit.no_charge = Some(ChartNoCharge { reason: recorded.reason, position });
        }
        _ => {}
    }
    Some(visit)
}

/// The state a visit is in after this event; `None` where the event does not say.
pub(crate) fn state_after(event: &Event) -> Option<State> {
    Some(match event {
        Event::Scheduled(_) | Event::Rescheduled(_) | Event::NoShowReversed(_) => State::Scheduled,
        Event::Cancelled(_) => State::Cancelled,
        Event::NoShowRecorded(_) => State::NoShow,
        Event::ProviderNoShowRecorded(_) => State::ProviderNoShow,
        Event::Arrived(_) => State::Arrived,
        Event::CheckedIn(_) | Event::ReturnedToWaiting(_) => State::CheckedIn,
        Event::Held(_) => State::Held,
        Event::LeftWaitingRoom(_) => State::Left,
        Event::Admitted(_) => State::Admitted,
        Event::Ended(_) => State::Ended,
        Event::Billed(_) | Event::NoChargeRecorded(_) => State::Closed,
        _ => return None,
    })
}

fn set_up(before: Option<ChartVisit>, scheduled: &visit::Scheduled, seen: &Seen) -> ChartVisit {
    let position = seen.position();
    let fresh = ChartVisit {
        visit_id: VisitId(seen.recorded.stream.id),
        patient_id: scheduled.patient_id,
        provider_id: scheduled.provider_id,
        state: State::Scheduled,
        scheduled_for: scheduled.starts_at,
        duration_minutes: scheduled.duration_minutes,
        modality: scheduled.modality,
        reason_position: scheduled.reason.is_some().then_some(position),
        outcome: None,
        jurisdiction: None,
        location_position: None,
        consents: Vec::new(),
        intake: None,
        identity_confirmation: IdentityConfirmation::default(),
        interpretation: Interpretation::default(),
        notes: Vec::new(),
        diagnoses: Vec::new(),
        orders: Vec::new(),
        charges: Vec::new(),
        minutes: None,
        no_charge: None,
        sequence: seen.recorded.sequence,
        changed_position: position,
    };
    match before {
        // Set up anew: what was recorded of it stands.
        Some(before) => ChartVisit {
            consents: before.consents,
            intake: before.intake,
            identity_confirmation: before.identity_confirmation,
            interpretation: before.interpretation,
            notes: before.notes,
            diagnoses: before.diagnoses,
            orders: before.orders,
            charges: before.charges,
            minutes: before.minutes,
            no_charge: before.no_charge,
            jurisdiction: before.jurisdiction,
            location_position: before.location_position,
            ..fresh
        },
        None => fresh,
    }
}

impl ChartVisit {
    fn answer(
        &mut self,
        kind: ConsentKind,
        answer: ConsentAnswer,
        by: Answerer,
        text: &Code,
        position: u64,
        at: DateTime<Utc>,
    ) {
        let (participant, participant_id, authority_id) = by;
        self.consents.retain(|consent| consent.kind != kind);
        let text_version = text.clone();
        self.consents.push(ChartConsent {
            kind,
            participant,
            participant_id,
            authority_id,
            answer,
            text_version,
            position,
            at,
        });
        self.consents.sort_by_key(|consent| consent.kind);
    }

    fn note(&mut self, id: NoteId) -> Option<&mut ChartNote> {
        self.notes.iter_mut().find(|note| note.note_id == id)
    }

    fn draft(&mut self, drafted: &visit::NoteDrafted, position: u64, at: DateTime<Utc>) {
        let note = ChartNote {
            note_id: drafted.note_id,
            state: NoteState::Draft,
            author_id: drafted.author_id,
            template_version: drafted.template_version.clone(),
            content_sha256: drafted.content_sha256.clone(),
            body_position: position,
            drafted_at: at,
            signature: None,
            corrections: Vec::new(),
            cosign: None,
            entered_in_error: None,
            addenda: Vec::new(),
        };
        match self.note(drafted.note_id) {
            Some(before) => *before = note,
            None => self.notes.push(note),
        }
    }

    fn sign(&mut self, signed: &visit::NoteSigned, position: u64, at: DateTime<Utc>) {
        if let Some(note) = self.note(signed.note_id) {
            note.state = NoteState::Signed;
            note.signature = Some(ChartSignature {
                signer_id: signed.signer_id,
                position,
                at,
                rendered_at_position: signed.rendered_at_position,
            });
        }
    }

    fn correct(&mut self, corrected: &visit::NoteCorrected, position: u64, at: DateTime<Utc>) {
        if let Some(note) = self.note(corrected.note_id) {
            note.corrections.push(ChartCorrection {
                author_id: corrected.author_id,
                replaced_position: note.body_position,
                replaced_content_sha256: note.content_sha256.clone(),
                position,
                at,
            });
            note.author_id = corrected.author_id;
            note.template_version = corrected.template_version.clone();
            note.content_sha256 = corrected.content_sha256.clone();
            note.body_position = position;
            if let Some(cosign) = &mut note.cosign {
                cosign.state = CosignState::Requested;
            }
        }
    }

    fn addend(&mut self, addended: &visit::NoteAddended, position: u64, at: DateTime<Utc>) {
        if let Some(note) = self.note(addended.note_id) {
            let (addendum_id, author_id) = (addended.addendum_id, addended.author_id);
            note.addenda.push(ChartAddendum { addendum_id, author_id, position, at });
        }
    }

    /// There is one foremost at most: the newest that was said to be.
    fn diagnose(&mut self, recorded: &visit::DiagnosisRecorded, position: u64) {
        let visit::DiagnosisRecorded { diagnosis_number, primary, .. } = *recorded;
        if primary {
            self.diagnoses.iter_mut().for_each(|diagnosis| diagnosis.primary = false);
        }
        self.diagnoses.push(ChartDiagnosis { diagnosis_number, primary, removed: None, position });
    }

    /// What an order has become is the domain's to say: its machine is fed the event.
    fn order(&mut self, event: &Event, position: u64) {
        let (order_id, drafted) = match event {
            Event::PrescriptionDrafted(drafted) => (drafted.order_id, true),
            Event::LabOrderDrafted(drafted) => (drafted.order_id, true),
            Event::OrderSigned(signed) => (signed.order_id, false),
            Event::OrderCancelled(cancelled) => (cancelled.order_id, false),
            Event::OrderTransmitted(sent) => (sent.order_id, false),
            Event::OrderAccepted(accepted) => (accepted.order_id, false),
            Event::OrderFailed(failed) => (failed.order_id, false),
            _ => return,
        };
        let place = self.orders.iter().position(|order| order.order_id == order_id);
        let before = place.map(|place| self.orders.remove(place));
        let mut orders = Orders::default();
        before.iter().for_each(|before| orders.restore(order_id, before.order.clone()));
        orders.apply(event);
        let Some(order) = orders.get(order_id).cloned() else { return };
        let (mut at, mut signed_position) =
            before.map_or((position, None), |before| (before.position, before.signed_position));
        match event {
            _ if drafted => (at, signed_position) = (position, None),
            Event::OrderSigned(_) => signed_position = Some(position),
            _ => {}
        }
        let order = ChartOrder { order_id, order, position: at, signed_position };
        self.orders.insert(place.unwrap_or(self.orders.len()), order);
    }

    fn capture(&mut self, captured: &visit::ChargeCaptured, position: u64) {
        self.charges.push(ChartCharge {
            charge_id: captured.charge_id,
            state: ChargeState::Captured,
            units: captured.units,
            diagnosis_pointers: captured.diagnosis_pointers.clone(),
            date_of_service: captured.date_of_service,
            basis: captured.basis,
            minutes: captured.minutes,
            unchecked: captured.unchecked.clone(),
            replaces: captured.replaces,
            replaced_by: None,
            position,
        });
    }

    fn charge(&mut self, id: ChargeId) -> Option<&mut ChartCharge> {
        self.charges.iter_mut().find(|charge| charge.charge_id == id)
    }
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

#[cfg(test)]
mod tests {
    use daybook_domain::visit::{NoteAddended, Visit};
    use daybook_domain::{Phi, Rules};

    use super::*;
    use crate::told::{self, Told, id};

    fn visit(told: &Told) -> ChartVisit {
        let rows = told.rows::<ChartRow>(View::Chart);
        let mut visits = rows.into_iter().filter_map(|(_, _, row)| match row {
            ChartRow::Visit(visit) => Some(*visit),
            ChartRow::Patient { .. } => None,
        });
        visits.next_back().unwrap()
    }

    fn seen() -> Told {
        Told::default()
            .visit(9, told::scheduled(told::PROVIDER, 0))
            .visit(9, told::arrived())
            .visit(9, told::identified())
            .visit(9, told::located())
            .visit(9, told::checked_in())
            .visit(9, told::admitted(told::PROVIDER))
    }

    #[test]
    fn a_note_points_at_its_newest_draft_its_signature_and_its_addenda() {
        let told = seen().visit(9, told::drafted(5)).visit(9, told::drafted(5));
        let note = visit(&told).notes.remove(0);
        assert_eq!((note.state, note.body_position, note.signature), (NoteState::Draft, 7, None));
        let told = told.visit(9, told::signed(5)).visit(
            9,
            NoteAddended {
                note_id: id(5),
                addendum_id: id(6),
                body: Phi::Sealed,
                salt: Phi::Sealed,
                content_sha256: told::signed(5).content_sha256,
                author_id: id(told::PROVIDER),
            },
        );
        let note = visit(&told).notes.remove(0);
        assert_eq!((note.state, note.body_position), (NoteState::Signed, 7));
        assert_eq!(note.signature.map(|signature| (signature.position, signature.rendered_at_position)), Some((8, 4)));
        assert_eq!(note.addenda[0].position, 9);
    }

    #[test]
    fn a_corrected_note_points_at_the_correction_and_back_at_what_it_said() {
        let told = seen()
            .visit(9, told::drafted(5))
            .visit(9, told::signed(5))
            .visit(9, told::cosign_requested(5))
            .visit(9, told::cosigned(5));
        let note = visit(&told).notes.remove(0);
        assert_eq!(note.cosign.map(|cosign| (cosign.state, cosign.position)), Some((CosignState::Cosigned, 9)));
        let told = told.visit(9, told::corrected(5));
        let note = visit(&told).notes.remove(0);
        assert_eq!((note.state, note.body_position, note.corrections[0].replaced_position), (NoteState::Signed, 10, 6));
        assert_eq!(note.cosign.map(|cosign| cosign.state), Some(CosignState::Requested), "to be cosigned anew");
        let told = told.visit(
            9,
            visit::NoteEnteredInError { note_id: id(5), reason: Phi::Sealed, provider_id: id(told::PROVIDER) },
        );
        let note = visit(&told).notes.remove(0);
        assert_eq!((note.state, note.body_position), (NoteState::EnteredInError, 10), "nothing of it is gone");
        assert_eq!(note.entered_in_error.map(|error| error.position), Some(11));
    }

    #[test]
    fn the_newest_answer_to_a_question_for_consent_counts() {
        let told = seen().visit(9, told::consented(ConsentKind::Recording)).visit(
            9,
            visit::ConsentWithdrawn {
                participant: visit::Participant::Patient,
                participant_id: None,
                authority_id: None,
                kind: ConsentKind::Recording,
                text_version: "text/1".try_into().unwrap(),
            },
        );
        let consents = visit(&told).consents;
        assert_eq!((consents.len(), consents[0].answer, consents[0].position), (1, ConsentAnswer::Withdrawn, 7));
    }

    #[test]
    fn an_imported_patient_has_a_chart_that_says_so() {
        let told = Told::default().patient(told::imported(told::PATIENT), told::PATIENT);
        let rows = told.rows::<ChartRow>(View::Chart);
        assert!(matches!(rows[..], [(_, 0, ChartRow::Patient { registered: 0, imported: true })]), "{rows:?}");
        let told = Told::default().patient(told::registered(told::PATIENT), told::PATIENT);
        let rows = told.rows::<ChartRow>(View::Chart);
        assert!(matches!(rows[..], [(_, 0, ChartRow::Patient { imported: false, .. })]), "{rows:?}");
    }

    #[test]
    fn a_billed_charge_is_billed() {
        let told = seen().visit(9, told::ended()).visit(9, told::charged(7, None));
        assert_eq!(visit(&told).charges[0].state, ChargeState::Captured);
        let visit = visit(&told.visit(9, visit::Billed { charge_ids: vec![id(7)] }));
        assert_eq!(
            (visit.state, visit.charges[0].state, visit.charges[0].position),
            (State::Closed, ChargeState::Billed, 7)
        );
        assert_eq!((visit.sequence, visit.changed_position), (9, 8));
    }

    #[test]
    fn diagnoses_are_listed_by_number_and_say_when_they_were_removed() {
        let removed = visit::DiagnosisRemoved {
            diagnosis_number: 1,
            reason: DiagnosisRemovalReason::RuledOut,
            details: None,
            provider_id: id(told::PROVIDER),
        };
        let told = seen().visit(9, told::diagnosed(1)).visit(9, told::diagnosed(2)).visit(9, removed);
        let listed: Vec<_> = visit(&told)
            .diagnoses
            .iter()
            .map(|one| (one.diagnosis_number, one.primary, one.removed.is_some(), one.position))
            .collect();
        assert_eq!(listed, [(1, false, true, 6), (2, true, false, 7)]);
    }

    #[test]
    fn an_order_points_at_its_newest_draft_and_says_not_sent() {
        let told = seen().visit(9, told::prescribed(5)).visit(9, told::prescribed(6)).visit(9, told::prescribed(5));
        let orders = visit(&told).orders;
        assert_eq!((orders[0].order_id, orders[0].position, orders[1].position), (id(5), 8, 7));
        let signed = visit::OrderSigned {
            order_id: id(5),
            kind: visit::OrderKind::Prescription,
            signer_id: id(told::PROVIDER),
            content_sha256: told::prescribed(5).content_sha256,
            rendered_at_position: 4,
            on: told::start().date_naive(),
            ground: None,
            examined_in_person: None,
            rules: None,
        };
        let order = visit(&told.visit(9, signed)).orders.remove(0);
        assert_eq!((order.position, order.signed_position), (8, Some(9)));
        assert_eq!((order.order.state, order.order.signer), (visit::OrderState::Signed, Some(id(told::PROVIDER))));
        assert_eq!(serde_json::to_value(&order).unwrap()["transmission"], "NOT SENT");
    }

    #[test]
    fn a_corrected_charge_points_at_the_right_one_and_a_voided_one_says_so() {
        let told = seen()
            .visit(9, told::ended())
            .visit(9, told::charged(7, None))
            .visit(
                9,
                visit::ChargeCorrected {
                    charge_id: id(7),
                    replaced_by: id(8),
                    reason: visit::CorrectionReason::WrongCode,
                },
            )
            .visit(9, told::charged(8, Some(7)));
        let charges = visit(&told).charges;
        assert_eq!((charges[0].state, charges[0].replaced_by), (ChargeState::Corrected, Some(id(8))));
        assert_eq!((charges[1].state, charges[1].replaces), (ChargeState::Captured, Some(id(7))));
        let voided =
            visit::ChargeVoided { charge_id: id(8), was_billed: false, reason: visit::VoidReason::EnteredInError };
        let told = told.visit(9, voided);
        assert_eq!(visit(&told).charges[1].state, ChargeState::Voided);
        let told = told.visit(9, visit::NoChargeRecorded { reason: NoChargeReason::Courtesy, details: None });
        let visit = visit(&told);
        assert_eq!((visit.state, visit.no_charge.unwrap().reason), (State::Closed, NoChargeReason::Courtesy));
    }

    #[test]
    fn the_chart_and_the_domain_agree_on_the_state() {
        let told = seen().visit(9, told::ended());
        for length in 1..=told.events.len() {
            let events: Vec<Event> = told.events[..length].iter().map(|event| event.decode().unwrap()).collect();
            let mut so_far = Told::default();
            so_far.events = told.events[..length].to_vec();
            assert_eq!(visit(&so_far).state, Visit::replay(&events).state());
        }
    }
}
