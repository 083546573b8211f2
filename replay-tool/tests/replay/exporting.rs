//! `export` and `verify-export`: taken away by whom the policies permit it, on the record, and proven with nothing but a
//! policy that came another way.

use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use daybook_domain::access_events::{ExportContent, PATIENT_STREAM};
use daybook_domain::{AccessEvent, Role};
use daybook_ledger::clock::System;
use daybook_ledger::{Ids, Stream};

use crate::issuer::{Issuer, root};
use crate::rewriting::{cosign, witness};
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
    // Seven of the visit, and that it was taken away; the log also has the read.
    made.ended(0, &["8 events of a log of 9"]);
    let reads = log.ledger.read_stream(CLINIC, &Stream::new(PATIENT_STREAM, PATIENT.0), 0).await.unwrap();
    assert_eq!(reads[0].metadata()["reason"], "complaint-review");
    let AccessEvent::PhiRead(read) = reads[0].decode().unwrap() else { panic!("no read") };
    assert_eq!((read.reader.as_str(), read.action.as_str()), ("auditor-7", "export-log"));
    let AccessEvent::ExportMade(made) = reads[1].decode().unwrap() else { panic!("no export") };
    assert_eq!((made.taker.as_str(), made.visit_id.map(|visit| visit.0)), ("auditor-7", Some(VISIT)));
    assert_eq!((made.reason.as_str(), made.patients), ("complaint-review", vec![PATIENT]));
    let policy = place.policy(&log, "policy").await;
    let verify = ["verify-export", &bundle, "--policy", &policy];
    log.replay(&verify).await.ended(0, &["VALID", "Tail: the operator's statement", "Content: withheld"]);
    let report = log.replay(&[&verify[..], &["--json"]].concat()).await.json();
    assert_eq!((&report["verdict"], &report["events"]), (&"valid".into(), &8.into()));
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
    let neither = ["verify-export", broken, "--policy", &good];
    log.replay(&neither).await.ended(2, &["a bundle is a folder or a tar of one, and this is neither"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compliance_officer_takes_content_away_for_one_recipient_who_opens_it() {
    let (log, issuer, place) = (Log::checked_in().await, Issuer::start().await, Place::new());
    let (visit, bundle, policy) = (id(VISIT), place.bundle(), place.policy(&log, "policy").await);
    let (recipient, other) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
    let written = |name: &str, identity: &age::x25519::Identity| {
        let path = place.0.join(name);
        std::fs::write(&path, format!("# created: today\n{}\n", identity.to_string().expose_secret())).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (identity, wrong) = (written("identity", &recipient), written("wrong", &other));
    let key = recipient.to_public().to_string();
    let export = ["export", "--visit", &visit, "--content", "--recipient", &key, "--output", &bundle];
    // An auditor sees no health information, and has to have it from somebody who may give it.
    let auditor = issuer.token(Role::Auditor, None);
    issuer.run(&log, &auditor, &root(), &export).await.ended(2, &["this is not open to you"]);
    let officer = issuer.token(Role::Compliance, None);
    issuer.run(&log, &officer, &root(), &export).await.ended(0, &["8 events"]);
    let reads = log.ledger.read_stream(CLINIC, &Stream::new(PATIENT_STREAM, PATIENT.0), 0).await.unwrap();
    let AccessEvent::ExportMade(made) = reads[1].decode().unwrap() else { panic!("no export") };
    assert_eq!(made.recipient_key.unwrap().as_str(), key);
    let verify = ["verify-export", &bundle, "--policy", &policy];
    let answer = log.replay(&verify).await;
    answer.ended(0, &["VALID", "Content: included", "not opened"]);
    assert!(!answer.out.contains("Lake Street"));
    let with = |identity| [&verify[..], &["--identity", identity]].concat();
    log.replay(&with(&identity)).await.ended(0, &["VALID", "12 Lake Street, Madison", "Sore throat", "events opened"]);
    log.replay(&with(&wrong)).await.ended(1, &["INVALID", "does not open for this identity"]);
    let told = log.replay(&[&with(&identity)[..], &["--json"]].concat()).await.json();
    assert!(
        told["events_opened"].to_string().contains("12 Lake Street") && told["opened"].as_u64() > Some(2),
        "{told}"
    );
    log.replay(&with("/nowhere")).await.ended(2, &["cannot be read"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn content_of_a_whole_clinic_leaves_once_everybody_it_is_of_is_on_the_record() {
    let (log, issuer, place) = (Log::checked_in().await, Issuer::start().await, Place::new());
    let (bundle, policy) = (place.bundle(), place.policy(&log, "policy").await);
    let recipient = age::x25519::Identity::generate();
    let identity = place.0.join("identity");
    std::fs::write(&identity, recipient.to_string().expose_secret()).unwrap();
    let key = recipient.to_public().to_string();
    let export = ["export", "--all", "--content", "--recipient", &key, "--output", &bundle];
    let officer = issuer.token(Role::Compliance, None);
    issuer.run(&log, &officer, &root(), &export).await.ended(0, &[]);
    let made = log
        .ledger
        .read_log(CLINIC, 0, 1_000)
        .await
        .unwrap()
        .into_iter()
        .rfind(|event| event.event_type == "export-made");
    let AccessEvent::ExportMade(made) = made.unwrap().decode().unwrap() else { panic!("no export") };
    assert_eq!((made.patients, made.content), (vec![PATIENT], ExportContent::Included));
    let verify = ["verify-export", &bundle, "--policy", &policy, "--identity", identity.to_str().unwrap()];
    log.replay(&verify).await.ended(0, &["VALID", "Tail: proven", "12 Lake Street, Madison", "Sore throat"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_forms_say_that_they_prove_nothing_and_are_on_the_record_as_what_they_are() {
    let (log, issuer, place) = (Log::checked_in().await, Issuer::start().await, Place::new());
    let (visit, token) = (id(VISIT), issuer.token(Role::Auditor, None));
    for (format, said) in [("csv", "\"checked-in\""), ("fhir", "\"Provenance\""), ("html", "<td>checked in</td>")] {
        let path = place.0.join(format!("visit.{format}"));
        let file = path.to_str().unwrap();
        let export = ["export", "--visit", &visit, "--format", format, "--output", file];
        let made = issuer.run(&log, &token, &root(), &export).await;
        made.ended(0, &["This form proves nothing by itself"]);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(said) && text.contains("This proves nothing by itself."), "{text}");
        assert!(text.contains(&format!("daybook.test/clinics/{}", id(CLINIC))), "it names the checkpoint: {text}");
        assert!(!text.contains("Lake Street") && !text.contains("Sore throat"), "sealed values stay here");
        let reads = log.ledger.read_stream(CLINIC, &Stream::new(PATIENT_STREAM, PATIENT.0), 0).await.unwrap();
        let AccessEvent::ExportMade(made) = reads.last().unwrap().decode().unwrap() else { panic!("no export") };
        assert_eq!(serde_json::to_value(made.form).unwrap(), format);
        issuer.run(&log, &token, &root(), &export).await.ended(2, &["cannot be made"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_is_taken_away_too_and_nothing_is_written_over() {
    let (log, issuer, place) = (Log::checked_in().await, Issuer::start().await, Place::new());
    let token = issuer.token(Role::Compliance, None);
    let (visit, tar) = (id(VISIT), format!("{}.tar", place.bundle()));
    let export = ["export", "--visit", &visit, "--for", "county-auditor", "--json", "--output", &tar];
    let made = issuer.run(&log, &token, &root(), &export).await;
    made.ended(0, &[]);
    assert_eq!((&made.json()["output"], &made.json()["events"]), (&tar.clone().into(), &8.into()));
    assert_eq!((&made.json()["form"], &made.json()["proves_itself"]), (&"bundle".into(), &true.into()));
    let policy = place.policy(&log, "policy").await;
    log.replay(&["verify-export", &tar, "--policy", &policy]).await.ended(0, &["VALID", "8 events"]);
    issuer.run(&log, &token, &root(), &export).await.ended(2, &["cannot be made"]);
    let whole = std::fs::read(&tar).unwrap();
    std::fs::write(&tar, &whole[..whole.len() / 2]).unwrap();
    log.replay(&["verify-export", &tar, "--policy", &policy]).await.ended(1, &["INVALID", "it ends in the middle of"]);
    let out = issuer.run(&log, &token, &root(), &["export", "--visit", &visit, "--output", "-"]).await;
    assert_eq!((out.code, out.error.as_str()), (Some(0), ""));
    std::fs::write(&tar, out.out).unwrap();
    log.replay(&["verify-export", &tar, "--policy", &policy]).await.ended(0, &["VALID", "10 events"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_of_a_head_that_the_logs_witnesses_have_seen() {
    let (log, issuer, place) = (Log::checked_in().await, Issuer::start().await, Place::new());
    let (bundle, visit) = (place.bundle(), id(VISIT));
    cosign(&log, &witness(), 0).await;
    // The export is recorded, so there is a head that they have not seen yet. They see it a little later.
    let token = issuer.token(Role::Auditor, None);
    let take = ["export", "--visit", &visit, "--out", &bundle];
    let root = root();
    let seeing = async {
        while log.ledger.head(CLINIC).await.unwrap().unwrap().size == 7 {
            tokio::task::yield_now().await;
        }
        cosign(&log, &witness(), 0).await;
    };
    let (made, ()) = tokio::join!(issuer.run(&log, &token, &root, &take), seeing);
    made.ended(0, &["8 events of a log of 9"]);
    let key = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
    let policy = format!("log {key}\nwitness archive {}\nquorum archive\n", witness().witness());
    let policy = crate::against::file("policy", &policy);
    let said = ["VALID", "Witnesses: 1 of the policy's saw this checkpoint"];
    let verified = log.replay(&["verify-export", &bundle, "--policy", &policy]).await;
    verified.ended(0, &said);
    assert!(verified.out.starts_with("LONGEST UNWITNESSED INTERVAL of what is in it: at most "), "{verified:?}");
    let nobody = crate::against::file("policy", &format!("log {key}\nquorum none\n"));
    let verified = log.replay(&["verify-export", &bundle, "--policy", &nobody]).await;
    verified.ended(0, &["VALID", "no witness that the policy believes has seen it."]);
}
