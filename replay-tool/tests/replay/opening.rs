//! `visit --token --reason`: opened for whom the policies permit it, and only after that stands in the log.

use crate::issuer::{Issuer, root};
use crate::support::*;
use daybook_domain::access_events::{PATIENT_STREAM, SESSION_STREAM};
use daybook_domain::law::billing::{Basis, PayerClass};
use daybook_domain::law::{Reliance, Standing};
use daybook_domain::visit::{self, *};
use daybook_domain::{AccessEvent, ChargeId, Licence, LicenceKind, NoteId, Private, Role};
use daybook_ledger::{Recorded, Stream};
use serde_json::json;
use uuid::Uuid;

pub const NOTE: NoteId = NoteId(Uuid::from_u128(0xE));

async fn reads(log: &Log) -> Vec<Recorded> {
    log.ledger.read_stream(CLINIC, &Stream::new(PATIENT_STREAM, PATIENT.0), 0).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compliance_officer_opens_a_visit_and_that_is_recorded_with_the_reason() {
    let (log, issuer) = (Log::checked_in().await, Issuer::start().await);
    let token = issuer.token(Role::Compliance, None);
    let answer = issuer.open(&log, &token, &root(), &[]).await;
    answer.ended(0, &["Reason: Sore throat", "Address: 12 Lake Street, Madison", "recorded at position 7"]);
    let reads = reads(&log).await;
    assert_eq!(reads.len(), 1);
    assert_eq!(reads[0].metadata()["reason"], "complaint-review");
    let AccessEvent::PhiRead(read) = reads[0].decode().unwrap() else { panic!("no read") };
    assert_eq!((read.reader.as_str(), read.action.as_str()), ("compliance-7", "read-timeline"));
    // The next one sees that this one looked; the log with both is whole.
    log.replay(&["visit", &id(VISIT), "--clinic", &id(CLINIC)])
        .await
        .ended(0, &["compliance-7 (compliance)", "Was shown this visit: read timeline, for audit"]);
    log.replay(&["verify"]).await.ended(0, &[]);
}

/// From admission to the bill, by the commands a server would carry out.
pub async fn through_to_the_bill(log: &Log) {
    let kind = ConsentKind::Telehealth;
    let consent = GiveConsent { kind, text_version: "telehealth/3".try_into().unwrap(), service: None };
    let of_age = ConsentFacts { standing: Standing::OfAge { rule: "majority.18".try_into().unwrap() } };
    log.does(Role::Patient, visit::Command::GiveConsent(consent, of_age)).await;
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let licence = Licence::new(
        "WI".try_into().unwrap(),
        "12345-20".try_into().unwrap(),
        LicenceKind::Full,
        day("2000-01-01"),
        day("2100-01-01"),
    );
    log.does(
        Role::Provider,
        visit::Command::Admit(Admit {}, AdmitFacts { licences: vec![licence], ..AdmitFacts::default() }),
    )
    .await;
    let sections =
        [("subjective", "Sore throat."), ("assessment", "A cold."), ("plan", "Rest and fluids.\nCall back.")];
    let section = |(key, text): (&str, &str)| (key.try_into().unwrap(), text.try_into().unwrap());
    let body: NoteBody = sections.map(section).into_iter().collect();
    let (note_id, salt) = (NOTE, [7; 32]);
    let content_sha256 = content_sha256(&salt, &body);
    let draft = DraftNote { note_id: None, based_on: None, template_version: "soap/1".try_into().unwrap(), body };
    log.does(Role::Provider, visit::Command::DraftNote(draft, NewNote { note_id, salt })).await;
    log.does(Role::Provider, visit::Command::End(End { outcome: Outcome::Completed })).await;
    let shown = log.is_read_for(daybook_access::Action::ReadNote).await;
    let mut trail = NoteTrail::of(note_id);
    for event in log.ledger.read_stream(CLINIC, &Stream::new("visit", VISIT), 0).await.unwrap() {
        trail.observe(event.position, event.recorded_at, &event.decode().unwrap());
    }
    let sign = SignNote { note_id, content_sha256, rendered_at_position: shown };
    let facts = trail.facts(shown, 0);
    log.does(Role::Provider, visit::Command::SignNote(sign, facts)).await;
    let charge = CaptureCharge {
        code: "99213".try_into().unwrap(),
        units: 1,
        amount_cents: Some(9_205),
        diagnoses: vec!["J02.9".try_into().unwrap()],
        diagnosis_pointers: vec![],
        modifiers: vec!["95".try_into().unwrap()],
        payer: Private(PayerClass::Commercial),
        patient_at_home: Private(true),
        place_of_service: None,
        basis: Some(Basis::MedicalDecisionMaking),
        audio_only_reason: None,
    };
    let new = ChargeFacts { charge_id: ChargeId(Uuid::from_u128(0xF)), reliance: Reliance::simulated() };
    log.does(Role::Billing, visit::Command::CaptureCharge(charge, new)).await;
    log.does(Role::Billing, visit::Command::Bill(Bill {})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_visit_is_told_from_scheduled_to_billed() {
    let (log, issuer) = (Log::checked_in().await, Issuer::start().await);
    through_to_the_bill(&log).await;
    let token = issuer.token(Role::Provider, Some(PROVIDER.0));
    let answer = issuer.open(&log, &token, &root(), &[]).await;
    answer.ended(
        0,
        &["    Plan: Rest and fluids.\n    Call back.\n", "99213, modifiers 95, units 1, amount 92.05, for J02.9"],
    );
    let standing: Vec<_> = answer.out.split_once("As it stood").unwrap().1.lines().skip(1).collect();
    for said in [
        "  State              closed",
        "  Outcome            completed",
        "  Consent            telehealth: given (telehealth/3)",
        "  Note               00000000-0000-0000-0000-00000000000e: signed by 00000000-0000-0000-0000-00000000000d, content ",
        "  Charge             00000000-0000-0000-0000-00000000000f: billed, units 1",
    ] {
        assert!(standing.iter().any(|line| line.starts_with(said)), "{said}: {standing:#?}");
    }
    let masked = log.replay(&["visit", &id(VISIT), "--clinic", &id(CLINIC)]).await;
    masked.ended(0, &["    [sealed]\n", "[sealed], modifiers [sealed], units 1, amount [sealed], for [sealed]"]);
    let json = log.replay(&["visit", &id(VISIT), "--clinic", &id(CLINIC), "--json"]).await;
    // Nothing that a time or an id could hold by chance.
    for phi in ["Rest", "J02", "\"99213\"", ": 99213", "$clear", "070707070707"] {
        assert!(!masked.out.contains(phi) && !json.out.contains(phi), "{phi}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_had_happened_by_then_is_opened() {
    let (log, issuer) = (Log::checked_in().await, Issuer::start().await);
    let token = issuer.token(Role::Provider, Some(PROVIDER.0));
    let answer = issuer.open(&log, &token, &root(), &["--at", "3", "--json"]).await;
    answer.ended(0, &[]);
    assert!(!answer.out.contains("Lake Street"), "{answer:?}");
    let told = answer.json();
    assert_eq!((&told["opened"], &told["recorded_at_position"]), (&true.into(), &7.into()));
    assert_eq!(told["story"][0]["payload"]["reason"], json!({ "$clear": "Sore throat" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_policies_do_not_permit_sees_nothing_and_is_recorded() {
    let (log, issuer) = (Log::checked_in().await, Issuer::start().await);
    for (role, person) in [(Role::FrontDesk, None), (Role::Provider, Some(Uuid::from_u128(0xF)))] {
        let answer = issuer.open(&log, &issuer.token(role, person), &root(), &[]).await;
        answer.ended(2, &["this is not open to you"]);
        assert_eq!(answer.out, "");
    }
    assert!(reads(&log).await.is_empty());
    let denials: Vec<_> = log.ledger.read_log(CLINIC, 7, 10).await.unwrap();
    assert_eq!(denials.len(), 2);
    assert!(denials.iter().all(|denial| denial.stream.kind == SESSION_STREAM && denial.event_type == "access-denied"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_token_or_the_root_secret_nothing_is_opened() {
    let (log, issuer) = (Log::checked_in().await, Issuer::start().await);
    let token = issuer.token(Role::Compliance, None);
    issuer.open(&log, &token, "", &[]).await.ended(2, &["DAYBOOK_ROOT_SECRET must hold"]);
    // Another secret cannot sign this log, so the read cannot be recorded, so nothing is read.
    issuer.open(&log, &token, &"08".repeat(32), &[]).await.ended(2, &["nothing is read"]);
    let forged = token.with_extension("forged");
    let text = std::fs::read_to_string(&token).unwrap();
    std::fs::write(&forged, format!("{}AAAA", &text[..text.len() - 5])).unwrap();
    let answer = issuer.open(&log, &forged, &root(), &[]).await;
    answer.ended(2, &["the token's signature is wrong"]);
    let said = text.split('.').any(|part| answer.error.contains(part));
    assert!(!said && answer.out.is_empty(), "{answer:?}");
    issuer.open(&log, &token.with_extension("gone"), &root(), &[]).await.ended(2, &["the token cannot be read"]);
    assert_eq!(log.ledger.head(CLINIC).await.unwrap().unwrap().size, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_was_changed_is_told_but_not_opened() {
    let (log, issuer) = (Log::checked_in().await, Issuer::start().await);
    let stranger = Uuid::from_u128(0xBAD);
    let payload = format!("replace(convert_from(payload, 'UTF8'), '{}', '{stranger}')", PATIENT.0);
    log.tamper(&format!("UPDATE ledger.events SET payload = convert_to({payload}, 'UTF8') WHERE position = 0")).await;
    let answer = issuer.open(&log, &issuer.token(Role::Patient, Some(stranger)), &root(), &[]).await;
    answer.ended(1, &["nothing is opened", "Reason: [sealed]", "NOT AS IT WAS WRITTEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_patient_was_shown_is_made_again_and_called_that() {
    let (log, issuer) = (Log::checked_in().await, Issuer::start().await);
    let token = issuer.token(Role::Compliance, None);
    let served = async |more: &[&str]| issuer.open(&log, &token, &root(), &[&["--as-served"], more].concat()).await;
    let patient = served(&["patient"]).await;
    patient.ended(0, &["Reconstruction of what was served", "visit/1", "by nobody of that role", "12 Lake Street"]);
    let early = served(&["patient", "--at", "3", "--json"]).await.json();
    assert_eq!((&early["content"]["state"], &early["content"]["reason"]), (&json!("arrived"), &json!("Sore throat")));
    assert_eq!((&early["content"]["address"], &early["at_sequence"]), (&json!(null), &json!(3)));
    // What the system proposes is for staff.
    let provider = served(&["provider", "--at", "3", "--json"]).await.json();
    assert!(early["content"].get("proposals").is_none() && provider["content"]["proposals"].is_array());
    assert_ne!(early["content_sha256"], provider["content_sha256"]);
    let anybody = log.replay(&["visit", &id(VISIT), "--clinic", &id(CLINIC), "--as-served", "patient"]).await;
    anybody.ended(2, &["--token"]);
}
