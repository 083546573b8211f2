//! What events tell, by themselves.

use crate::visit::*;
use crate::{Catalogue, EmergencyId, NoteId, Sha256Hex};

/// What happened to a charge, in order.
pub(super) fn charge(events: &[Event], id: crate::ChargeId) -> Vec<&'static str> {
    let about = |event: &&Event| match event {
        Event::ChargeCaptured(captured) => captured.charge_id == id,
        Event::ChargeCorrected(corrected) => corrected.charge_id == id,
        Event::ChargeVoided(voided) => voided.charge_id == id,
        Event::Billed(billed) => billed.charge_ids.contains(&id),
        _ => false,
    };
    events.iter().filter(about).map(|event| event.event_type()).collect()
}

pub(super) fn stands(events: &[Event], id: crate::ChargeId) -> bool {
    matches!(charge(events, id).last(), Some(&("charge-captured" | "billed")))
}

pub(super) fn signed(events: &[Event], note: NoteId) -> bool {
    events.iter().any(|event| matches!(event, Event::NoteSigned(signed) if signed.note_id == note))
}

pub(super) fn in_error(events: &[Event], note: NoteId) -> bool {
    events.iter().any(|event| matches!(event, Event::NoteEnteredInError(error) if error.note_id == note))
}

pub(super) fn stands_signed(events: &[Event], note: NoteId) -> bool {
    signed(events, note) && !in_error(events, note)
}

/// What each signature on a note commits to, in order.
pub(super) fn signatures(events: &[Event], note: NoteId) -> Vec<Sha256Hex> {
    let of_note = |event: &Event| match event {
        Event::NoteSigned(signed) if signed.note_id == note => Some(signed.signed_sha256.clone()),
        Event::NoteCorrected(corrected) if corrected.note_id == note => Some(corrected.signed_sha256.clone()),
        _ => None,
    };
    events.iter().filter_map(of_note).collect()
}

/// Whether somebody was asked to cosign, and what the note says now is not cosigned.
pub(super) fn waits_for_cosigner(events: &[Event], note: NoteId) -> bool {
    let asked = |event: &Event| matches!(event, Event::CosignRequested(requested) if requested.note_id == note);
    let cosigned = |event: &&Event| matches!(event, Event::Cosigned(cosigned) if cosigned.note_id == note);
    let last = events.iter().rev().find(cosigned);
    let newest = signatures(events, note);
    let stands = last.is_some_and(|event| match event {
        Event::Cosigned(cosigned) => newest.last() == Some(&cosigned.signed_sha256),
        _ => false,
    });
    events.iter().any(asked) && !stands
}

pub(super) fn standing_diagnoses(events: &[Event]) -> Vec<u8> {
    let mut standing = Vec::new();
    for event in events {
        match event {
            Event::DiagnosisRecorded(recorded) => standing.push(recorded.diagnosis_number),
            Event::DiagnosisRemoved(removed) => standing.retain(|number| *number != removed.diagnosis_number),
            _ => {}
        }
    }
    standing
}

pub(super) fn order_id(event: &Event) -> crate::OrderId {
    let id = event.payload()["order_id"].clone();
    serde_json::from_value(id).unwrap()
}

pub(super) fn open_emergencies(events: &[Event]) -> Vec<EmergencyId> {
    let closed =
        |id| events.iter().any(|event| matches!(event, Event::EmergencyClosed(closed) if closed.emergency_id == id));
    let declared = events.iter().filter_map(|event| match event {
        Event::EmergencyDeclared(declared) => Some(declared.emergency_id),
        _ => None,
    });
    declared.filter(|id| !closed(*id)).collect()
}

/// Whether the visit has a place in a group session.
pub(super) fn is_seated(events: &[Event]) -> bool {
    let newest = events.iter().rev().find(|event| matches!(event, Event::SessionJoined(_) | Event::SessionLeft(_)));
    matches!(newest, Some(Event::SessionJoined(_)))
}

pub(super) fn withdrawn(events: &[Event], message: crate::MessageId) -> bool {
    events.iter().any(|event| matches!(event, Event::MessageWithdrawn(taken) if taken.message_id == message))
}

/// Whether the visit's provider works under somebody's supervision.
pub(super) fn is_supervised(events: &[Event]) -> bool {
    let newest = events.iter().rev().find(|event| matches!(event, Event::SupervisorNamed(_) | Event::HandedOver(_)));
    matches!(newest, Some(Event::SupervisorNamed(_)))
}
