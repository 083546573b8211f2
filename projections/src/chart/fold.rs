//! How events make a chart.

use chrono::{DateTime, Utc};
use daybook_domain::visit::{
    self, ChargeState, ConsentKind, CosignState, Event, File, IdentityConfirmation, Interpretation, NoteState, Orders,
    State,
};
use daybook_domain::{ChargeId, Code, NoteId, VisitId, patient};
use serde::{Deserialize, Serialize};

use super::{
    Answerer, ChartAddendum, ChartCharge, ChartConsent, ChartCorrection, ChartCosign, ChartDiagnosis, ChartFile,
    ChartIntake, ChartMinutes, ChartNoCharge, ChartNote, ChartNoteError, ChartOrder, ChartResult, ChartSignature,
    ChartVisit, ConsentAnswer,
};
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{Fact, PATIENT, Seen, VISIT};

/// A stored row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum ChartRow {
    Patient { registered: u64, imported: bool },
    Visit(Box<ChartVisit>),
}

pub(crate) struct Charts;

impl Projection for Charts {
    const VIEW: View = View::Chart;
    const VERSION: u32 = 11;
    const INDEXES: &'static [&'static str] = &["(clinic_id, owner)"];
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
    if let Some(state) = State::after(event) {
        visit.state = state;
    }
    match event {
        Event::ModalityChanged(changed) => visit.modality = changed.to,
        Event::HandedOver(handed) => {
            visit.provider_id = handed.to_provider_id;
            visit.identity_confirmation = IdentityConfirmation::default();
        }
        // Where the patient was, and who was found for them, says nothing of another time.
        Event::Rescheduled(moved) => {
            visit.scheduled_for = moved.starts_at;
            visit.duration_minutes = moved.duration_minutes;
            (visit.jurisdiction, visit.location_position) = (None, None);
            visit.identity_confirmation = IdentityConfirmation::default();
            visit.interpretation.apply(event);
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
        Event::FileAttached(attached) => {
            let visit::FileAttached { file_id, media_type, bytes, attached_by, .. } = *attached;
            let file = File { file_id, media_type, bytes, attached_by, removed: false };
            visit.files.push(ChartFile { file, position, at });
        }
        Event::FileRemoved(removed) => {
            let these = visit.files.iter_mut().filter(|file| file.file.file_id == removed.file_id);
            these.for_each(|file| file.file.removed = true);
        }
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
        Event::ResultReceived(received) => visit.results.push(ChartResult::of(received, position, at)),
        Event::ResultReviewed(reviewed) => {
            let this = |result: &&mut ChartResult| result.result_id == reviewed.result_id;
            visit.results.iter_mut().filter(this).for_each(|result| result.review(reviewed, position, at));
        }
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
        results: Vec::new(),
        charges: Vec::new(),
        files: Vec::new(),
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
            results: before.results,
            charges: before.charges,
            files: before.files,
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
