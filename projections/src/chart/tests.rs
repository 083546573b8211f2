//! Charts of told stories.

use daybook_domain::visit::{self, Event, NoteAddended, Visit};
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
    let told = told
        .visit(9, visit::NoteEnteredInError { note_id: id(5), reason: Phi::Sealed, provider_id: id(told::PROVIDER) });
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
            visit::ChargeCorrected { charge_id: id(7), replaced_by: id(8), reason: visit::CorrectionReason::WrongCode },
        )
        .visit(9, told::charged(8, Some(7)));
    let charges = visit(&told).charges;
    assert_eq!((charges[0].state, charges[0].replaced_by), (ChargeState::Corrected, Some(id(8))));
    assert_eq!((charges[1].state, charges[1].replaces), (ChargeState::Captured, Some(id(7))));
    let voided = visit::ChargeVoided { charge_id: id(8), was_billed: false, reason: visit::VoidReason::EnteredInError };
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

#[test]
fn a_visit_that_is_moved_or_handed_over_begins_anew_as_the_domain_has_it() {
    let language: daybook_domain::Language = "hmn".try_into().unwrap();
    let asked = visit::InterpreterRequested {
        language: language.clone(),
        modality: visit::InterpreterModality::Video,
        requested_by: daybook_domain::Role::Patient,
    };
    let found = visit::InterpreterAssigned {
        participant_id: id(30),
        language,
        qualification: visit::InterpreterQualification::Qualified,
        agency_id: None,
        interpreter_number: None,
        assigned_by: daybook_domain::Role::FrontDesk,
    };
    let starts_at = "2026-03-03T10:00:00Z".parse().unwrap();
    let moved = visit::Rescheduled {
        by: visit::Party::Patient,
        reason: visit::RescheduleReason::PatientAsked,
        from_starts_at: "2026-03-02T10:00:00Z".parse().unwrap(),
        from_duration_minutes: 20,
        starts_at,
        duration_minutes: 30,
    };
    let (from_provider_id, to_provider_id) = (id(told::PROVIDER), id(88));
    let handed = visit::HandedOver { from_provider_id, to_provider_id, reason: visit::HandOverReason::Coverage };
    let told = Told::default()
        .visit(9, told::scheduled(told::PROVIDER, 0))
        .visit(9, asked)
        .visit(9, found)
        .visit(9, told::arrived())
        .visit(9, told::located())
        .visit(9, moved)
        .visit(9, handed);
    let events: Vec<Event> = told.events.iter().map(|event| event.decode().unwrap()).collect();
    let (chart, domain) = (visit(&told), Visit::replay(&events));
    assert_eq!((chart.state, chart.jurisdiction), (State::Scheduled, None));
    assert_eq!((chart.scheduled_for, chart.duration_minutes), (starts_at, 30));
    assert_eq!(Some(chart.provider_id), domain.provider());
    assert_eq!(chart.interpretation, *domain.interpretation());
    assert_eq!(chart.interpretation.state(), visit::InterpretationState::Requested);
    assert_eq!(chart.identity_confirmation, domain.identity_confirmation());
}
