//! Nothing is taken away before it stands in the log who takes it, what, for whom and why.

use daybook_access::{AccessError, Asking, Taken, Taking};
use daybook_domain::access_events::{ExportContent, ExportForm, ExportMade, ExportOf, PATIENT_STREAM, SESSION_STREAM};
use daybook_domain::{AccessEvent, Code, Role, VisitId};
use daybook_ledger::Stream;
use uuid::Uuid;

use crate::support::{ANN, BEN, CLINIC, Door, someone};

fn taking(of: Taken) -> Taking {
    Taking {
        of,
        form: ExportForm::Bundle,
        content: ExportContent::Withheld,
        recipient: Code::try_from("county-auditor").ok(),
        recipient_key: None,
        reason: Code::try_from("complaint-review").unwrap(),
    }
}

/// The read and the export of these facts, which stand together.
fn both(facts: Vec<AccessEvent>) -> ExportMade {
    let [AccessEvent::PhiRead(read), AccessEvent::ExportMade(made)] = &facts[..] else { panic!("{facts:?}") };
    assert_eq!((&read.reader, read.action.as_str(), &read.patients), (&made.taker, "export-log", &made.patients));
    made.clone()
}

#[tokio::test]
async fn what_is_one_patients_is_recorded_in_that_patients_stream_and_other_exports_in_the_takers_session() {
    let door = Door::start().await;
    let officer = someone(Role::Compliance);
    let asking = Asking::new(&officer, Uuid::from_u128(7));
    let visit = VisitId(Uuid::from_u128(0x715));
    let receipt = door.access.take(&asking, &taking(Taken::Visit(visit)), &[ANN]).await.unwrap();
    let stream = Stream::new(PATIENT_STREAM, ANN.0);
    let made = both(door.facts(stream.clone()).await);
    assert_eq!(
        (made.of, made.visit_id, made.patient_id, &made.patients[..]),
        (ExportOf::Visit, Some(visit), None, &[ANN][..])
    );
    assert_eq!(
        (made.taker.as_str(), made.role, made.reason.as_str()),
        ("compliance-1", Role::Compliance, "complaint-review")
    );
    assert_eq!(made.recipient.unwrap().as_str(), "county-auditor");
    let stored = door.stream(CLINIC, stream).await;
    assert_eq!(receipt.position(), Some(stored[0].position), "the receipt stands for the first of the two");
    for event in &stored {
        let metadata = event.metadata();
        assert_eq!((&*metadata["reason"], &*metadata["policy"]), ("complaint-review", "compliance-reads"));
    }
    door.access.take(&asking, &taking(Taken::Clinic), &[]).await.unwrap();
    let made = both(door.facts(Stream::new(SESSION_STREAM, officer.session)).await);
    assert_eq!((made.of, made.visit_id, made.patients), (ExportOf::Clinic, None, vec![]));
}

#[tokio::test]
async fn whoever_may_not_export_is_turned_away_on_the_record_and_takes_nothing() {
    let door = Door::start().await;
    for role in
        [Role::Patient, Role::Provider, Role::FrontDesk, Role::Billing, Role::ClinicalStaff, Role::Administrator]
    {
        let somebody = someone(role);
        let asking = Asking::new(&somebody, Uuid::from_u128(7));
        let refused = door.access.take(&asking, &taking(Taken::Patient(BEN)), &[BEN]).await;
        assert!(matches!(refused, Err(AccessError::Denied(_))), "{role:?}: {refused:?}");
        let facts = door.facts(Stream::new(SESSION_STREAM, somebody.session)).await;
        assert!(
            matches!(facts.last(), Some(AccessEvent::AccessDenied(denied)) if denied.action.as_str() == "export-log")
        );
    }
    assert!(door.facts(Stream::new(PATIENT_STREAM, BEN.0)).await.is_empty());
}
