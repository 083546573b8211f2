//! `report`: out of the log alone, on the record, in four forms.

use daybook_domain::{AccessEvent, Role};
use uuid::Uuid;

use crate::issuer::{Issuer, root};
use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_is_told_who_looked_in_every_form_and_that_is_a_fact() {
    let (log, issuer) = (Log::checked_in().await, Issuer::start().await);
    log.is_read().await;
    let token = issuer.token(Role::Auditor, None);
    let table = issuer.run(&log, &token, &root(), &["report", "access"]).await;
    table.ended(0, &["provider-7", "read-chart", "As of position"]);
    let asked = log.ledger.read_log(CLINIC, 0, 100).await.unwrap().pop().unwrap();
    let AccessEvent::PhiRead(read) = asked.decode().unwrap() else { panic!("no read") };
    assert_eq!((read.reader.as_str(), read.action.as_str()), ("auditor-7", "read-accesses"));
    assert_eq!(asked.metadata()["reason"], "complaint-review");
    let patient = id(PATIENT.0);
    for (form, says) in [("csv", "\"provider-7\""), ("html", "<td>provider-7</td>"), ("json", "\"provider-7\"")] {
        let what = ["report", "access", "--patient", &patient, "--form", form];
        issuer.run(&log, &token, &root(), &what).await.ended(0, &[says]);
    }
    let of_reader = ["report", "access", "--reader", "provider-7", "--form", "json"];
    let report = issuer.run(&log, &token, &root(), &of_reader).await.json();
    let rows = report["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["action"]), (1, &"read-chart".into()));
    assert_eq!(rows[0]["patients"], PATIENT.0.to_string());
    let again = ["report", "access", "--reader", "provider-7", "--json"];
    assert_eq!(issuer.run(&log, &token, &root(), &again).await.json()["rows"], report["rows"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_report_can_be_asked_for_and_says_what_it_does_not_know() {
    let (log, issuer) = (Log::checked_in().await, Issuer::start().await);
    log.is_read().await;
    let token = issuer.token(Role::Compliance, None);
    let (patient, visit) = (id(PATIENT.0), id(VISIT));
    for (what, says) in [
        (&["report", "break-glass"][..], "Broken glass"),
        (&["report", "notable"], "A sign is no verdict."),
        (&["report", "consents", &patient], "Consents of patient"),
        (&["report", "integrity"], "leaves no fact"),
        (&["report", "reconciliation"], "Nothing connected"),
        (&["report", "recall", &visit], "superseded note"),
        (&["report", "received", "--reader", "provider-7"], "1 patients. 0 times"),
    ] {
        let told = issuer.run(&log, &token, &root(), what).await;
        told.ended(0, &[says, "no witness has ever seen this log."]);
        assert!(told.out.starts_with("LONGEST UNWITNESSED INTERVAL: "), "{told:?}");
    }
    let nobody = id(Uuid::from_u128(0xBAD));
    for (what, says) in [
        (&["report", "disclosures", &nobody][..], "there is no patient"),
        (&["report", "consents", &nobody], "has no visit"),
        (&["report", "recall", &nobody], "there is no visit"),
        (&["report", "access-review", &nobody], "there is no access review"),
        (&["report", "notable", "--opens", "10:00:00", "--closes", "09:00:00"], "--opens must be before"),
    ] {
        issuer.run(&log, &token, &root(), what).await.ended(2, &[says]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_told_and_nobody_without_a_reason() {
    let (log, issuer) = (Log::checked_in().await, Issuer::start().await);
    let desk = issuer.token(Role::FrontDesk, None);
    for what in ["access", "break-glass", "notable", "integrity", "reconciliation"] {
        issuer.run(&log, &desk, &root(), &["report", what]).await.ended(2, &["not open to you"]);
    }
    let clinic = id(CLINIC);
    log.replay(&["report", "access", "--clinic", &clinic]).await.ended(2, &["--token and --reason are needed"]);
}
