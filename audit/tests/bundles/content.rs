//! Exports with content: it opens for the recipient and for nobody else, and what was done to it is named.

use age::x25519::Identity;
use daybook_audit::bundle::{Scope, SealedLine, State};
use daybook_audit::{Check, Verdict};
use daybook_domain::PatientId;
use daybook_ledger::append::Expected;
use daybook_ledger::clock::System;
use daybook_ledger::{Ids, Stream};
use serde_json::{Value, json};

use crate::support::*;

const WORDS: &str = "Rasping cough since Tuesday";
const SEALED: &str = "sealed/000000.jsonl";
const KEYS: &str = "keys/000000.age";
const OF_VISIT: Scope = Scope::Visit { visit_id: VISIT };
const OF_PATIENT: Scope = Scope::Patient { patient_id: PATIENT };

/// A patient, and a visit with two sealed events, at positions 1 and 3.
async fn log() -> Log {
    let log = Log::start().await;
    let sealed = |words: &str| json!({ "patient_id": PATIENT, "reason": { "$clear": words } });
    let registered = json!({ "patient_id": PATIENT });
    log.append(Stream::new("patient", PATIENT), Expected::New, &[("patient-registered", registered)]).await;
    log.append(Stream::new("visit", VISIT), Expected::New, &[("scheduled", sealed(WORDS))]).await;
    log.append(Stream::new("visit", VISIT), Expected::Exact(1), &[("arrived", json!({}))]).await;
    log.append(Stream::new("visit", VISIT), Expected::Exact(2), &[("cancelled", sealed("Better"))]).await;
    log
}

/// Changes the lines of what is sealed.
fn lines(change: impl FnOnce(&mut Vec<SealedLine>)) -> impl FnOnce(String) -> String {
    move |text| {
        let mut lines: Vec<_> =
            text.split_inclusive('\n').map(|line| SealedLine::read(line.as_bytes()).unwrap().0).collect();
        change(&mut lines);
        lines.iter().map(|line| String::from_utf8(line.line()).unwrap()).collect()
    }
}

#[tokio::test]
async fn content_opens_for_the_recipient_and_for_nobody_else() {
    let (log, recipient, other) = (log().await, Identity::generate(), Identity::generate());
    for scope in [OF_VISIT, OF_PATIENT] {
        let bundle = log.export_content(scope, &recipient).await;
        assert_eq!((bundle.is_valid().opened, bundle.is_valid().erased), (None, 0), "{scope:?}");
        let (report, opened) = bundle.open(&recipient);
        assert_eq!((report.verdict, report.opened), (Verdict::Valid, Some(2)), "{report:?}");
        let reasons: Vec<_> =
            opened.iter().map(|(position, payload)| (*position, &payload["reason"]["$clear"])).collect();
        assert_eq!(reasons, [(1, &Value::from(WORDS)), (3, &"Better".into())]);
        let (report, opened) = bundle.open(&other);
        assert_eq!((report.verdict, opened.len()), (Verdict::Invalid, 0), "another identity opens nothing");
        assert!(report.findings.iter().all(|finding| finding.check == Check::Content), "{report:?}");
        for file in bundle.manifest().files {
            let bytes = std::fs::read(bundle.root.join(&file.path)).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains("Rasping"), "{} is not sealed", file.path);
        }
        assert_eq!(bundle.manifest().recipient_key, Some(recipient.to_public().to_string()));
        let schema = bundle.text("schemas/visit/scheduled.1.0.json");
        assert!(schema.contains("\"title\": \"Scheduled\""), "{schema}");
    }
}

#[tokio::test]
async fn sealed_bytes_that_were_changed_swapped_or_left_out_are_named() {
    let (log, recipient) = (log().await, Identity::generate());
    let bundle = log.export_content(OF_VISIT, &recipient).await;
    bundle.edit_as_operator(SEALED, lines(|lines| lines[1].sealed.replace_range(8..9, "/")));
    bundle.is_invalid(Check::Content, 3);
    let bundle = log.export_content(OF_VISIT, &recipient).await;
    bundle.edit_as_operator(
        SEALED,
        lines(|lines| {
            let first = lines[0].sealed.clone();
            lines[0].sealed = std::mem::replace(&mut lines[1].sealed, first);
        }),
    );
    bundle.is_invalid(Check::Content, 1);
    bundle.is_invalid(Check::Content, 3);
    let bundle = log.export_content(OF_VISIT, &recipient).await;
    bundle.edit_as_operator(SEALED, lines(|lines| drop(lines.remove(0))));
    assert_eq!(bundle.examine().verdict, Verdict::Incomplete);
    let bundle = log.export_content(OF_VISIT, &recipient).await;
    bundle.edit_as_operator(SEALED, lines(|lines| lines[0].state = State::KeyMissing));
    assert_eq!(bundle.examine().verdict, Verdict::Incomplete);
    let bundle = log.export_content(OF_VISIT, &recipient).await;
    bundle.edit_as_operator(SEALED, lines(|lines| lines[0].position = 2));
    bundle.is_invalid(Check::Content, 2);
    let bundle = log.export_content(OF_VISIT, &recipient).await;
    bundle.edit_as_operator(SEALED, lines(|lines| lines[0].position = 77));
    bundle.is_invalid(Check::Content, 77);
    let bundle = log.export_content(OF_VISIT, &recipient).await;
    bundle.edit_as_operator(SEALED, |text| text.split_inclusive('\n').flat_map(|line| [line, line]).collect());
    bundle.is_invalid(Check::Content, None);
    let bundle = log.export_content(OF_VISIT, &recipient).await;
    bundle.edit_as_operator(SEALED, |text| text.replacen("{\"position\"", "{ \"position\"", 1));
    bundle.is_invalid(Check::Content, None);
    let bundle = log.export_content(OF_VISIT, &recipient).await;
    bundle.edit_manifest(Some(&operator()), |manifest| manifest.content = daybook_audit::bundle::Content::Withheld);
    bundle.is_invalid(Check::Content, None);
}

#[tokio::test]
async fn keys_of_other_events_and_files_that_are_no_keys_are_named_by_whoever_opens() {
    let (log, recipient) = (log().await, Identity::generate());
    let bundle = log.export_content(OF_VISIT, &recipient).await;
    let nothing = [Vec::new(), b"age-encryption.org/v1\n".to_vec(), vec![0; 4096]];
    let of_patient = log.export_content(OF_PATIENT, &recipient).await;
    let others = std::fs::read(of_patient.root.join(KEYS)).unwrap();
    for keys in nothing {
        std::fs::write(bundle.root.join(KEYS), keys).unwrap();
        bundle.edit_manifest(Some(&operator()), |_| {});
        let (report, opened) = bundle.open(&recipient);
        assert_eq!((report.verdict, opened.len()), (Verdict::Invalid, 0), "{report:?}");
    }
    // The same events' keys, from another export of the same log, do open.
    std::fs::write(bundle.root.join(KEYS), others).unwrap();
    bundle.edit_manifest(Some(&operator()), |_| {});
    assert_eq!(bundle.open(&recipient).0.opened, Some(2));
    bundle.edit_as_operator(SEALED, lines(|lines| drop(lines.pop())));
    assert_ne!(bundle.open(&recipient).0.verdict, Verdict::Valid);
}

#[tokio::test]
async fn what_was_erased_stays_erased_and_nothing_is_called_so_without_an_event() {
    let (log, recipient) = (log().await, Identity::generate());
    let bundle = log.export_content(OF_PATIENT, &recipient).await;
    bundle.edit_as_operator(SEALED, lines(|lines| lines[0].state = State::Erased));
    bundle.is_invalid(Check::Content, 1);
    let (patient, attempt) = (PatientId(PATIENT), System.internal());
    let keys = log.ledger.sealer().close(CLINIC, patient, attempt).await.unwrap();
    let destroyed = json!({
        "ground": "retention-over", "rules": [], "keys": keys, "proposed_by": "officer-1", "confirmed_by": "officer-2",
    });
    log.append(Stream::new("patient", PATIENT), Expected::Exact(1), &[("patient-key-destroyed", destroyed)]).await;
    assert!(log.ledger.settle_erasure(CLINIC, patient, attempt).await.unwrap());
    for scope in [OF_PATIENT, OF_VISIT] {
        let bundle = log.export_content(scope, &recipient).await;
        let (report, opened) = bundle.open(&recipient);
        assert_eq!((report.verdict, report.opened, report.erased), (Verdict::Valid, Some(0), 2), "{report:?}");
        assert!(opened.is_empty());
        assert_eq!(bundle.is_valid().erased, 2, "and so says whoever opens nothing");
    }
}
