//! `export` and `verify-export`: taken away by whom the policies permit it, on the record, and proven with nothing but a
//! policy that came another way.

use std::path::{Path, PathBuf};

use daybook_domain::access_events::PATIENT_STREAM;
use daybook_domain::{AccessEvent, Role};
use daybook_ledger::clock::System;
use daybook_ledger::{Ids, Stream};

use crate::issuer::{Issuer, root};
use crate::support::*;

/// A place for a bundle and for a policy beside it.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("export-{}", System.internal()));
        std::fs::create_dir_all(&place).unwrap();
        Self(place)
    }

    fn bundle(&self) -> String {
        self.0.join("bundle").to_str().unwrap().to_owned()
    }

    /// The trust policy, as an auditor has it from elsewhere.
    async fn policy(&self, log: &Log, path: &str) -> String {
        let key = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
        let path = self.0.join(path);
        std::fs::write(&path, format!("log {key}\nquorum none\n")).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_takes_a_visit_away_on_the_record_and_proves_it_elsewhere() {
    let (log, issuer, place) = (Log::checked_in().await, Issuer::start().await, Place::new());
    let (visit, bundle) = (id(VISIT), place.bundle());
    let token = issuer.token(Role::Auditor, None);
    let made = issuer.run(&log, &token, &root(), &["export", "--visit", &visit, "--out", &bundle]).await;
    made.ended(0, &["7 events of a log of 8"]);
    let reads = log.ledger.read_stream(CLINIC, &Stream::new(PATIENT_STREAM, PATIENT.0), 0).await.unwrap();
    assert_eq!(reads[0].metadata()["reason"], "complaint-review");
    let AccessEvent::PhiRead(read) = reads[0].decode().unwrap() else { panic!("no read") };
    assert_eq!((read.reader.as_str(), read.action.as_str()), ("auditor-7", "export-log"));
    let policy = place.policy(&log, "policy").await;
    let verify = ["verify-export", &bundle, "--policy", &policy];
    log.replay(&verify).await.ended(0, &["VALID", "Tail: the operator's statement", "Content: withheld"]);
    let report = log.replay(&[&verify[..], &["--json"]].concat()).await.json();
    assert_eq!((&report["verdict"], &report["events"]), (&"valid".into(), &7.into()));
    let everything = std::fs::read_to_string(Path::new(&bundle).join("events/000000.jsonl")).unwrap();
    assert!(!everything.contains("Lake Street") && !everything.contains("Sore throat"), "sealed values stay here");
    std::fs::write(Path::new(&bundle).join("README.md"), "All is well.").unwrap();
    log.replay(&verify).await.ended(1, &["INVALID", "README.md"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_anything_away_unnamed_or_unpermitted() {
    let (log, issuer, place) = (Log::checked_in().await, Issuer::start().await, Place::new());
    let bundle = place.bundle();
    let clinic = id(CLINIC);
    let unnamed = ["export", "--all", "--clinic", &clinic, "--out", &bundle];
    log.replay(&unnamed).await.ended(2, &["--token and --reason are needed"]);
    for (role, person) in [(Role::FrontDesk, None), (Role::Billing, None), (Role::Provider, Some(PROVIDER.0))] {
        let token = issuer.token(role, person);
        let answer = issuer.run(&log, &token, &root(), &["export", "--all", "--out", &bundle]).await;
        answer.ended(2, &["this is not open to you"]);
    }
    assert!(!Path::new(&bundle).exists(), "nothing was written");
    let token = issuer.token(Role::Compliance, None);
    issuer.run(&log, &token, &root(), &["export", "--out", &bundle]).await.ended(2, &["--visit"]);
    let other = id(System.internal());
    let none = issuer.run(&log, &token, &root(), &["export", "--visit", &other, "--out", &bundle]).await;
    none.ended(2, &["there is no visit"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_from_the_bundle_a_wrong_one_and_none_are_said() {
    let (log, issuer, place) = (Log::checked_in().await, Issuer::start().await, Place::new());
    let bundle = place.bundle();
    let token = issuer.token(Role::Compliance, None);
    let made = issuer.run(&log, &token, &root(), &["export", "--all", "--out", &bundle]).await;
    made.ended(0, &[]);
    let good = place.policy(&log, "policy").await;
    log.replay(&["verify-export", &bundle, "--policy", &good]).await.ended(0, &["Tail: proven"]);
    let inside = place.policy(&log, "bundle/policy").await;
    log.replay(&["verify-export", &bundle, "--policy", &inside]).await.ended(2, &["the policy lies in the bundle"]);
    std::fs::remove_file(inside).unwrap();
    let broken = place.0.join("broken");
    std::fs::write(&broken, "log daybook\nquorum none\n").unwrap();
    let broken = broken.to_str().unwrap();
    log.replay(&["verify-export", &bundle, "--policy", broken]).await.ended(2, &["line 1 of the policy"]);
    log.replay(&["verify-export", &bundle, "--policy", "/nowhere"]).await.ended(2, &["cannot be read"]);
    log.replay(&["verify-export", broken, "--policy", &good]).await.ended(2, &["a bundle is a folder"]);
}
