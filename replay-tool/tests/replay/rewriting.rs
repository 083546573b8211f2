//! The operator who holds the log's key and the database, and writes history anew: an event is changed, and every hash, link,
//! leaf, root and signature that follows from it is made again. Nothing in the log itself can show that; those who saw it
//! before can.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;

use daybook_ledger::checkpoint;
use daybook_ledger::cosignature::Cosigner;
use daybook_ledger::cosignatures::Head;
use daybook_ledger::format::{entry, stream_tag};
use daybook_ledger::merkle::{Tree, leaf_hash};
use daybook_ledger::note::NoteSigner;
use daybook_ledger::sealing::{DataKey, KeyError, KeyFacts, KeyProvider, LocalKeys, WrapKey};
use sqlx::Row;
use uuid::Uuid;

use crate::against::file;
use crate::support::*;
use crate::witness::{Place, note, request};

/// Keys as a server has them, with a log key that the tests hold too.
struct Operator(LocalKeys);

const LOG_SEED: [u8; 32] = [8; 32];

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, KeyError>> + Send + 'a>>;

impl KeyProvider for Operator {
    fn wrap<'a>(&'a self, facts: &'a KeyFacts, key: &'a DataKey) -> Answer<'a, Vec<u8>> {
        self.0.wrap(facts, key)
    }

    fn unwrap<'a>(&'a self, facts: &'a KeyFacts, wrapped: &'a [u8]) -> Answer<'a, DataKey> {
        self.0.unwrap(facts, wrapped)
    }

    fn log_seed(&self, _: Uuid) -> Result<WrapKey, KeyError> {
        Ok(LOG_SEED.into())
    }

    fn index_key(&self, clinic: Uuid) -> Result<WrapKey, KeyError> {
        self.0.index_key(clinic)
    }
}

/// A log of seven events whose key the tests hold.
pub async fn operated() -> Log {
    Log::start_with(Arc::new(Operator(LocalKeys::new(ROOT)))).await.with_visit().await
}

/// Says that the patient had been there before, and makes everything again that follows from it.
pub async fn rewrite(log: &Log) {
    let mut events = log.ledger.read_log(CLINIC, 0, 1_000).await.unwrap();
    let signer = NoteSigner::new(&format!("{ORIGIN}/clinics/{CLINIC}"), &LOG_SEED).unwrap();
    let (mut last, mut tree, mut roots) = (HashMap::new(), Tree::default(), HashMap::new());
    let mut sql = String::from("ALTER TABLE ledger.checkpoints DISABLE TRIGGER append_only;");
    for event in &mut events {
        if event.position == 1 {
            assert_eq!(event.event_type, "arrived");
            event.payload = br#"{"returning":true}"#.to_vec();
        }
        let tag = stream_tag(CLINIC, &event.stream);
        event.prev_hash = last.get(&event.stream).copied().unwrap_or(tag);
        event.hash = event.computed_hash();
        last.insert(event.stream.clone(), event.hash);
        tree.push(leaf_hash(&entry(&tag, event.sequence, &event.hash)), &mut Vec::new());
        roots.insert(tree.size(), tree.root());
        sql.push_str(&format!(
            "UPDATE ledger.events SET payload = '{}', prev_hash = '{}', hash = '{}' WHERE position = {};",
            hex(&event.payload),
            hex(&event.prev_hash),
            hex(&event.hash),
            event.position
        ));
    }
    for row in sqlx::query("SELECT size FROM ledger.checkpoints").fetch_all(&log.owner).await.unwrap() {
        let size = row.get::<i64, _>(0);
        let root = roots[&(size as u64)];
        let signature = signer.sign(&checkpoint::text(signer.name(), size as u64, &root));
        sql.push_str(&format!(
            "UPDATE ledger.checkpoints SET root = '{}', signature = '{}' WHERE size = {size};",
            hex(&root),
            hex(&signature)
        ));
    }
    log.tamper(&sql).await;
}

/// Bytes as Postgres reads them.
fn hex(bytes: &[u8]) -> String {
    format!("\\x{}", daybook_ledger::format::hexadecimal(bytes))
}

/// The log's head as it is now, signed by a witness whose key the tests hold, and stored.
pub async fn cosign(log: &Log, witness: &Cosigner, seconds_ago: u64) {
    let Head { clinic, key, checkpoint } = log.ledger.heads().await.unwrap().remove(0);
    let text = checkpoint::text(key.name(), checkpoint.size, &checkpoint.root);
    let seconds = now() - seconds_ago;
    let signed = witness.cosign(&text, seconds);
    let stored = log.ledger.cosign(&Head { clinic, key, checkpoint }, witness.witness(), &signed).await.unwrap();
    assert_eq!(stored, Some(seconds));
}

pub fn witness() -> Cosigner {
    Cosigner::new("witness.example", &[5; 32]).unwrap()
}

fn now() -> u64 {
    use daybook_ledger::Clock;
    daybook_ledger::clock::System.now().timestamp() as u64
}

#[tokio::test(flavor = "multi_thread")]
async fn history_rewritten_with_the_logs_key_is_whole_in_itself_and_a_witness_refuses_it() {
    let (log, place) = (operated().await, Place::new());
    let serving = place.serve(&log).await;
    assert_eq!(serving.ask(&request(&log, 0).await).await.status, 200);
    let before = note(&log).await;
    rewrite(&log).await;
    assert_ne!(note(&log).await, before);
    log.replay(&["verify"]).await.ended(0, &["valid", "nothing written anew, shows only against"]);
    let refused = serving.ask(&request(&log, 7).await).await;
    assert_eq!((refused.status, refused.body.as_str()), (409, "7\n"), "{refused:?}");
    // What the witness keeps is a checkpoint like any that somebody kept, with the witness's word for it.
    let kept = place.kept("checkpoint");
    assert_eq!(place.text("contradiction"), note(&log).await);
    let said = ["INVALID", "checkpoint of size 7 that was kept: at that size the log has another root"];
    log.replay(&["verify", "--against", &kept]).await.ended(1, &said);
    let vkey = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
    let policy = file("policy", &format!("log {vkey}\nwitness archive {}\nquorum archive\n", place.key));
    log.replay(&["verify", "--against", &kept, "--policy", &policy]).await.ended(1, &said);
    // Events that are added to it are refused as well: there is no proof that leads there from what was seen.
    let longer = NoteSigner::new(&format!("{ORIGIN}/clinics/{CLINIC}"), &LOG_SEED).unwrap();
    let text = checkpoint::text(longer.name(), 9, &[4; 32]);
    let longer = format!("{text}\n{}", longer.verifier().line(&longer.sign(&text)));
    let refused = serving.ask(&daybook_ledger::add_checkpoint::write(7, &[[1; 32]; 4], &longer)).await;
    assert_eq!(refused.status, 422, "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn history_rewritten_under_a_stored_cosignature_is_named() {
    let log = operated().await;
    cosign(&log, &witness(), 0).await;
    log.replay(&["verify"]).await.ended(0, &["valid"]);
    rewrite(&log).await;
    let said = ["INVALID", "checkpoint of size 7 that a witness signed: witness.example saw another log of that size"];
    log.replay(&["verify"]).await.ended(1, &said);
    let report = log.replay(&["verify", "--json"]).await.json();
    assert_eq!(report[0]["findings"][0]["check"], "cosignature");
    assert_eq!(report[0]["witnessing"]["checkpoints"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_cut_off_under_a_stored_cosignature_is_named() {
    let log = operated().await;
    cosign(&log, &witness(), 0).await;
    let cut = "ALTER TABLE ledger.checkpoints DISABLE TRIGGER append_only; ALTER TABLE ledger.commands DISABLE TRIGGER append_only;
        DELETE FROM ledger.events WHERE position >= 5; DELETE FROM ledger.checkpoints WHERE size > 5; DELETE FROM ledger.commands WHERE first_position >= 5";
    log.tamper(cut).await;
    let said = ["INVALID", "witness.example saw the log at that size, and it has only 5 events"];
    log.replay(&["verify"]).await.ended(1, &said);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cosignature_that_was_made_up_or_changed_is_named() {
    let log = operated().await;
    cosign(&log, &witness(), 0).await;
    for change in ["size = 6", "cosignature = set_byte(cosignature, 20, 0)", "witness = 'somebody'", "root = '\\x00'"] {
        let database = "ALTER TABLE ledger.cosignatures DISABLE TRIGGER append_only;";
        log.tamper(&format!(
            "{database} CREATE TABLE before AS TABLE ledger.cosignatures; UPDATE ledger.cosignatures SET {change}"
        ))
        .await;
        let answer = log.replay(&["verify"]).await;
        if change.starts_with("root") {
            assert_ne!(answer.code, Some(0), "{change}: {answer:?}");
        } else {
            answer.ended(1, &["INVALID", "a cosignature that is stored is not right"]);
        }
        log.tamper("DELETE FROM ledger.cosignatures; INSERT INTO ledger.cosignatures TABLE before; DROP TABLE before")
            .await;
    }
    log.replay(&["verify"]).await.ended(0, &["valid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_unwitnessed_interval_leads_the_report() {
    let log = operated().await;
    let headline = |answer: &crate::support::Answer| answer.out.lines().next().unwrap().to_owned();
    let nobody = headline(&log.replay(&["verify"]).await);
    assert!(nobody.starts_with("LONGEST UNWITNESSED INTERVAL: "), "{nobody}");
    assert!(nobody.contains("7 events") && nobody.contains("no witness has ever seen this log"), "{nobody}");
    cosign(&log, &witness(), 0).await;
    log.is_read().await;
    let answer = log.replay(&["verify"]).await;
    answer.ended(0, &["Who the witnesses are is read from the log itself"]);
    let vkey = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
    let policy = |witness: &str| file("policy", &format!("log {vkey}\nwitness archive {witness}\nquorum archive\n"));
    let believed = policy(&witness().witness().to_string());
    let report = log.replay(&["verify", "--policy", &believed, "--json"]).await.json();
    let said = &report[0]["witnessing"];
    assert_eq!(
        (&said["by_policy"], &said["checkpoints"], &said["newest"]["size"]),
        (&true.into(), &1.into(), &7.into())
    );
    assert_eq!(said["witnesses"], serde_json::json!(["witness.example"]));
    assert!(said["longest"]["seconds"].as_i64().unwrap() < 60 && said["longest"]["events"].as_u64().unwrap() <= 7);
    let answer = log.replay(&["verify", "--policy", &believed]).await;
    assert!(!answer.out.contains("read from the log itself"), "{answer:?}");
    let stranger = Cosigner::new("stranger.example", &[6; 32]).unwrap();
    let unbelieved = log.replay(&["verify", "--policy", &policy(&stranger.witness().to_string())]).await;
    unbelieved.ended(0, &["8 events", "no witness that the policy believes has ever seen this log"]);
}
