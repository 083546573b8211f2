//! `verify --against`: a checkpoint that somebody kept, and a policy that says whom to believe, both from elsewhere.

use std::path::PathBuf;

use base64::{Engine, engine::general_purpose::STANDARD};
use daybook_ledger::clock::System;
use daybook_ledger::format::hexadecimal;
use daybook_ledger::merkle::verify_consistency;
use daybook_ledger::note::{self, NoteSigner};
use daybook_ledger::{Ids, checkpoint};

use crate::support::*;

/// A file outside the log.
pub fn file(name: &str, text: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("against-{}", System.internal()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().into()
}

/// The log's checkpoint as it is now, in a file.
async fn kept(log: &Log) -> String {
    let key = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
    file("checkpoint", &log.ledger.head(CLINIC).await.unwrap().unwrap().note(&key))
}

async fn policy(log: &Log) -> String {
    let key = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
    file("policy", &format!("log {key}\nquorum none\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_has_grown_from_a_checkpoint_that_was_kept() {
    let log = Log::checked_in().await;
    let (kept, policy) = (kept(&log).await, policy(&log).await);
    log.is_read().await;
    let said = ["valid", "has grown from the checkpoint of size 7"];
    log.replay(&["verify", "--against", &kept]).await.ended(0, &said);
    let report = log.replay(&["verify", "--against", &kept, "--policy", &policy, "--json"]).await;
    report.ended(0, &[]);
    let grown = &report.json()[0]["kept"][0];
    assert_eq!((&grown["size"], &grown["standing"]), (&7.into(), &"grown".into()));
    // Whoever kept the checkpoint can check the proof without us.
    let bytes = |hash: &serde_json::Value| STANDARD.decode(hash.as_str().unwrap()).unwrap().try_into().unwrap();
    let path: Vec<_> = grown["proof"]["hashes"].as_array().unwrap().iter().map(bytes).collect();
    let (note, head) = (std::fs::read_to_string(&kept).unwrap(), log.ledger.head(CLINIC).await.unwrap().unwrap());
    let (_, size, root) = checkpoint::read(note::split(&note).unwrap().0).unwrap();
    assert_eq!((&grown["proof"]["size"], &grown["proof"]["root"]), (&8.into(), &hexadecimal(&head.root).into()));
    assert_eq!(verify_consistency(size, &root, head.size, &head.root, &path), Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_cut_off_with_all_that_speaks_of_it_is_found_out() {
    let log = Log::checked_in().await;
    let kept = kept(&log).await;
    let everything = "ALTER TABLE ledger.checkpoints DISABLE TRIGGER append_only; ALTER TABLE ledger.commands DISABLE TRIGGER append_only;
        DELETE FROM ledger.events WHERE position >= 5; DELETE FROM ledger.checkpoints WHERE size > 5; DELETE FROM ledger.commands WHERE first_position >= 5";
    log.tamper(everything).await;
    log.replay(&["verify"]).await.ended(0, &["valid", "shows only against a checkpoint kept elsewhere"]);
    let said = ["INVALID", "checkpoint of size 7 that was kept: the log has only 5 events"];
    log.replay(&["verify", "--against", &kept]).await.ended(1, &said);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_written_anew_is_found_out() {
    let kept = kept(&Log::checked_in().await).await;
    let anew = Log::checked_in().await;
    anew.replay(&["verify"]).await.ended(0, &["valid"]);
    let said = ["INVALID", "checkpoint of size 7 that was kept: at that size the log has another root"];
    anew.replay(&["verify", "--against", &kept]).await.ended(1, &said);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_exchanged_is_found_out() {
    let log = Log::checked_in().await;
    let (kept, policy) = (kept(&log).await, policy(&log).await);
    let other = NoteSigner::new(&format!("{ORIGIN}/clinics/{CLINIC}"), &[66; 32]).unwrap().verifier();
    let exchange =
        format!("ALTER TABLE ledger.logs DISABLE TRIGGER append_only; UPDATE ledger.logs SET vkey = '{other}'");
    log.tamper(&exchange).await;
    log.replay(&["verify", "--against", &kept]).await.ended(2, &["is not one of the key that this log has here"]);
    log.replay(&["verify", "--policy", &policy]).await.ended(0, &["valid"]);
    let exchanged = file("policy", &format!("log {other}\nquorum none\n"));
    log.replay(&["verify", "--policy", &exchanged]).await.ended(1, &["its signature is not by the log's key"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_checkpoint_of_this_log_is_said_to_be_none() {
    let log = Log::checked_in().await;
    let kept = kept(&log).await;
    let note = std::fs::read_to_string(&kept).unwrap();
    for (text, said) in [
        ("", "cannot be read"),
        ("hello\n", "cannot be read"),
        (&note.replace('\n', "\r\n"), "cannot be read"),
        (&note[..note.len() - 5], "cannot be read"),
        (&note.replace("\n7\n", "\n07\n"), "is not one of the key"),
        (&note.replace("\n7\n", "\n8\n"), "is not one of the key"),
        (&note.replace("/clinics/", "/hospitals/"), "its first line is no clinic's log"),
        (&note.replace("0c11", "0c12"), "which is not verified here"),
        (&"x".repeat(70_000), "it has more than 65536 bytes"),
    ] {
        let answer = log.replay(&["verify", "--against", &file("checkpoint", text)]).await;
        answer.ended(2, &[said]);
        assert!(answer.out.is_empty(), "{answer:?}");
    }
    log.replay(&["verify", "--against", "/nowhere"]).await.ended(2, &["the checkpoint /nowhere cannot be read"]);
    let nobody = file("policy", "quorum none\n");
    log.replay(&["verify", "--policy", &nobody]).await.ended(2, &["no log is believed"]);
    let key = NoteSigner::new("daybook.other/clinics/demo", &[1; 32]).unwrap().verifier();
    let another = file("policy", &format!("log {key}\nquorum none\n"));
    log.replay(&["verify", "--policy", &another]).await.ended(2, &["names no key for the log of clinic"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_too_few_witnesses_saw_is_not_believed() {
    let log = Log::checked_in().await;
    let (kept, key) = (kept(&log).await, log.ledger.verifier(CLINIC).await.unwrap().unwrap());
    let witness = "w1.example+8f03c52e+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
    let policy = file("policy", &format!("log {key}\nwitness w1 {witness}\nquorum w1\n"));
    let answer = log.replay(&["verify", "--against", &kept, "--policy", &policy]).await;
    answer.ended(2, &["too few witnesses"]);
}
