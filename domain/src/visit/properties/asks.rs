//! What is asked, by whom and when.

use proptest::prelude::*;
use uuid::Uuid;

use crate::given::{actor, id};
use crate::visit::example::{self, commands::*};
use crate::visit::*;
use crate::{Actor, Role, Sha256Hex};

/// A command before the state is known: which note, and whether with the right hash, is settled when it is asked.
#[derive(Clone, Debug)]
pub(super) enum Ask {
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
    TakeBack(u128),
    Attach(u128),
    Unattach(u128),
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
        1 => (80..82_u128).prop_map(Ask::TakeBack),
        1 => (85..87_u128).prop_map(Ask::Attach),
        1 => (85..87_u128).prop_map(Ask::Unattach),
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
        Just(actor(Role::ClinicalStaff)),
        Just(actor(Role::System)),
    ];
    prop_oneof![4 => Just(None), 1 => anybody.prop_map(Some)]
}

pub(super) fn stories() -> impl Strategy<Value = (State, Vec<(Ask, Option<Actor>, i64)>)> {
    let start = proptest::sample::select(State::ALL.to_vec());
    (start, proptest::collection::vec((asks(), people(), -30..300_i64), 1..60))
}

pub(super) fn command(visit: &Visit, ask: &Ask) -> (Role, Command) {
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
        Ask::TakeBack(message) => (Role::FrontDesk, withdraw_message_of(*message)),
        Ask::Attach(file) => (Role::Patient, attach_file_as(*file)),
        Ask::Unattach(file) => (Role::Patient, remove_file_of(*file)),
        Ask::Declare(emergency) => (Role::Provider, declare_emergency(*emergency)),
        Ask::Modality(modality) => (Role::Provider, change_modality(*modality)),
    }
}

/// What the newest signature on a note commits to; of a note without one something else.
fn signed_hash(visit: &Visit, note: u128) -> Sha256Hex {
    let signed = visit.notes().get(id(note)).and_then(|note| note.signed_sha256.clone());
    signed.unwrap_or_else(|| Sha256Hex::of(&[b"nothing"]))
}
