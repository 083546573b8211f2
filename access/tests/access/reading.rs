//! Nothing is shown before it stands in the log, and nothing beyond what stands there.

use daybook_access::{AccessError, Action, Asking, Disclosed, Resource};
use daybook_domain::access_events::{PATIENT_STREAM, PhiRead, SESSION_STREAM};
use daybook_domain::{AccessEvent, ClinicId, Code, PatientId, Role};
use daybook_ledger::Stream;
use serde_json::json;
use uuid::Uuid;

use crate::support::{ANN, BEN, CLINIC, Door, someone, visit, visit_stream};

fn patients(facts: &[AccessEvent]) -> Vec<Vec<PatientId>> {
    let named = |fact: &AccessEvent| match fact {
        AccessEvent::PhiRead(PhiRead { patients, .. }) => patients.clone(),
        other => panic!("no read: {other:?}"),
    };
    facts.iter().map(named).collect()
}

fn session() -> Stream {
    Stream::new(SESSION_STREAM, someone(Role::Provider).session)
}

#[tokio::test]
async fn reading_one_patient_is_recorded_in_that_patients_stream_before_anything_opens() {
    let door = Door::start().await;
    let events = door.happened(CLINIC, visit_stream(), ANN).await;
    let doctor = someone(Role::Provider);
    let asking = Asking::new(&doctor, Uuid::from_u128(7)).reason(Code::try_from("follow-up").ok());
    let receipt = door.access.read(&asking, Action::ReadChart, &visit(CLINIC, ANN), &[ANN, ANN]).await.unwrap();

    let stored = door.stream(CLINIC, Stream::new(PATIENT_STREAM, ANN.0)).await;
    assert_eq!(stored.len(), 1);
    assert_eq!((receipt.position(), receipt.hash()), (Some(stored[0].position), Some(stored[0].hash)));
    let AccessEvent::PhiRead(fact) = stored[0].decode().unwrap() else { panic!("not a phi-read") };
    assert_eq!((fact.reader.as_str(), fact.role, fact.patients), ("provider-1", Role::Provider, vec![ANN]));
    assert_eq!((fact.action.as_str(), fact.resource_kind.as_str()), ("read-chart", "visit"));
    let metadata = stored[0].metadata();
    for (key, value) in [
        ("actor", "provider-1"),
        ("role", "provider"),
        ("policy", "provider-own-visit-reads"),
        ("reason", "follow-up"),
        ("correlation_id", "00000000-0000-0000-0000-000000000007"),
    ] {
        assert_eq!(metadata.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert!(metadata.contains_key("command_id") && metadata.contains_key("causation_id"));

    let opened = door.access.open(&receipt, &events).await.unwrap();
    assert_eq!(opened[0].payload, json!({ "words": { "$clear": "sore throat" } }));
    assert!(!format!("{opened:?}{receipt:?}").contains("sore"));
    let out = Disclosed::new(&receipt, json!({ "words": "sore throat" }));
    assert_eq!(format!("{out:?}"), "Disclosed");
    assert_eq!(serde_json::to_value(&out).unwrap(), json!({ "words": "sore throat" }));
}

#[tokio::test]
async fn a_list_is_one_fact_in_the_session_and_a_live_view_adds_what_is_new() {
    let door = Door::start().await;
    let (doctor, room) = (someone(Role::Provider), Resource::waiting_room(CLINIC));
    let asking = Asking::new(&doctor, Uuid::from_u128(7));
    let third = PatientId(Uuid::from_u128(0xC));
    let mut receipt = door.access.read(&asking, Action::ReadWaitingRoom, &room, &[BEN, ANN]).await.unwrap();
    let first = receipt.position();
    door.access.read_more(&mut receipt, &[ANN, third, third]).await.unwrap();
    assert!(receipt.position() > first);
    let second = receipt.position();
    door.access.read_more(&mut receipt, &[ANN, third]).await.unwrap();
    assert_eq!(receipt.position(), second, "nobody new, nothing to record");
    assert_eq!(receipt.patients(), [ANN, BEN, third]);
    assert_eq!(patients(&door.facts(session()).await), [vec![ANN, BEN], vec![third]]);
}

#[tokio::test]
async fn an_empty_list_needs_no_fact_and_its_receipt_opens_nothing_sealed() {
    let door = Door::start().await;
    let events = door.happened(CLINIC, visit_stream(), ANN).await;
    let (doctor, room) = (someone(Role::Provider), Resource::waiting_room(CLINIC));
    let asking = Asking::new(&doctor, Uuid::from_u128(7));
    let receipt = door.access.read(&asking, Action::ReadWaitingRoom, &room, &[]).await.unwrap();
    assert_eq!(receipt.position(), None);
    assert!(door.facts(session()).await.is_empty());
    assert!(matches!(door.access.open(&receipt, &events).await, Err(AccessError::OtherPatient)));
    assert!(door.access.open(&receipt, &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_receipt_opens_its_own_clinic_and_patients_only() {
    let door = Door::start().await;
    let elsewhere = ClinicId(Uuid::from_u128(0xE15E));
    let foreign = door.happened(elsewhere, Stream::new("visit", Uuid::from_u128(1)), ANN).await;
    let bens = door.happened(CLINIC, Stream::new("patient", BEN.0), BEN).await;
    let anns = door.happened(CLINIC, Stream::new("patient", ANN.0), ANN).await;
    let doctor = someone(Role::Provider);
    let asking = Asking::new(&doctor, Uuid::from_u128(7));
    let receipt = door.access.read(&asking, Action::ReadChart, &visit(CLINIC, ANN), &[ANN]).await.unwrap();
    assert!(matches!(door.access.open(&receipt, &foreign).await, Err(AccessError::OtherClinic)));
    assert!(matches!(door.access.open(&receipt, &bens).await, Err(AccessError::OtherPatient)));
    assert!(door.access.open(&receipt, &anns).await.is_ok());
}

#[tokio::test]
async fn what_is_about_one_patient_is_recorded_for_that_one_and_shows_no_other() {
    let door = Door::start().await;
    let doctor = someone(Role::Provider);
    let asking = Asking::new(&doctor, Uuid::from_u128(7));
    let forgot = door.access.read(&asking, Action::ReadChart, &visit(CLINIC, ANN), &[]).await.unwrap();
    assert_eq!(forgot.patients(), [ANN]);
    assert_eq!(patients(&door.facts(Stream::new(PATIENT_STREAM, ANN.0)).await), [vec![ANN]]);
    let along = door.access.read(&asking, Action::ReadChart, &visit(CLINIC, ANN), &[ANN, BEN]).await;
    assert!(matches!(along, Err(AccessError::OtherPatient)));
}

#[tokio::test]
async fn reading_who_read_what_is_itself_recorded() {
    let door = Door::start().await;
    let officer = someone(Role::Compliance);
    let asking = Asking::new(&officer, Uuid::from_u128(7));
    let receipt = door.access.read(&asking, Action::ReadAccesses, &Resource::log(CLINIC), &[]).await.unwrap();
    assert_eq!(receipt.position(), Some(0));
    assert_eq!(patients(&door.facts(session()).await), [vec![]]);
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_read() {
    let door = Door::start().await;
    let doctor = someone(Role::Provider);
    let asking = Asking::new(&doctor, Uuid::from_u128(7));
    door.access.read(&asking, Action::ReadChart, &visit(CLINIC, ANN), &[ANN]).await.unwrap();
    sqlx::query("REVOKE INSERT ON ledger.events FROM daybook_append").execute(&door.owner).await.unwrap();
    let refused = door.access.read(&asking, Action::ReadChart, &visit(CLINIC, ANN), &[ANN]).await;
    assert_eq!(refused.err().map(|error| error.code()), Some("audit-unavailable"));
}
