//! Random commands, asked by random people at random times: whatever is asked in whatever order, the invariants hold.

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::example::{self, commands::*, place};
use super::*;
use crate::given::{actor, id, now};
use crate::{Actor, Catalogue, Concerns, EmergencyId, NoteId, Phi, Request, Role, Rules, Sha256Hex};

/// A command before the state is known: which note, and whether with the right hash, is settled when it is asked.
#[derive(Clone, Debug)]
enum Ask {
    Example(usize),
    Attest(&'static str),
    Admit(bool),
    DraftNew(u128),
    DraftAnew(u128, &'static str),
    Sign { note: u128, stale: bool },
    Addend { note: u128, addendum: u128 },
    CorrectNote { note: u128, stale: bool },
    InError(u128),
    RequestCosign(u128),
    Cosign(u128),
    Capture(u128),
    Correct(u128, u128),
    Void(u128),
    CapturePointing(u128, u8),
    Diagnose,
    Undiagnose(u8),
    SignOrder { lab: bool },
    Join(Participant, &'static str),
    Leave(Participant, &'static str, LeaveReason),
    Consent(ConsentKind, &'static str),
    Decline(ConsentKind, &'static str),
    Withdraw(ConsentKind),
    Declare(u128),
    Modality(Modality),
    Write(u128),
    ReadOf(u128),
}

fn asks() -> impl Strategy<Value = Ask> {
    let note = || prop_oneof![Just(10_u128), Just(20_u128)];
    let kind = || prop_oneof![Just(ConsentKind::Telehealth), Just(ConsentKind::Recording)];
    let version = || prop_oneof![Just("text/1"), Just("text/2")];
    let who = || prop_oneof![Just(Participant::Patient), Just(Participant::Provider)];
    let connection = || prop_oneof![Just("a"), Just("b"), Just("c")];
    let reason = prop_oneof![Just(LeaveReason::HungUp), Just(LeaveReason::Dropped), Just(LeaveReason::Unknown)];
    prop_oneof![
        12 => (0..example::commands::all().len()).prop_map(Ask::Example),
        1 => prop_oneof![Just("WI"), Just("MN")].prop_map(Ask::Attest),
        1 => any::<bool>().prop_map(Ask::Admit),
        1 => note().prop_map(Ask::DraftNew),
        2 => (note(), prop_oneof![Just("Rest."), Just("Antibiotics.")]).prop_map(|(note, plan)| Ask::DraftAnew(note, plan)),
        3 => (note(), any::<bool>()).prop_map(|(note, stale)| Ask::Sign { note, stale }),
        1 => (note(), 30..33_u128).prop_map(|(note, addendum)| Ask::Addend { note, addendum }),
        1 => (note(), any::<bool>()).prop_map(|(note, stale)| Ask::CorrectNote { note, stale }),
        1 => note().prop_map(Ask::InError),
        1 => note().prop_map(Ask::RequestCosign),
        1 => note().prop_map(Ask::Cosign),
        1 => (40..43_u128).prop_map(Ask::Capture),
        1 => (40..43_u128, 40..46_u128).prop_map(|(old, new)| Ask::Correct(old, new)),
        1 => (40..43_u128).prop_map(Ask::Void),
        1 => (40..43_u128, 1..4_u8).prop_map(|(charge, number)| Ask::CapturePointing(charge, number)),
        2 => Just(Ask::Diagnose),
        1 => (1..4_u8).prop_map(Ask::Undiagnose),
        2 => any::<bool>().prop_map(|lab| Ask::SignOrder { lab }),
        1 => (who(), connection()).prop_map(|(who, connection)| Ask::Join(who, connection)),
        1 => (who(), connection(), reason).prop_map(|(who, connection, reason)| Ask::Leave(who, connection, reason)),
        1 => (kind(), version()).prop_map(|(kind, version)| Ask::Consent(kind, version)),
        1 => (kind(), version()).prop_map(|(kind, version)| Ask::Decline(kind, version)),
        1 => kind().prop_map(Ask::Withdraw),
        1 => (60..62_u128).prop_map(Ask::Declare),
        1 => (80..82_u128).prop_map(Ask::Write),
        1 => (80..82_u128).prop_map(Ask::ReadOf),
        1 => prop_oneof![Just(Modality::Video), Just(Modality::Phone)].prop_map(Ask::Modality),
    ]
}

/// Usually the one whose command it is, so that stories get somewhere; sometimes anybody.
fn people() -> impl Strategy<Value = Option<Actor>> {
    let colleague = Actor { person: Some(Uuid::from_u128(88)), ..actor(Role::Provider) };
    let stranger = Actor { person: Some(Uuid::from_u128(77)), ..actor(Role::Patient) };
    let anybody = prop_oneof![
        Just(colleague),
        Just(stranger),
        Just(actor(Role::Patient)),
        Just(actor(Role::Provider)),
        Just(actor(Role::FrontDesk)),
        Just(actor(Role::System)),
    ];
    prop_oneof![4 => Just(None), 1 => anybody.prop_map(Some)]
}

fn stories() -> impl Strategy<Value = (State, Vec<(Ask, Option<Actor>, i64)>)> {
    let start = proptest::sample::select(State::ALL.to_vec());
    (start, proptest::collection::vec((asks(), people(), -30..300_i64), 1..60))
}

fn command(visit: &Visit, ask: &Ask) -> (Role, Command) {
    match ask {
        Ask::Example(index) => example::commands::all().swap_remove(*index),
        Ask::Attest(jurisdiction) => (Role::Patient, attest_location(jurisdiction)),
        Ask::Admit(true) => (Role::Provider, admit()),
        Ask::Admit(false) => (Role::Provider, Command::Admit(Admit {}, AdmitFacts::default())),
        Ask::DraftNew(note) => {
            let Command::DraftNote(command, new) = draft_note() else { unreachable!() };
            (Role::Provider, Command::DraftNote(command, NewNote { note_id: id(*note), ..new }))
        }
        Ask::DraftAnew(note, plan) => (Role::Provider, draft_anew(id(*note), plan)),
        Ask::Sign { note, stale } => {
            let latest = visit.notes().get(id(*note)).map(|note| note.content_sha256.clone());
            let content_sha256 = latest.filter(|_| !stale).unwrap_or_else(|| Sha256Hex::of(&[b"another draft"]));
            let command = SignNote { note_id: id(*note), content_sha256, rendered_at_position: 40 };
            (Role::Provider, Command::SignNote(command, example::signature_facts()))
        }
        Ask::CorrectNote { note, stale } => {
            let Command::CorrectNote(command, facts) = correct_note() else { unreachable!() };
            let signed_sha256 = if *stale { command.signed_sha256.clone() } else { signed_hash(visit, *note) };
            let command = CorrectNote { note_id: id(*note), signed_sha256, ..command };
            (Role::Provider, Command::CorrectNote(command, facts))
        }
        Ask::InError(note) => {
            let Command::EnterNoteInError(command) = enter_note_in_error() else { unreachable!() };
            (Role::Provider, Command::EnterNoteInError(EnterNoteInError { note_id: id(*note), ..command }))
        }
        Ask::RequestCosign(note) => {
            let Command::RequestCosign(command, facts) = request_cosign() else { unreachable!() };
            (Role::Provider, Command::RequestCosign(RequestCosign { note_id: id(*note), ..command }, facts))
        }
        Ask::Cosign(note) => {
            let Command::CosignNote(command, facts) = cosign_note() else { unreachable!() };
            let command = CosignNote { note_id: id(*note), signed_sha256: signed_hash(visit, *note), ..command };
            (Role::Provider, Command::CosignNote(command, facts))
        }
        Ask::Addend { note, addendum } => {
            let Command::AddendNote(command, new) = addend_note() else { unreachable!() };
            let command = AddendNote { note_id: id(*note), ..command };
            (Role::Provider, Command::AddendNote(command, NewAddendum { addendum_id: id(*addendum), ..new }))
        }
        Ask::Capture(charge) => (Role::Billing, capture_charge(*charge)),
        Ask::Correct(old, new) => {
            let Command::CorrectCharge(command, facts) = correct_charge(*old) else { unreachable!() };
            (Role::Billing, Command::CorrectCharge(command, ChargeFacts { charge_id: id(*new), ..facts }))
        }
        Ask::Void(charge) => (Role::Billing, void_charge(*charge)),
        Ask::CapturePointing(charge, number) => {
            let Command::CaptureCharge(command, facts) = capture_charge(*charge) else { unreachable!() };
            let command = CaptureCharge { diagnoses: vec![], diagnosis_pointers: vec![*number], ..command };
            (Role::Billing, Command::CaptureCharge(command, facts))
        }
        Ask::Diagnose => (Role::Provider, record_diagnosis()),
        Ask::Undiagnose(number) => (Role::Provider, remove_diagnosis(*number)),
        Ask::SignOrder { lab } => (Role::Provider, if *lab { sign_lab_order() } else { sign_order() }),
        Ask::Join(who, connection) => (Role::System, observe_join(*who, connection)),
        Ask::Leave(who, connection, reason) => (Role::System, observe_leave(*who, connection, *reason)),
        Ask::Consent(kind, version) => (Role::Patient, give_consent(*kind, version)),
        Ask::Decline(kind, version) => (Role::Patient, decline_consent(*kind, version)),
        Ask::Withdraw(kind) => (Role::Patient, withdraw_consent(*kind)),
        Ask::Write(message) => {
            let Command::SendMessage(command, _) = send_message() else { unreachable!() };
            (Role::FrontDesk, Command::SendMessage(command, NewMessage { message_id: id(*message) }))
        }
        Ask::ReadOf(message) => (Role::Patient, Command::ReadMessage(ReadMessage { message_id: id(*message) })),
        Ask::Declare(emergency) => (Role::Provider, declare_emergency(*emergency)),
        Ask::Modality(modality) => (Role::Provider, change_modality(*modality)),
    }
}

/// What the newest signature on a note commits to; of a note without one something else.
fn signed_hash(visit: &Visit, note: u128) -> Sha256Hex {
    let signed = visit.notes().get(id(note)).and_then(|note| note.signed_sha256.clone());
    signed.unwrap_or_else(|| Sha256Hex::of(&[b"nothing"]))
}

/// What must hold for one event, given everything before it. Told from the events alone, not from the state under test.
fn check(before: &[Event], event: &Event, at: DateTime<Utc>, asked: &Command) {
    let happened = |kinds: &[&str]| before.iter().any(|event| kinds.contains(&event.event_type()));
    const FINAL: [&str; 5] =
        ["billed", "no-charge-recorded", "cancelled", "no-show-recorded", "provider-no-show-recorded"];
    // What was final until the visit was moved, or until a no-show was taken back, is no longer.
    let reopened = before.iter().rposition(|event| ["rescheduled", "no-show-reversed"].contains(&event.event_type()));
    let final_so_far =
        before[reopened.map_or(0, |at| at + 1)..].iter().any(|event| FINAL.contains(&event.event_type()));
    // A visit that was moved begins anew: who is here, and where, is told again at the new time.
    let moved = before.iter().rposition(|event| event.event_type() == "rescheduled").map_or(0, |at| at + 1);
    let since = &before[moved..];
    let happened_since = |kinds: &[&str]| since.iter().any(|event| kinds.contains(&event.event_type()));
    match event {
        Event::Admitted(admitted) => {
            let open = open_emergencies(before);
            assert_eq!(admitted.emergency_id.is_some(), !admitted.overridden_gates.is_empty(), "overridden by nothing");
            assert!(admitted.emergency_id.is_none_or(|id| open.contains(&id)), "overridden by no open emergency");
            let overridden = |gate| admitted.overridden_gates.contains(&gate);
            assert!(
                happened_since(&["checked-in", "returned-to-waiting"]) || overridden(Gate::WaitingRoom),
                "admitted from nowhere"
            );
            assert!(happened_since(&["identity-verified"]) != overridden(Gate::Identity), "admitted without identity");
            let last = since.iter().rev().find_map(|event| match event {
                Event::LocationAttested(location) => Some(location.jurisdiction),
                _ => None,
            });
            assert_eq!(last, admitted.jurisdiction, "admitted on an old location");
            assert!(last.is_some() != overridden(Gate::Location), "admitted without an attested location");
            let Command::Admit(_, facts) = asked else { panic!("admitted without being asked to") };
            let licensed = last.is_some_and(|place| facts.permitting(place, at).is_ok());
            assert!(licensed != overridden(Gate::Licence), "admitted without a licence");
            assert!(!licensed || last == Some(place("WI")), "the only licence there is");
        }
        Event::ReturnedToWaiting(returned) if returned.sent_back_by.is_some() => {
            const BEGUN: [&str; 4] =
                ["note-drafted", "diagnosis-recorded", "prescription-drafted", "lab-order-drafted"];
            assert!(!happened(&BEGUN), "sent back although the encounter had begun");
        }
        Event::MessageRead(read) => {
            let sent = |event: &Event| matches!(event, Event::MessageSent(sent) if sent.message_id == read.message_id);
            assert!(before.iter().any(sent), "read what was never sent");
        }
        Event::EstimateTold(told) => {
            assert!(told.p80_minutes.is_none() || told.from_visits >= LEAST_MEASURED, "told what was not measured");
        }
        Event::NoShowRecorded(_) => assert!(!happened_since(&["arrived"]), "a no-show who had arrived"),
        Event::ProviderNoShowRecorded(_) => {
            assert!(!happened_since(&["provider-ready"]), "a no-show who had been ready")
        }
        Event::EmergencyClosed(closed) => {
            assert!(open_emergencies(before).contains(&closed.emergency_id), "closed twice")
        }
        Event::IdentityConfirmed(_) | Event::IdentityDoubted(_) => {
            assert!(happened(&["admitted"]), "the provider saw nobody");
        }
        Event::InterpreterAssigned(assigned) => {
            let last = before.iter().rev().find_map(|event| match event {
                Event::InterpreterRequested(requested) => Some(Some(&requested.language)),
                Event::InterpreterDeclined(_) => Some(None),
                _ => None,
            });
            assert_eq!(last, Some(Some(&assigned.language)), "an interpreter nobody asked for");
        }
        Event::InterpreterJoined(joined) => {
            let assigned = |event: &Event| match event {
                Event::InterpreterAssigned(assigned) => assigned.participant_id == joined.participant_id,
                _ => false,
            };
            assert!(before.iter().any(assigned), "nobody assigned this interpreter");
        }
        Event::ConsentGiven(ConsentGiven { participant, participant_id, authority_id, .. })
        | Event::ConsentDeclined(ConsentDeclined { participant, participant_id, authority_id, .. })
        | Event::ConsentWithdrawn(ConsentWithdrawn { participant, participant_id, authority_id, .. }) => {
            let verified = |event: &Event| match event {
                Event::ProxyVerified(verified) => {
                    Some(verified.participant_id) == *participant_id && Some(verified.authority_id) == *authority_id
                }
                _ => false,
            };
            match participant {
                Participant::Patient => assert_eq!((*participant_id, *authority_id), (None, None)),
                Participant::Proxy => assert!(before.iter().any(verified), "a proxy nobody identified answered"),
                other => panic!("{other:?} answered for the patient"),
            }
        }
        Event::InvitationUsed(used) => {
            let about = |event: &&Event| match event {
                Event::ParticipantInvited(invited) => invited.participant_id == used.participant_id,
                Event::InvitationUsed(other) => other.participant_id == used.participant_id,
                Event::InvitationRevoked(revoked) => revoked.participant_id == used.participant_id,
                _ => false,
            };
            let told: Vec<_> = before.iter().filter(about).map(|event| event.event_type()).collect();
            assert_eq!(told, ["participant-invited"], "an invitation was used that was not open");
        }
        Event::ModalityChanged(changed) => assert_ne!(changed.from, changed.to),
        Event::NoteDrafted(drafted) => {
            assert!(!signed(before, drafted.note_id), "a signed note was written anew");
            assert!(!in_error(before, drafted.note_id), "a note entered in error was written anew");
            let older = |event: &Event| match event {
                Event::NoteDrafted(older) => older.note_id != drafted.note_id || older.revision < drafted.revision,
                _ => true,
            };
            assert!(before.iter().all(older), "a draft that is not newer");
        }
        Event::NoteSigned(now_signed) => {
            assert!(!signed(before, now_signed.note_id), "signed twice");
            assert!(!in_error(before, now_signed.note_id), "signed although entered in error");
            let required = ["subjective", "assessment", "plan"];
            let written =
                |body: &NoteBody| required.iter().all(|key| body.iter().any(|(written, _)| written.as_str() == *key));
            let latest = before.iter().rev().find_map(|event| match event {
                Event::NoteDrafted(drafted) if drafted.note_id == now_signed.note_id => Some(drafted),
                _ => None,
            });
            let latest = latest.expect("signed without a draft");
            assert_eq!(latest.content_sha256, now_signed.content_sha256, "signed something else than the latest draft");
            let (Phi::Clear(body), Phi::Clear(salt)) = (&latest.body, &latest.salt) else { panic!("open in memory") };
            assert_eq!(*salt, "07".repeat(32));
            assert!(written(body), "signed without a section its template requires");
            assert_eq!(content_sha256(&example::SALT, body), latest.content_sha256, "the hash is that of the body");
        }
        Event::NoteAddended(addended) => assert!(stands_signed(before, addended.note_id), "added to an unsigned note"),
        Event::NoteCorrected(corrected) => {
            assert!(stands_signed(before, corrected.note_id), "corrected what is not signed");
            let newest = signatures(before, corrected.note_id);
            assert_eq!(newest.last(), Some(&corrected.replaces_sha256), "corrected something else than what it says");
            let (Phi::Clear(body), Phi::Clear(_)) = (&corrected.body, &corrected.salt) else {
                panic!("open in memory")
            };
            assert_eq!(content_sha256(&example::SALT, body), corrected.content_sha256, "the hash is that of the body");
        }
        Event::NoteEnteredInError(error) => assert!(!in_error(before, error.note_id), "entered in error twice"),
        Event::CosignRequested(requested) => {
            assert!(stands_signed(before, requested.note_id), "asked to cosign what is not signed");
            assert_ne!(requested.cosigner_id, requested.requested_by, "asked themselves");
        }
        Event::Cosigned(cosigned) => {
            assert!(stands_signed(before, cosigned.note_id), "cosigned what is not signed");
            let newest = signatures(before, cosigned.note_id);
            assert_eq!(newest.last(), Some(&cosigned.signed_sha256), "cosigned something else than what it says");
            let asked = before.iter().rev().find_map(|event| match event {
                Event::CosignRequested(requested) if requested.note_id == cosigned.note_id => {
                    Some(requested.cosigner_id)
                }
                _ => None,
            });
            assert_eq!(asked, Some(cosigned.cosigner_id), "cosigned by somebody who was not asked");
        }
        Event::DiagnosisRecorded(recorded) => {
            let number = recorded.diagnosis_number;
            let given =
                |event: &Event| matches!(event, Event::DiagnosisRecorded(old) if old.diagnosis_number == number);
            assert!(!before.iter().any(given), "a number given twice");
        }
        Event::DiagnosisRemoved(removed) => {
            assert!(standing_diagnoses(before).contains(&removed.diagnosis_number), "removed what does not stand");
        }
        Event::OrderSigned(now_signed) => {
            let of_this =
                |event: &&Event| Transmission::after(event).is_some() && order_id(event) == now_signed.order_id;
            let latest = before.iter().rev().find(of_this).expect("signed without a draft");
            let (pointers, hash) = match latest {
                Event::PrescriptionDrafted(drafted) => (&drafted.diagnosis_pointers, &drafted.content_sha256),
                Event::LabOrderDrafted(drafted) => (&drafted.diagnosis_pointers, &drafted.content_sha256),
                other => panic!("signed after {}", other.event_type()),
            };
            assert_eq!(*hash, now_signed.content_sha256, "signed something else than the latest draft");
            let listed = standing_diagnoses(before);
            assert!(pointers.iter().all(|number| listed.contains(number)), "signed for what does not stand");
            assert!(now_signed.kind == OrderKind::LabOrder || !pointers.is_empty(), "prescribed for nothing");
        }
        Event::OrderTransmitted(_) | Event::OrderAccepted(_) | Event::OrderFailed(_) => {
            panic!("nothing here can transmit")
        }
        Event::ChargeCaptured(captured) => {
            assert!(happened(&["ended"]), "charged before the end");
            assert!(charge(before, captured.charge_id).is_empty(), "an id used twice");
            let listed = standing_diagnoses(before);
            assert!(
                captured.diagnosis_pointers.iter().all(|number| listed.contains(number)),
                "for what does not stand"
            );
            assert!(listed.is_empty() || !captured.diagnosis_pointers.is_empty(), "for something off the list");
            let by_time = captured.basis == Some(crate::law::billing::Basis::Time);
            assert!(!by_time || captured.minutes.is_some() && happened(&["minutes-attested"]), "time nobody attested");
            if happened(&["billed", "no-charge-recorded"]) {
                let replaced = captured.replaces.map(|old| charge(before, old));
                assert!(replaced.is_some_and(|old| old.last() == Some(&"charge-corrected")), "charged after the bill");
            }
        }
        Event::ChargeCorrected(corrected) => {
            assert!(stands(before, corrected.charge_id), "corrected what does not stand")
        }
        Event::ChargeVoided(voided) => assert!(stands(before, voided.charge_id), "voided what does not stand"),
        Event::NoChargeRecorded(_) => {
            let outstanding = |event: &Event| match event {
                Event::ChargeCaptured(captured) => charge(before, captured.charge_id) == ["charge-captured"],
                _ => false,
            };
            assert!(!before.iter().any(outstanding), "a captured charge was forgotten");
        }
        Event::Billed(billed) => {
            for id in &billed.charge_ids {
                assert_eq!(charge(before, *id), ["charge-captured"], "billed what was billed, corrected or voided");
            }
            let drafted = before.iter().filter_map(|event| match event {
                Event::NoteDrafted(drafted) => Some(drafted.note_id),
                _ => None,
            });
            let drafted: Vec<_> = drafted.collect();
            assert!(drafted.iter().any(|note| stands_signed(before, *note)), "billed before a note was signed");
            assert!(happened(&["charge-captured"]), "billed nothing");
            for note in drafted {
                assert!(signed(before, note) || in_error(before, note), "billed with an unsigned note");
                assert!(in_error(before, note) || !waits_for_cosigner(before, note), "billed before it was cosigned");
            }
        }
        _ => {}
    }
    if final_so_far {
        const STILL: [&str; 14] = [
            "participant-joined",
            "participant-left",
            "note-addended",
            "note-corrected",
            "note-entered-in-error",
            "cosign-requested",
            "cosigned",
            "consent-withdrawn",
            "contact-attempted",
            "technical-failure",
            "emergency-declared",
            "emergency-closed",
            "session-left",
            "invitation-revoked",
        ];
        const ONCE_CLOSED: [&str; 10] = [
            "minutes-attested",
            "charge-captured",
            "charge-corrected",
            "charge-voided",
            "billed",
            "note-drafted",
            "note-signed",
            "diagnosis-recorded",
            "diagnosis-removed",
            "order-cancelled",
        ];
        let closed = happened(&["billed", "no-charge-recorded"]);
        let last_final = before.iter().rev().find(|event| FINAL.contains(&event.event_type()));
        let reopens = match last_final.map(Catalogue::event_type) {
            Some("no-show-recorded") => event.event_type() == "no-show-reversed",
            Some("provider-no-show-recorded") => event.event_type() == "rescheduled",
            _ => false,
        };
        let permitted =
            reopens || STILL.contains(&event.event_type()) || closed && ONCE_CLOSED.contains(&event.event_type());
        assert!(permitted, "{} after the visit was final", event.event_type());
    }
}

/// What happened to a charge, in order.
fn charge(events: &[Event], id: crate::ChargeId) -> Vec<&'static str> {
    let about = |event: &&Event| match event {
        Event::ChargeCaptured(captured) => captured.charge_id == id,
        Event::ChargeCorrected(corrected) => corrected.charge_id == id,
        Event::ChargeVoided(voided) => voided.charge_id == id,
        Event::Billed(billed) => billed.charge_ids.contains(&id),
        _ => false,
    };
    events.iter().filter(about).map(|event| event.event_type()).collect()
}

fn stands(events: &[Event], id: crate::ChargeId) -> bool {
    matches!(charge(events, id).last(), Some(&("charge-captured" | "billed")))
}

fn signed(events: &[Event], note: NoteId) -> bool {
    events.iter().any(|event| matches!(event, Event::NoteSigned(signed) if signed.note_id == note))
}

fn in_error(events: &[Event], note: NoteId) -> bool {
    events.iter().any(|event| matches!(event, Event::NoteEnteredInError(error) if error.note_id == note))
}

fn stands_signed(events: &[Event], note: NoteId) -> bool {
    signed(events, note) && !in_error(events, note)
}

/// What each signature on a note commits to, in order.
fn signatures(events: &[Event], note: NoteId) -> Vec<Sha256Hex> {
    let of_note = |event: &Event| match event {
        Event::NoteSigned(signed) if signed.note_id == note => Some(signed.signed_sha256.clone()),
        Event::NoteCorrected(corrected) if corrected.note_id == note => Some(corrected.signed_sha256.clone()),
        _ => None,
    };
    events.iter().filter_map(of_note).collect()
}

/// Whether somebody was asked to cosign, and what the note says now is not cosigned.
fn waits_for_cosigner(events: &[Event], note: NoteId) -> bool {
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

fn standing_diagnoses(events: &[Event]) -> Vec<u8> {
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

fn order_id(event: &Event) -> crate::OrderId {
    let id = event.payload()["order_id"].clone();
    serde_json::from_value(id).unwrap()
}

fn open_emergencies(events: &[Event]) -> Vec<EmergencyId> {
    let closed =
        |id| events.iter().any(|event| matches!(event, Event::EmergencyClosed(closed) if closed.emergency_id == id));
    let declared = events.iter().filter_map(|event| match event {
        Event::EmergencyDeclared(declared) => Some(declared.emergency_id),
        _ => None,
    });
    declared.filter(|id| !closed(*id)).collect()
}

fn round_trips(event: &Event) {
    let payload = serde_json::to_vec(&event.payload()).unwrap();
    let decoded = Event::decode(event.event_type(), event.event_version(), &payload).unwrap();
    assert_eq!(decoded.payload(), event.payload());
    assert!(decoded == *event);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_asked_the_invariants_hold((start, asks) in stories()) {
        let mut events = example::story(start);
        let mut visit = Visit::replay(&events);
        for (ask, somebody, minutes) in asks {
            let at = now() + Duration::minutes(minutes);
            let (role, command) = command(&visit, &ask);
            let observation = matches!(command, Command::ObserveJoin(_) | Command::ObserveLeave(_));
            let request = Request { at, actor: somebody.unwrap_or_else(|| actor(role)), command: command.clone() };
            let before = visit.clone();
            match visit.decide(request) {
                Ok(decided) => {
                    prop_assert!(!decided.is_empty(), "a command that is accepted says something");
                    for event in decided {
                        check(&events, &event, at, &command);
                        round_trips(&event);
                        visit.evolve(&event);
                        prop_assert!(visit.concerns(&event).is_some(), "every event of a visit concerns its patient");
                        events.push(event);
                    }
                }
                Err(error) => {
                    prop_assert!(!observation || before.state() == State::NotScheduled, "an observation was refused: {error}");
                }
            }
            prop_assert!(visit == Visit::replay(&events), "the state is what the events add up to");
        }
        for (_, order) in visit.orders().iter() {
            prop_assert_eq!(order.transmission(), Transmission::NotSent, "an order that nobody transmitted");
        }
        let stored = serde_json::to_string(&visit).unwrap();
        prop_assert!(serde_json::from_str::<Visit>(&stored).unwrap() == visit, "the state survives being stored");
        for phi in ["Sore", "ibuprofen", "Lake Street", "99213", "J02", "Rest", "Feels", "608 555", "608555", "chest-pain", "Written"] {
            prop_assert!(!stored.contains(phi), "the state holds PHI");
        }
    }

    #[test]
    fn applying_events_in_any_order_never_fails(indexes in proptest::collection::vec(0..example::events::all().len(), 0..40)) {
        let all = example::events::all();
        let story: Vec<_> = indexes.into_iter().map(|index| all[index].clone()).collect();
        let _ = Visit::replay(&story);
    }
}
