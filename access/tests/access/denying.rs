//! Who is turned away is on record, in their own clinic's log, and learns nothing.

use daybook_access::{Access, Action, Asking, Permit, Principal, Resource};
use daybook_domain::access_events::{AccessDenied, SESSION_STREAM};
use daybook_domain::{AccessEvent, ClinicId, Role};
use daybook_ledger::Stream;
use uuid::Uuid;

use crate::support::{ANN, BEN, CLINIC, Door, someone, visit};

async fn knock(access: &Access, principal: &Principal, action: Action, resource: &Resource) -> String {
    let asking = Asking::new(principal, Uuid::from_u128(7));
    access.permit(&asking, action, resource).await.unwrap_err().to_string()
}

async fn denials(door: &Door) -> Vec<AccessDenied> {
    let facts = door.facts(Stream::new(SESSION_STREAM, someone(Role::Patient).session)).await;
    let denied = |fact| match fact {
        AccessEvent::AccessDenied(denied) => denied,
        other => panic!("no denial: {other:?}"),
    };
    facts.into_iter().map(denied).collect()
}

#[tokio::test]
async fn a_permit_names_its_policies_and_leaves_no_fact() {
    let door = Door::start().await;
    let patient = someone(Role::Patient);
    let asking = Asking::new(&patient, Uuid::from_u128(7));
    let permit = door.access.permit(&asking, Action::VisitCommand("arrive"), &visit(CLINIC, ANN)).await.unwrap();
    assert_eq!(permit, Permit { policies: vec!["patient-own-visit-acts".into()] });
    let metadata = asking.metadata(Uuid::from_u128(8), &permit.policies);
    assert_eq!(metadata["policy"], "patient-own-visit-acts");
    assert!(door.ledger.head(CLINIC.0).await.unwrap().is_none());
}

#[tokio::test]
async fn a_denial_is_recorded_with_whom_it_concerned() {
    let door = Door::start().await;
    let patient = someone(Role::Patient);
    knock(&door.access, &patient, Action::VisitCommand("arrive"), &visit(CLINIC, BEN)).await;
    let [denied] = denials(&door).await.try_into().unwrap();
    assert_eq!((denied.reader.as_str(), denied.action.as_str()), ("patient-1", "arrive"));
    assert_eq!((denied.patients, denied.reason.as_str()), (vec![BEN], "not-permitted"));
    assert!(denied.policies.is_empty());
}

#[tokio::test]
async fn of_another_clinic_nothing_is_learnt_and_nobody_named() {
    let door = Door::start().await;
    let (patient, elsewhere) = (someone(Role::Patient), ClinicId(Uuid::from_u128(0xE15E)));
    let there = knock(&door.access, &patient, Action::ReadVisit, &visit(elsewhere, BEN)).await;
    let not_there = knock(&door.access, &patient, Action::ReadVisit, &visit(CLINIC, BEN)).await;
    assert_eq!(there, not_there);
    assert!(door.ledger.head(elsewhere.0).await.unwrap().is_none());
    let denied = denials(&door).await.remove(0);
    assert_eq!((denied.patients, denied.resource_id, denied.reason.as_str()), (vec![], None, "forbidden"));
    assert_eq!(denied.policies[0].as_str(), "own-clinic-only");
}

#[tokio::test]
async fn knocking_without_end_does_not_fill_the_log() {
    let door = Door::start().await;
    let patient = someone(Role::Patient);
    for _ in 0..30 {
        knock(&door.access, &patient, Action::ReadVisit, &visit(CLINIC, BEN)).await;
    }
    assert_eq!(denials(&door).await.len(), 20);
}
