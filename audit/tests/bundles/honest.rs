//! Exports that nobody touched are never called anything but valid.

use chrono::Duration;
use daybook_audit::bundle::{File, Scope};
use daybook_audit::examine::{Reached, Stage};
use daybook_audit::export::{ExportError, NewFolder, NewTar, export};
use daybook_audit::{Tail, Verdict};
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use uuid::Uuid;

use crate::support::*;

#[tokio::test]
async fn a_visit_is_exported_with_who_looked_at_it_and_verifies() {
    let log = Log::with_two_visits().await;
    let report = log.visit().await.is_valid();
    // Two of the visit, and of two reads the one that was of it.
    assert_eq!((report.events, report.size, report.tail), (3, Some(304), Tail::OperatorsStatement));
}

#[tokio::test]
async fn with_every_entry_of_the_log_it_is_proven_that_nothing_came_after() {
    let log = Log::with_two_visits().await;
    let report = log.export(Scope::Visit { visit_id: VISIT }, true).await.is_valid();
    assert_eq!((report.events, report.tail), (3, Tail::Proven));
}

#[tokio::test]
async fn a_clinics_whole_log_is_exported_and_nothing_can_be_missing() {
    let log = Log::with_two_visits().await;
    let report = log.export(Scope::Clinic {}, false).await.is_valid();
    assert_eq!((report.events, report.tail), (304, Tail::Proven));
}

#[tokio::test]
async fn a_patient_is_exported_with_every_stream_that_begins_with_their_name() {
    let log = Log::with_two_visits().await;
    log.append(
        daybook_ledger::Stream::new("patient", PATIENT),
        daybook_ledger::append::Expected::New,
        &[("patient-registered", serde_json::json!({ "patient_id": PATIENT }))],
    )
    .await;
    let report = log.export(Scope::Patient { patient_id: PATIENT }, false).await.is_valid();
    assert_eq!(report.events, 5, "two of the visit, two reads, one registration");
}

#[tokio::test]
async fn a_time_is_exported_without_saying_that_its_streams_are_whole() {
    let log = Log::with_two_visits().await;
    let (from, to) = (System.now() - Duration::hours(1), System.now() + Duration::hours(1));
    let report = log.export(Scope::Time { from, to }, false).await.is_valid();
    assert_eq!((report.events, report.tail), (304, Tail::Proven));
}

#[tokio::test]
async fn what_is_recorded_later_does_not_disturb_an_export() {
    let log = Log::with_two_visits().await;
    let bundle = log.visit().await;
    let later = daybook_ledger::append::Expected::Exact(2);
    log.append(daybook_ledger::Stream::new("visit", VISIT), later, &[("ended", serde_json::json!({}))]).await;
    assert_eq!(bundle.is_valid().events, 2 + 1);
    assert_eq!(log.visit().await.is_valid().events, 3 + 1);
}

#[tokio::test]
async fn nothing_is_never_exported_nor_called_valid() {
    let log = Log::with_two_visits().await;
    for scope in [
        Scope::Visit { visit_id: Uuid::from_u128(99) },
        Scope::Patient { patient_id: Uuid::from_u128(99) },
        Scope::Time { from: System.now() + Duration::hours(1), to: System.now() + Duration::hours(2) },
    ] {
        let made = export(&log.ledger, CLINIC, (scope, false), &mut NewTar(Vec::new()), System.now(), |_, _| {}).await;
        assert!(matches!(made, Err(ExportError::Nothing(_))), "{scope:?}: {made:?}");
    }
    let (elsewhere, nowhere) = (Uuid::from_u128(5), &mut NewTar(Vec::new()));
    let made = export(&log.ledger, elsewhere, (Scope::Clinic {}, false), nowhere, System.now(), |_, _| {}).await;
    assert!(matches!(made, Err(ExportError::Nothing(_))) && nowhere.0.is_empty(), "{made:?}");
    let bundle = log.visit().await;
    bundle.edit_as_operator("events/000000.jsonl", |_| String::new());
    assert_ne!(bundle.examine().verdict, Verdict::Valid);
}

#[tokio::test]
async fn whoever_waits_is_told_how_far_it_is_of_what_the_manifest_says() {
    let log = Log::with_two_visits().await;
    let bundle = log.export(Scope::Visit { visit_id: VISIT }, true).await;
    let reached = bundle.reached();
    let last = |stage| *reached.iter().rfind(|reached| reached.stage == stage).unwrap();
    let bytes = bundle.manifest().files.iter().map(|file| file.bytes).sum();
    for (stage, all) in [(Stage::Files, bytes), (Stage::Events, 3), (Stage::Entries, 304)] {
        assert_eq!(last(stage), Reached { stage, done: all, of: all });
    }
    let in_order = reached.windows(2).all(|two| two[0].stage != two[1].stage || two[0].done <= two[1].done);
    assert!(in_order, "{reached:?}");
    // One file after the other, not all of them at the end.
    assert!(reached.iter().filter(|reached| reached.stage == Stage::Files).count() > 3, "{reached:?}");
    // Whatever a manifest says of itself is no reason to fail.
    let endless = File { path: "nowhere".into(), bytes: u64::MAX, sha256: "0".repeat(64) };
    bundle.edit_manifest(None, |manifest| manifest.files.push(endless));
    assert!(bundle.reached().iter().any(|reached| reached.of == u64::MAX));
}

#[tokio::test]
async fn an_export_goes_into_a_new_folder_only() {
    let log = Log::with_two_visits().await;
    let bundle = log.visit().await;
    assert!(matches!(NewFolder::create(&bundle.root), Err(ExportError::Place { .. })));
    bundle.is_valid();
}

#[tokio::test]
async fn an_export_in_one_file_is_the_same_as_in_a_folder() {
    let log = Log::with_two_visits().await;
    for scope in [Scope::Visit { visit_id: VISIT }, Scope::Clinic {}] {
        let bundle = log.export(scope, false).await;
        let report = bundle.examine_at(&bundle.tar()).unwrap();
        assert_eq!((report.verdict, report.events), (Verdict::Valid, bundle.is_valid().events), "{report:?}");
        let mut written = NewTar(Vec::new());
        export(&log.ledger, CLINIC, (scope, false), &mut written, System.now(), |_, _| {}).await.unwrap();
        let place = bundle.tar();
        std::fs::write(&place, written.0).unwrap();
        assert_eq!(bundle.examine_at(&place).unwrap().verdict, Verdict::Valid, "as it is written");
        bundle.unpack();
        bundle.is_valid();
    }
}
