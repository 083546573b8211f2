//! One visit in examples, for tests and for the published golden examples: every event, every command, and the stories
//! that lead to each state.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::*;
use crate::given::{PATIENT, PROVIDER, code, id, now, text};
use crate::{Jurisdiction, Licence, LicenceKind, NoteId, Phi, Role, Sha256Hex};

pub const NOTE: u128 = 10;
pub const ADDENDUM: u128 = 11;
pub const CHARGE: u128 = 12;
pub const SALT: [u8; 32] = [7; 32];

/// The visit was to start half an hour ago: late enough for a no-show, not too late for anything else.
pub fn starts_at() -> DateTime<Utc> {
    now() - Duration::minutes(30)
}

pub fn place(code: &str) -> Jurisdiction {
    Jurisdiction::try_from(code).unwrap()
}

pub fn licence(jurisdiction: &str, from: &str, to: &str) -> Licence {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let (jurisdiction, from, to) = (place(jurisdiction), day(from), day(to));
    Licence::new(jurisdiction, text("12345-20"), LicenceKind::Full, from, to)
}

/// Licensed in Wisconsin all year.
pub fn licensed() -> AdmitFacts {
    AdmitFacts { licences: vec![licence("WI", "2026-01-01", "2026-12-31")] }
}

pub fn body(plan: &str) -> NoteBody {
    NoteBody { subjective: Some(text("Sore throat for two days.")), plan: Some(text(plan)), ..NoteBody::default() }
}

pub fn draft_hash() -> Sha256Hex {
    content_sha256(&SALT, &body("Rest and fluids."))
}

pub mod events {
    use super::*;

    pub fn scheduled() -> Event {
        Scheduled {
            patient_id: id(PATIENT),
            provider_id: id(PROVIDER),
            starts_at: starts_at(),
            duration_minutes: 20,
            modality: Modality::Video,
            reason: Some(Phi::Clear(text("Sore throat"))),
        }
        .into()
    }

    pub fn cancelled() -> Event {
        let details = Some(Phi::Clear(text("Feels better.")));
        Cancelled { by: Party::Patient, reason: CancelReason::NoLongerNeeded, details }.into()
    }

    pub fn no_show_recorded() -> Event {
        NoShowRecorded { grace_minutes: 15 }.into()
    }

    pub fn arrived(returning: bool) -> Event {
        Arrived { returning }.into()
    }

    pub fn identity_verified() -> Event {
        let identifiers = vec![Identifier::Name, Identifier::BirthDate];
        IdentityVerified { method: IdentityMethod::Spoken, identifiers, verified_by: Role::FrontDesk }.into()
    }

    pub fn location_attested(jurisdiction: &str) -> Event {
        let address = Phi::Clear(text("12 Lake Street, Madison"));
        LocationAttested { jurisdiction: place(jurisdiction), address, attested_by: Role::Patient }.into()
    }

    pub fn licence_gap_observed(jurisdiction: &str) -> Event {
        LicenceGapObserved { jurisdiction: place(jurisdiction), provider_id: id(PROVIDER) }.into()
    }

    pub fn checked_in() -> Event {
        CheckedIn {}.into()
    }

    pub fn provider_delayed() -> Event {
        let reason = Some(Phi::Clear(text("The visit before takes longer.")));
        ProviderDelayed { expected_at: now() + Duration::minutes(10), reason }.into()
    }

    pub fn held() -> Event {
        Held { reason: HoldReason::Interpreter, details: Some(Phi::Clear(text("Hmong"))) }.into()
    }

    pub fn returned_to_waiting() -> Event {
        ReturnedToWaiting {}.into()
    }

    pub fn left_waiting_room() -> Event {
        LeftWaitingRoom { reason: Some(Phi::Clear(text("Had to go to work."))) }.into()
    }

    pub fn admitted() -> Event {
        Admitted { provider_id: id(PROVIDER), jurisdiction: place("WI"), licence_number: text("12345-20") }.into()
    }

    pub fn consent_given(kind: ConsentKind, version: &str) -> Event {
        ConsentGiven { participant: Participant::Patient, kind, text_version: code(version) }.into()
    }

    pub fn consent_declined(kind: ConsentKind, version: &str) -> Event {
        ConsentDeclined { participant: Participant::Patient, kind, text_version: code(version) }.into()
    }

    pub fn consent_withdrawn(kind: ConsentKind, version: &str) -> Event {
        ConsentWithdrawn { participant: Participant::Patient, kind, text_version: code(version) }.into()
    }

    pub fn note_drafted() -> Event {
        drafted("Rest and fluids.")
    }

    pub fn drafted(plan: &str) -> Event {
        NoteDrafted {
            note_id: id(NOTE),
            template_version: code("soap/1"),
            content_sha256: content_sha256(&SALT, &body(plan)),
            body: Phi::Clear(body(plan)),
            salt: Phi::Clear("07".repeat(32)),
            author_id: id(PROVIDER),
        }
        .into()
    }

    pub fn note_signed() -> Event {
        NoteSigned {
            note_id: id(NOTE),
            signer_id: id(PROVIDER),
            content_sha256: draft_hash(),
            template_version: code("soap/1"),
            rendered_at_position: 40,
        }
        .into()
    }

    pub fn note_addended() -> Event {
        NoteAddended {
            note_id: id(NOTE),
            addendum_id: id(ADDENDUM),
            body: Phi::Clear(text("Culture negative.")),
            salt: Phi::Clear("07".repeat(32)),
            content_sha256: Sha256Hex::of(&[b"daybook/addendum/v1\n\0", &SALT, b"\"Culture negative.\""]),
            author_id: id(PROVIDER),
        }
        .into()
    }

    pub fn ended() -> Event {
        Ended { outcome: Outcome::Completed }.into()
    }

    pub fn charge_captured() -> Event {
        ChargeCaptured {
            charge_id: id(CHARGE),
            code: Phi::Clear("99213".try_into().unwrap()),
            units: 1,
            amount_cents: Some(Phi::Clear(9_200)),
            diagnoses: Phi::Clear(vec!["J02.9".try_into().unwrap()]),
        }
        .into()
    }

    pub fn billed() -> Event {
        Billed { charge_ids: vec![id(CHARGE)] }.into()
    }

    pub fn joined(participant: Participant, connection: &str) -> Event {
        ParticipantJoined { participant, connection: code(connection), observed_at: now() }.into()
    }

    pub fn left(participant: Participant, connection: &str, reason: LeaveReason) -> Event {
        ParticipantLeft { participant, connection: code(connection), reason, observed_at: now() }.into()
    }

    /// One of each, in the order of the catalogue.
    pub fn all() -> Vec<Event> {
        let (telehealth, recording) = (ConsentKind::Telehealth, ConsentKind::Recording);
        vec![
            scheduled(),
            cancelled(),
            no_show_recorded(),
            arrived(false),
            identity_verified(),
            location_attested("WI"),
            licence_gap_observed("MN"),
            checked_in(),
            provider_delayed(),
            held(),
            returned_to_waiting(),
            left_waiting_room(),
            admitted(),
            consent_given(telehealth, "telehealth/3"),
            consent_declined(recording, "recording/1"),
            consent_withdrawn(recording, "recording/1"),
            note_drafted(),
            note_signed(),
            note_addended(),
            ended(),
            charge_captured(),
            billed(),
            joined(Participant::Patient, "PA_1"),
            left(Participant::Patient, "PA_1", LeaveReason::Dropped),
        ]
    }
}

/// The shortest likely story that leads to a state. Once admitted a note is drafted, once ended it is signed and a
/// charge captured, so that the next step on the straight path is possible.
pub fn story(state: State) -> Vec<Event> {
    use events::*;
    let here = vec![scheduled(), arrived(false), identity_verified(), location_attested("WI")];
    let then = |mut story: Vec<Event>, more: Vec<Event>| {
        story.extend(more);
        story
    };
    match state {
        State::NotScheduled => vec![],
        State::Scheduled => vec![scheduled()],
        State::Arrived => here,
        State::CheckedIn => then(here, vec![checked_in()]),
        State::Held => then(here, vec![checked_in(), held()]),
        State::Left => then(here, vec![checked_in(), left_waiting_room()]),
        State::Admitted => then(story(State::CheckedIn), vec![admitted(), note_drafted()]),
        State::Ended => then(story(State::Admitted), vec![ended(), note_signed(), charge_captured()]),
        State::Closed => then(story(State::Ended), vec![billed()]),
        State::Cancelled => vec![scheduled(), cancelled()],
        State::NoShow => vec![scheduled(), no_show_recorded()],
    }
}

pub mod commands {
    use super::*;

    pub fn schedule() -> Command {
        let command = Schedule {
            patient_id: id(PATIENT),
            provider_id: id(PROVIDER),
            starts_at: starts_at(),
            duration_minutes: 20,
            modality: Modality::Video,
            reason: Some(text("Sore throat")),
        };
        Command::Schedule(command, ScheduleFacts { patient_registered: true, provider_registered: true })
    }

    pub fn cancel() -> Command {
        let details = Some(text("Feels better."));
        Command::Cancel(Cancel { by: Party::Patient, reason: CancelReason::NoLongerNeeded, details })
    }

    pub fn record_no_show() -> Command {
        Command::RecordNoShow(RecordNoShow {}, NoShowFacts { grace_minutes: 15 })
    }

    pub fn arrive() -> Command {
        Command::Arrive(Arrive {})
    }

    pub fn verify_identity() -> Command {
        let identifiers = vec![Identifier::BirthDate, Identifier::Name];
        Command::VerifyIdentity(VerifyIdentity { method: IdentityMethod::Spoken, identifiers })
    }

    pub fn attest_location(jurisdiction: &str) -> Command {
        let address = text("12 Lake Street, Madison");
        Command::AttestLocation(AttestLocation { jurisdiction: place(jurisdiction), address }, licensed())
    }

    pub fn check_in() -> Command {
        Command::CheckIn(CheckIn {})
    }

    pub fn report_provider_delay() -> Command {
        let expected_at = now() + Duration::minutes(10);
        let reason = Some(text("The visit before takes longer."));
        Command::ReportProviderDelay(ReportProviderDelay { expected_at, reason })
    }

    pub fn hold() -> Command {
        Command::Hold(Hold { reason: HoldReason::Interpreter, details: Some(text("Hmong")) })
    }

    pub fn return_to_waiting() -> Command {
        Command::ReturnToWaiting(ReturnToWaiting {})
    }

    pub fn leave_waiting_room() -> Command {
        Command::LeaveWaitingRoom(LeaveWaitingRoom { reason: Some(text("Had to go to work.")) })
    }

    pub fn admit() -> Command {
        Command::Admit(Admit {}, licensed())
    }

    pub fn give_consent(kind: ConsentKind, version: &str) -> Command {
        Command::GiveConsent(GiveConsent { kind, text_version: code(version) })
    }

    pub fn decline_consent(kind: ConsentKind, version: &str) -> Command {
        Command::DeclineConsent(DeclineConsent { kind, text_version: code(version) })
    }

    pub fn withdraw_consent(kind: ConsentKind) -> Command {
        Command::WithdrawConsent(WithdrawConsent { kind })
    }

    pub fn draft_note() -> Command {
        let command = DraftNote { note_id: None, template_version: code("soap/1"), body: body("Rest and fluids.") };
        Command::DraftNote(command, NewNote { note_id: id(NOTE), salt: SALT })
    }

    pub fn draft_anew(note: NoteId, plan: &str) -> Command {
        let command = DraftNote { note_id: Some(note), template_version: code("soap/1"), body: body(plan) };
        Command::DraftNote(command, NewNote { note_id: id(99), salt: SALT })
    }

    pub fn sign_note() -> Command {
        sign(draft_hash())
    }

    pub fn sign(content_sha256: Sha256Hex) -> Command {
        Command::SignNote(SignNote { note_id: id(NOTE), content_sha256, rendered_at_position: 40 })
    }

    pub fn addend_note() -> Command {
        let command = AddendNote { note_id: id(NOTE), body: text("Culture negative.") };
        Command::AddendNote(command, NewAddendum { addendum_id: id(ADDENDUM), salt: SALT })
    }

    pub fn end() -> Command {
        Command::End(End { outcome: Outcome::Completed })
    }

    pub fn capture_charge(charge: u128) -> Command {
        let command = CaptureCharge {
            code: "99213".try_into().unwrap(),
            units: 1,
            amount_cents: Some(9_200),
            diagnoses: vec!["J02.9".try_into().unwrap()],
        };
        Command::CaptureCharge(command, NewCharge { charge_id: id(charge) })
    }

    pub fn bill() -> Command {
        Command::Bill(Bill {})
    }

    pub fn observe_join(participant: Participant, connection: &str) -> Command {
        Command::ObserveJoin(ObserveJoin { participant, connection: code(connection), observed_at: None })
    }

    pub fn observe_leave(participant: Participant, connection: &str, reason: LeaveReason) -> Command {
        Command::ObserveLeave(ObserveLeave { participant, connection: code(connection), reason, observed_at: None })
    }

    /// One of each with who would ask for it, in the order of the command's declaration.
    pub fn all() -> Vec<(Role, Command)> {
        let telehealth = ConsentKind::Telehealth;
        vec![
            (Role::FrontDesk, schedule()),
            (Role::FrontDesk, cancel()),
            (Role::FrontDesk, record_no_show()),
            (Role::Patient, arrive()),
            (Role::FrontDesk, verify_identity()),
            (Role::Patient, attest_location("WI")),
            (Role::Patient, check_in()),
            (Role::FrontDesk, report_provider_delay()),
            (Role::FrontDesk, hold()),
            (Role::FrontDesk, return_to_waiting()),
            (Role::FrontDesk, leave_waiting_room()),
            (Role::Provider, admit()),
            (Role::Patient, give_consent(telehealth, "telehealth/3")),
            (Role::Patient, decline_consent(telehealth, "telehealth/3")),
            (Role::Patient, withdraw_consent(telehealth)),
            (Role::Provider, draft_anew(id(NOTE), "Rest and fluids.")),
            (Role::Provider, sign_note()),
            (Role::Provider, addend_note()),
            (Role::Provider, end()),
            (Role::Billing, capture_charge(CHARGE + 1)),
            (Role::Billing, bill()),
            (Role::System, observe_join(Participant::Patient, "PA_1")),
            (Role::System, observe_leave(Participant::Patient, "PA_1", LeaveReason::Dropped)),
        ]
    }
}
