//! `backup` and `drill`: what was backed up comes back whole, and what was damaged, cut off or is somebody else's does not.

use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use daybook_ledger::Ids;
use daybook_ledger::clock::System;

use crate::support::*;

/// A folder for one test, with two identities in it.
struct Place(PathBuf, [String; 2]);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Place {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("backup-{}", System.internal()));
        std::fs::create_dir_all(&folder).unwrap();
        let recipients = ["log", "keys"].map(|name| {
            let identity = Identity::generate();
            let text = format!("# of a test\n{}\n", identity.to_string().expose_secret());
            std::fs::write(folder.join(format!("{name}.identity")), text).unwrap();
            identity.to_public().to_string()
        });
        Self(folder, recipients)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    async fn backed_up(&self, log: &Log) -> Answer {
        let (to, keys) = (self.file("log.age"), self.file("keys.age"));
        let [recipient, keys_recipient] = &self.1;
        let recipients = ["--recipient", recipient, "--keys-recipient", keys_recipient];
        log.replay(&[&["backup", "--to", &to, "--keys-to", &keys][..], &recipients[..]].concat()).await
    }

    async fn drilled(&self, log: &Log, identity: &str, more: &[&str]) -> Answer {
        let (from, keys) = (self.file("log.age"), self.file("keys.age"));
        let (identity, keys_identity) = (self.file(identity), self.file("keys.identity"));
        let files = ["drill", "--from", &from, "--identity", &identity, "--keys-from", &keys];
        let path = std::env::var("PATH").unwrap_or_default();
        let arguments = [&files[..], &["--keys-identity", &keys_identity], more].concat();
        log.replay_with(&arguments, &[("PATH", &path)]).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_backed_up_is_restored_verified_and_compared_with_the_live_log() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &["7 events of 1 logs"]);
    for file in ["log.age", "keys.age"] {
        let bytes = std::fs::read(place.file(file)).unwrap();
        assert!(bytes.starts_with(b"age-encryption.org/v1"));
        assert!(!bytes.windows(10).any(|window| window == b"checked-in"));
    }
    place.drilled(&log, "log.identity", &[]).await.ended(0, &["restored and verified", "7 events, 0 of the live log"]);
    log.is_read().await;
    let drilled = place.drilled(&log, "log.identity", &["--json"]).await;
    drilled.ended(0, &[]);
    let drilled = drilled.json();
    assert_eq!((&drilled["verdict"], &drilled["logs"][0]["lost_events"]), (&"valid".into(), &1.into()), "{drilled}");
    place.backed_up(&log).await.ended(2, &["is there already and is not written over"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_log_that_was_changed_since_is_told_from_the_live_one() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let rewritten = "ALTER TABLE ledger.checkpoints DISABLE TRIGGER append_only; \
                     UPDATE ledger.checkpoints SET root = sha256('another') WHERE size = 7";
    log.tamper(rewritten).await;
    place.drilled(&log, "log.identity", &[]).await.ended(1, &["another root at the same size"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_event_is_found_in_its_backup_and_so_is_a_missing_key() {
    let (log, place) = (Log::checked_in().await, Place::new());
    log.tamper(
        "UPDATE ledger.events SET payload = '{\"returning\":true}' WHERE position = 1; DELETE FROM keys.data_keys",
    )
    .await;
    place.backed_up(&log).await.ended(0, &[]);
    place.drilled(&log, "log.identity", &[]).await.ended(1, &["position 1: EventHash", "KeyMissing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_cut_off_unfinished_or_somebody_elses_is_not_restored() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    place.drilled(&log, "keys.identity", &[]).await.ended(2, &["it is for another identity, or damaged"]);
    place.drilled(&log, "log.age", &[]).await.ended(2, &["cannot be read"]);
    let whole = std::fs::read(place.file("log.age")).unwrap();
    let with = |bytes: &[u8]| std::fs::write(place.file("log.age"), bytes).unwrap();
    with(&whole[..whole.len() - 40]);
    place.drilled(&log, "log.identity", &[]).await.ended(2, &["cannot be restored; nothing of it was"]);
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    with(&changed);
    place.drilled(&log, "log.identity", &[]).await.ended(2, &["cannot be restored; nothing of it was"]);
    with(b"hello");
    place.drilled(&log, "log.identity", &[]).await.ended(2, &["it is for another identity, or damaged"]);
    with(&whole);
    std::fs::remove_file(place.file("log.age.json")).unwrap();
    place.drilled(&log, "log.identity", &[]).await.ended(2, &["the backup was not finished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_needs_two_recipients_and_leaves_nothing_under_its_name_if_it_fails() {
    let (log, mut place) = (Log::checked_in().await, Place::new());
    place.1[1] = place.1[0].clone();
    place.backed_up(&log).await.ended(2, &["has to be another recipient"]);
    place.1[1] = "age1nonsense".into();
    place.backed_up(&log).await.ended(2, &["a recipient is what age-keygen calls a public key"]);
    place.1 = Place::new().1.clone();
    let (to, keys) = (place.file("log.age"), place.file("keys.age"));
    let nowhere = "postgres://nobody@127.0.0.1:1/nothing";
    let [first, second] = &place.1;
    let arguments = ["backup", "--to", &to, "--recipient", first, "--keys-to", &keys, "--keys-recipient", second];
    let failed = log.replay(&[&arguments[..], &["--database-url", nowhere]].concat()).await;
    failed.ended(2, &["the database did not do its part"]);
    assert!(!Path::new(&to).exists() && !Path::new(&keys).exists());
    assert!(!Path::new(&place.file("log.age.json")).exists());
}
