//! `restore`: a backup comes back for production as a log in a new epoch, or not at all; whoever kept a checkpoint is told what
//! is lost; and whatever it is killed at, nobody ever signs a size of the old epoch twice.

use std::process::Stdio;
use std::time::{Duration, Instant};

use daybook_domain::safekeeping::LedgerRecovered;
use daybook_domain::{Role, Safekeeping};
use daybook_ledger::{Loaded, aggregate, backup, note};

use crate::issuer::{Issuer, root};
use crate::place::{Place, told};
use crate::rewriting::{cosign, witness};
use crate::support::*;

/// What a restored log says of its epoch.
async fn recovery(log: &Log) -> LedgerRecovered {
    let kept: Loaded<Safekeeping> = aggregate::load(&log.ledger, CLINIC, CLINIC).await.unwrap();
    kept.last_recovery().unwrap().clone()
}

fn origin_of(note: &str) -> &str {
    note.lines().next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_log_goes_on_in_a_new_epoch_and_has_grown_from_what_was_kept() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let seven = place.kept("seven", &log.checkpoint().await);
    place.backed_up(&log).await.ended(0, &[]);
    place.restored(&log.url, &[]).await.ended(2, &["the database is not empty"]);
    let url = empty_database().await;
    let said = ["Restored from the backup of", "a new epoch", "began at position 7", "of which 0 are lost", "valid"];
    let before = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
    let believed = place.kept("believed", &format!("log {before}\nquorum none\n"));
    place.restored(&url, &["--against", &seven, "--policy", &believed]).await.ended(0, &said);
    let restored = Log::of(url.clone()).await;
    // Another name, the same key, and every event from there on is signed under it alone.
    let recovered = recovery(&restored).await;
    assert_eq!((recovered.restored_size, recovered.last_known_size, recovered.lost_events), (7, 7, 0));
    assert_eq!(origin_of(&restored.checkpoint().await), recovered.origin);
    restored.is_read().await;
    let checkpoint = restored.checkpoint().await;
    assert_eq!(origin_of(&checkpoint), format!("{ORIGIN}/clinics/{CLINIC}/{}", recovered.epoch));
    let key = restored.ledger.verifier(CLINIC).await.unwrap().unwrap();
    note::open(&checkpoint, &key).unwrap();
    note::open(&checkpoint, &log.ledger.verifier(CLINIC).await.unwrap().unwrap()).unwrap_err();
    let nine = place.kept("nine", &checkpoint);
    let said = ["valid", "grown from the checkpoint of size 7", "grown from the checkpoint of size 9"];
    restored.replay(&["verify", "--against", &seven, "--against", &nine]).await.ended(0, &said);
    let policy = format!("log {}\nlog {key}\nquorum none\n", log.ledger.verifier(CLINIC).await.unwrap().unwrap());
    let policy = place.kept("policy", &policy);
    restored.replay(&["verify", "--against", &nine, "--policy", &policy]).await.ended(0, &["valid"]);
    // Whoever believes the old name alone believes nothing that was signed since.
    restored.replay(&["verify", "--policy", &believed]).await.ended(1, &["its signature is not by the log's key"]);
    // What is taken away is proven under the new name.
    let (issuer, bundle) = (Issuer::start().await, place.file("bundle"));
    let token = issuer.token(Role::Auditor, None);
    issuer.run(&restored, &token, &root(), &["export", "--all", "--out", &bundle]).await.ended(0, &["of a log of 11"]);
    restored.replay(&["verify-export", &bundle, "--policy", &policy]).await.ended(0, &["VALID"]);
    restored.replay(&["verify-export", &bundle, "--policy", &believed]).await.ended(1, &["INVALID"]);
    // Done once, it is not done again.
    place.restored(&url, &[]).await.ended(2, &["the database is not empty"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_witness_saw_stays_seen_and_it_is_asked_about_the_log_under_its_new_name() {
    let (log, place) = (Log::checked_in().await, Place::new());
    cosign(&log, &witness(), 0).await;
    place.backed_up(&log).await.ended(0, &[]);
    let url = empty_database().await;
    place.restored(&url, &[]).await.ended(0, &["valid"]);
    let restored = Log::of(url).await;
    let seen = async || {
        let report = restored.replay(&["verify", "--json"]).await;
        report.ended(0, &[]);
        report.json()[0]["witnessing"]["checkpoints"].clone()
    };
    assert_eq!((seen().await, restored.ledger.unwitnessed(&[]).await.unwrap()[0].events), (1.into(), 1));
    assert_eq!(restored.ledger.heads().await.unwrap()[0].key.name(), recovery(&restored).await.origin);
    cosign(&restored, &witness(), 0).await;
    assert_eq!((seen().await, restored.ledger.unwitnessed(&[]).await.unwrap()), (2.into(), vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_recorded_after_the_backup_is_said_to_be_lost_as_far_as_anybody_knows_of_it() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    log.is_read().await;
    let nine = place.kept("nine", &log.checkpoint().await);
    log.is_read().await;
    let ten = place.kept("ten", &log.checkpoint().await);
    let url = empty_database().await;
    place
        .restored(&url, &["--against", &nine])
        .await
        .ended(0, &["known to have had 9 events before, of which 2 are lost"]);
    let restored = Log::of(url).await;
    let recovered = recovery(&restored).await;
    assert_eq!(recovered.last_checkpoint, std::fs::read_to_string(&nine).unwrap());
    let lost = restored.replay(&["verify", "--against", &nine]).await;
    lost.ended(3, &["incomplete: events were lost", "of the checkpoint of size 9 that was kept, events are lost"]);
    let said = [
        "INVALID",
        "checkpoint of size 10 that was kept: the log went back to before it, and does not say that as much",
    ];
    restored.replay(&["verify", "--against", &ten]).await.ended(1, &said);
    // Whoever kept nothing is told nothing of it.
    restored.replay(&["verify"]).await.ended(0, &["valid", "of which 2 are lost"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_went_back_by_other_means_begins_a_new_epoch_where_it_is() {
    let (log, place, root) = (Log::checked_in().await, Place::new(), root());
    let back = copied(&log).await;
    log.is_read().await;
    let eight = place.kept("eight", &log.checkpoint().await);
    let said = ["valid", "a new epoch", "known to have had 8 events before, of which 1 are lost"];
    replay_on(&back, &["recover", "--against", &eight], &told(&root)).await.ended(0, &said);
    let recovered = Log::of(back.clone()).await;
    recovered.is_read().await;
    recovered.replay(&["verify", "--against", &eight]).await.ended(3, &["events are lost"]);
    let other = place.kept("other", &Log::checked_in().await.checkpoint().await);
    let size = async || recovered.ledger.head(CLINIC).await.unwrap().unwrap().size;
    let before = size().await;
    replay_on(&back, &["recover", "--against", &other], &told(&root)).await.ended(1, &["another root"]);
    assert_eq!(size().await, before, "nothing is begun from what is not sound");
    replay_on(&empty_database().await, &["recover"], &told(&root))
        .await
        .ended(2, &["there is no log in this database"]);
}

/// The database as it is now, in another one, and nobody was told.
async fn copied(log: &Log) -> String {
    let (url, mut rows, mut keys) = (empty_database().await, Vec::new(), Vec::new());
    backup::dump(&log.url, &mut rows, &mut keys).await.unwrap();
    backup::load(&url, &mut &rows[..], None).await.unwrap();
    backup::load(&url, &mut &keys[..], None).await.unwrap();
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_backup_than_the_last_recovery_begins_an_epoch_of_another_name_still() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let (first, second) = (empty_database().await, empty_database().await);
    place.restored(&first, &[]).await.ended(0, &[]);
    let once = Log::of(first).await;
    once.is_read().await;
    let kept = place.kept("nine", &once.checkpoint().await);
    // Two recoveries of one second would share it.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    place
        .restored(&second, &["--against", &kept])
        .await
        .ended(0, &["known to have had 9 events before, of which 2 are lost"]);
    let twice = Log::of(second).await;
    assert_ne!(recovery(&once).await.origin, recovery(&twice).await.origin);
    twice.replay(&["verify", "--against", &kept]).await.ended(3, &["events are lost"]);
    // A log that went back without saying so has no such epoch.
    log.replay(&["verify", "--against", &kept]).await.ended(1, &["the log has no epoch"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_something_that_was_changed_is_restored_for_nobody_to_write_to() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let six = place.kept("six", &log.checkpoint().await);
    log.tamper("UPDATE ledger.events SET payload = '{\"returning\":true}' WHERE position = 1").await;
    place.backed_up(&log).await.ended(0, &[]);
    let url = empty_database().await;
    let said = ["NOT as it was written", "no server will run on this", "position 1, visit/"];
    place.restored(&url, &["--against", &six]).await.ended(1, &said);
    place.restored(&url, &[]).await.ended(1, &["NOT as it was written"]);
    refused(&url).await;
    let other = Place::new();
    other.backed_up(&Log::checked_in().await).await.ended(0, &[]);
    other.restored(&url, &[]).await.ended(2, &["the restore of another backup was begun in this database"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_is_not_of_this_log_stops_it_before_anything_is_signed() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let other = place.kept("other", &Log::checked_in().await.checkpoint().await);
    let url = empty_database().await;
    place.restored(&url, &["--against", &other]).await.ended(1, &["at that size the log has another root"]);
    refused(&url).await;
    place.restored(&url, &[]).await.ended(0, &["valid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_epoch_that_nothing_speaks_of_and_one_that_is_not_there_are_named() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let url = empty_database().await;
    place.restored(&url, &[]).await.ended(0, &[]);
    let restored = Log::of(url).await;
    let epochs = "ALTER TABLE ledger.epochs DISABLE TRIGGER append_only;";
    restored.tamper(&format!("{epochs} CREATE TABLE away AS TABLE ledger.epochs; DELETE FROM ledger.epochs")).await;
    let said =
        ["position 7: it says that an epoch begins here, and none does", "its signature is not by the log's key"];
    restored.replay(&["verify"]).await.ended(1, &said);
    let earlier = format!("{epochs} INSERT INTO ledger.epochs SELECT clinic_id, epoch, origin, vkey, 5 FROM away");
    restored.tamper(&earlier).await;
    let said = ["position 5: epoch", "is said to begin here, and the event there does not say so"];
    restored.replay(&["verify"]).await.ended(1, &said);
    restored.tamper(&format!("{epochs} UPDATE ledger.epochs SET size = 7")).await;
    restored.replay(&["verify"]).await.ended(0, &["valid"]);
}

/// Nobody appends to a database whose logs have begun no new epoch.
async fn refused(url: &str) {
    let log = Log::of(url.to_owned()).await;
    let refused = log.ledger.may_append(CLINIC).await.unwrap_err().to_string();
    assert!(refused.contains("it is being restored"), "{refused}");
    log.reads(daybook_access::Action::ReadChart).await.unwrap_err();
    let arguments = ["backup", "make", "--to", "/nowhere/a", "--keys-to", "/nowhere/b"];
    let recipients = ["--recipient", "a", "--keys-recipient", "b"];
    let backup = replay_on(url, &[&arguments[..], &recipients[..]].concat(), &told(&root())).await;
    backup.ended(2, &["it is being restored"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_longer_than_a_moment_shows_no_bar_where_there_is_no_terminal() {
    let (log, place, url) = (Log::checked_in().await, Place::new(), empty_database().await);
    // More than is read of a file at once.
    for _ in 0..200 {
        log.is_read().await;
    }
    place.backed_up(&log).await.ended(0, &[]);
    let owner = sqlx::PgPool::connect(&url).await.unwrap();
    let mut held = owner.begin().await.unwrap();
    sqlx::query("LOCK TABLE ledger.logs IN ROW EXCLUSIVE MODE").execute(&mut *held).await.unwrap();
    // The log's file is open by then, and is read on once the lock is let go.
    let longer_than_a_moment = async {
        let waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'ledger.logs'::regclass)";
        while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&owner).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        held.rollback().await.unwrap();
    };
    let (restored, ()) = tokio::join!(place.restored(&url, &[]), longer_than_a_moment);
    restored.ended(0, &["valid"]);
    assert_eq!(restored.error, "");
}

/// Killed at sixteen places between its first line and its last, each time in another database: what is there then is nothing,
/// or nobody appends to it, or it is done; and the same restore done again ends with one new epoch, never two.
#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_it_goes_on_where_it_was() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let arguments = place.restoring(&[]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let begun = Instant::now();
    place.restored(&empty_database().await, &[]).await.ended(0, &[]);
    let whole = begun.elapsed();
    let (mut before, mut between, mut after) = (0, 0, 0);
    for kill in 0..16 {
        let url = empty_database().await;
        let mut command = program(&url, &arguments, &told(&root()));
        let mut restore = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(whole * kill / 16).await;
        restore.kill().unwrap();
        restore.wait().unwrap();
        let state = state(&url).await;
        let again = place.restored(&url, &[]).await;
        match state {
            State::Empty => before += 1,
            State::Restored => between += 1,
            State::Recovered => after += 1,
        }
        match state {
            State::Recovered => again.ended(2, &["the database is not empty"]),
            _ => again.ended(0, &["valid"]),
        }
        let restored = Log::of(url).await;
        assert_eq!(restored.ledger.epochs(CLINIC).await.unwrap().len(), 2);
        assert_eq!(restored.ledger.head(CLINIC).await.unwrap().unwrap().size, 8);
        restored.replay(&["verify"]).await.ended(0, &["valid"]);
    }
    assert!(before > 0 && between > 0, "killed before {before}, between {between}, after {after}");
}

enum State {
    Empty,
    Restored,
    Recovered,
}

/// What a killed restore left.
async fn state(url: &str) -> State {
    let owner = sqlx::PgPool::connect(url).await.unwrap();
    // What the killed program had begun the server may be about to end.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let steps: Vec<String> =
        sqlx::query_scalar("SELECT step FROM ledger.restorations").fetch_all(&owner).await.unwrap();
    let events: i64 = sqlx::query_scalar("SELECT count(*) FROM ledger.events").fetch_one(&owner).await.unwrap();
    owner.close().await;
    match (steps.is_empty(), steps.iter().any(|step| step == "recovered")) {
        (true, _) => {
            assert_eq!(events, 0);
            State::Empty
        }
        (false, false) => {
            refused(url).await;
            State::Restored
        }
        (false, true) => State::Recovered,
    }
}
