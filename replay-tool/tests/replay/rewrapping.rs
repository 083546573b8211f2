//! `keys` and `backup destroyed`: keys are wrapped under a new secret and open as before; and since when an erasure cannot be
//! undone is told, and not before it holds.

use chrono::{SubsecRound, Utc};
use daybook_domain::patient::{DestroyedKey, ErasureGround, PatientKeyDestroyed};
use daybook_domain::{Catalogue, Class, DataKeyId, patient};
use daybook_ledger::append::{Append, CommandKey, Expected, StreamAppend};
use daybook_ledger::clock::System;
use daybook_ledger::sealing::LocalKeys;
use daybook_ledger::{Clock, Draft, Ids, Metadata, Stream, Unsealed};
use serde_json::json;
use uuid::Uuid;

use crate::issuer::root;
use crate::place::{Place, told};
use crate::support::*;

/// A key secret as it is set, and its name.
fn secret(byte: u8) -> (String, String) {
    let keys = LocalKeys::new(ROOT).with_key_secrets([[byte; 32]]);
    (format!("{byte:02x}").repeat(32), keys.key_secret().as_str().to_owned())
}

/// Runs the program with these key secrets.
async fn with(log: &Log, secrets: &[&str], arguments: &[&str]) -> Answer {
    let (root, secrets) = (root(), secrets.join(","));
    log.replay_with(arguments, &[&told(&root)[..], &[("DAYBOOK_KEY_SECRETS", &secrets)]].concat()).await
}

const REWRAP: [&str; 4] = ["keys", "rewrap", "--operator", "maria"];

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_wrapped_under_a_new_secret_and_open_under_it_alone() {
    let log = Log::checked_in().await;
    let ((first, one), (second, two)) = (secret(8), secret(9));
    log.replay(&["keys", "status"]).await.ended(0, &["1 under root"]);
    with(&log, &[&first], &REWRAP).await.ended(0, &["All 1 keys are wrapped under the secret", &one]);
    log.replay(&["keys", "status"]).await.ended(0, &[&format!("1 under {one}")]);
    // Whoever does not have the secret opens nothing, and says which is missing.
    let missing = format!("wrapped under the key secret {one}, which is none of those that are set");
    with(&log, &[&second], &REWRAP).await.ended(2, &[&missing, "all of them open"]);
    let without = log.replay_with(&REWRAP, &told(&root())).await;
    without.ended(2, &[&missing]);
    let rewrapped = with(&log, &[&second, &first], &[&REWRAP[..], &["--json"]].concat()).await;
    rewrapped.ended(0, &[]);
    assert_eq!(rewrapped.json(), json!({ "key_secret": two, "keys": 1 }));
    // Done again it has nothing to do, and nothing to tell.
    let size = async || log.ledger.head(CLINIC).await.unwrap().unwrap().size;
    let before = size().await;
    with(&log, &[&second], &REWRAP).await.ended(0, &[&two]);
    assert_eq!(size().await, before);
    with(&log, &["nonsense"], &REWRAP).await.ended(2, &["DAYBOOK_KEY_SECRETS must hold"]);
    log.replay(&["verify"]).await.ended(0, &["valid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_whose_secret_is_not_there_is_found_out_by_its_drill_and_not_restored() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let (first, one) = secret(8);
    with(&log, &[&first], &REWRAP).await.ended(0, &[]);
    place.backed_up(&log).await.ended(0, &[]);
    let missing = format!("wrapped under the key secret {one}, which is none of those that are set");
    place.drilled(&log, "log.identity", &[]).await.ended(1, &[&missing]);
    let url = empty_database().await;
    place.restored(&url, &[]).await.ended(2, &["do not open with the secrets that are set", &missing]);
    let arguments = place.restoring(&[]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = root();
    let environment = [&told(&root)[..], &[("DAYBOOK_KEY_SECRETS", &first)]].concat();
    replay_on(&url, &arguments, &environment).await.ended(0, &["valid"]);
}

/// What an erasure leaves: the event that names the patient's keys, and no key.
pub async fn erased(log: &Log) {
    let keys: Vec<Uuid> =
        sqlx::query_scalar("SELECT data_key_id FROM keys.data_keys").fetch_all(&log.owner).await.unwrap();
    let destroyed: patient::Event = PatientKeyDestroyed {
        ground: ErasureGround::PatientRequest,
        rules: vec![],
        keys: keys.iter().map(|key| DestroyedKey { data_key_id: DataKeyId(*key), class: Class::General }).collect(),
        proposed_by: "officer-1".into(),
        confirmed_by: "officer-2".into(),
    }
    .into();
    let stream = Stream::new("patient", PATIENT.0);
    let event = Unsealed {
        event_id: System.internal(),
        event_type: destroyed.event_type(),
        event_version: destroyed.event_version(),
        payload: destroyed.payload(),
    };
    let draft = Draft::seal(event, CLINIC, &stream, None, &Metadata::new(), log.ledger.sealer()).await.unwrap();
    let append = Append {
        clinic: CLINIC,
        command: CommandKey { id: System.internal(), request_hash: [0; 32] },
        streams: vec![StreamAppend { stream, expected: Expected::Any, events: vec![draft] }],
        guards: vec![],
    };
    log.ledger.append(append).await.unwrap();
    sqlx::query("DELETE FROM keys.data_keys").execute(&log.owner).await.unwrap();
}

/// Now, as a command line takes it.
fn now() -> String {
    System.now().trunc_subsecs(0).to_rfc3339()
}

/// The same as JSON has it.
fn as_json(at: &str) -> serde_json::Value {
    json!(at.parse::<chrono::DateTime<Utc>>().unwrap())
}

fn keys_sha256(place: &Place) -> String {
    let beside = std::fs::read_to_string(place.file("log.age.json")).unwrap();
    let beside: serde_json::Value = serde_json::from_str(&beside).unwrap();
    beside["keys"]["sha256"].as_str().unwrap().to_owned()
}

async fn unrecoverable_since(log: &Log) -> Option<chrono::DateTime<Utc>> {
    let report = log.replay(&["verify", "--json"]).await;
    report.ended(0, &[]);
    serde_json::from_value(report.json()[0]["erased"][0]["unrecoverable_since"].clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_can_be_undone_as_long_as_one_backup_from_before_is_there() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    erased(&log).await;
    log.replay(&["verify"]).await.ended(0, &["erased, and valid", "one backup on record can still undo it"]);
    let sha256 = keys_sha256(&place);
    let at = now();
    let arguments = ["backup", "destroyed", "--keys-sha256", &sha256, "--at", &at, "--operator", "maria"];
    let nothing = "0".repeat(64);
    let other = ["backup", "destroyed", "--keys-sha256", &nothing, "--at", &at, "--operator", "maria"];
    with(&log, &[&secret(8).0], &other).await.ended(2, &["no log was ever told of a backup"]);
    assert_eq!(unrecoverable_since(&log).await, None);
    // A second is cut off: said to be destroyed before it was begun it is not believed.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let at = now();
    let arguments = [&arguments[..5], &[&at], &arguments[6..]].concat();
    with(&log, &[&secret(8).0], &arguments).await.ended(0, &["1 logs know"]);
    log.replay(&["verify"]).await.ended(0, &["unrecoverable since", "as far as the log knows of its backups"]);
    assert!(unrecoverable_since(&log).await >= Some(at.parse().unwrap()));
    let again = with(&log, &[&secret(8).0], &[&arguments[..], &["--json"]].concat()).await;
    again.ended(0, &[]);
    assert_eq!(again.json(), json!({ "keys_sha256": sha256, "destroyed_at": as_json(&at), "logs_told": 1 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_destroyed_takes_every_backup_under_it_along_and_none_is_while_keys_are_under_it() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let ((first, one), (second, _)) = (secret(8), secret(9));
    with(&log, &[&first], &REWRAP).await.ended(0, &[]);
    place.backed_up(&log).await.ended(0, &[]);
    let at = now();
    let destroyed = ["keys", "secret-destroyed", "--key-secret", &one, "--at", &at, "--operator", "maria"];
    with(&log, &[&first], &destroyed).await.ended(2, &["1 keys of clinic", "wrap them anew first"]);
    erased(&log).await;
    with(&log, &[&first], &destroyed).await.ended(2, &["the keys are wrapped under this secret"]);
    assert_eq!(unrecoverable_since(&log).await, None);
    with(&log, &[&second, &first], &REWRAP).await.ended(0, &["All 0 keys"]);
    assert_eq!(unrecoverable_since(&log).await, None);
    with(&log, &[&second], &destroyed).await.ended(0, &["1 logs know"]);
    assert!(unrecoverable_since(&log).await.is_some());
    let again = with(&log, &[&second], &[&destroyed[..], &["--json"]].concat()).await;
    again.ended(0, &[]);
    assert_eq!(again.json(), json!({ "key_secret": one, "destroyed_at": as_json(&at), "logs_told": 1 }));
    let root_secret = ["keys", "secret-destroyed", "--key-secret", "root", "--at", &at, "--operator", "maria"];
    with(&log, &[&second], &root_secret).await.ended(2, &["it is not destroyed alone"]);
}
