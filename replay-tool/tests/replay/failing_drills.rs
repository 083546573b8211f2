//! A drill that fails before anybody knows whether the backup can be restored: each log says that it was tried and at what it
//! failed, and nothing that somebody's disk or anybody's record could be known by.

use std::os::unix::fs::PermissionsExt;

use daybook_domain::safekeeping::{Command, DrillFailed, DrillStep, Event, KeysRewrapped};
use daybook_domain::{Actor, KeySecretId, Request, Role, Safekeeping, Sha256Hex};
use daybook_ledger::append::CommandKey;
use daybook_ledger::clock::System;
use daybook_ledger::cqrs::{ExecuteError, Execution, execute};
use daybook_ledger::{Clock, Ids, Intent, Loaded, Metadata, Stream, aggregate};
use uuid::Uuid;

use crate::issuer::{Issuer, root};
use crate::keeping_files::{Kept, content};
use crate::place::Place;
use crate::projecting::{projected, schema};
use crate::support::*;

/// The last thing that the log knows of its backups and drills, which is that one failed.
async fn failed(log: &Log) -> DrillFailed {
    let events = log.ledger.read_stream(CLINIC, &Stream::new("safekeeping", CLINIC), 0).await.unwrap();
    let last: Event = events.last().unwrap().decode().unwrap();
    let Event::DrillFailed(failed) = last else { panic!("{last:?}") };
    let payload = String::from_utf8(events.last().unwrap().payload.to_vec()).unwrap();
    assert!(!payload.contains('/') && !payload.contains(".age"), "{payload}");
    failed
}

async fn failures(log: &Log) -> usize {
    told(log, CLINIC, "drill-failed").await
}

/// How often a clinic's log was told such a thing.
async fn told(log: &Log, clinic: Uuid, event_type: &str) -> usize {
    let events = log.ledger.read_stream(clinic, &Stream::new("safekeeping", clinic), 0).await.unwrap();
    events.iter().filter(|event| event.event_type == event_type).count()
}

/// A second clinic in the same database, whose log comes after the first.
async fn another_clinic(log: &Log) -> Uuid {
    let clinic = Uuid::from_u128(0xC12);
    let rewrapped = KeysRewrapped { key_secret: KeySecretId::root(), from: vec![KeySecretId::root()], keys: 1 };
    let key = CommandKey { id: System.internal(), request_hash: [0; 32] };
    execute(&log.ledger, Execution { clinic, key, expected: None }, || async {
        let kept: Loaded<Safekeeping> = aggregate::load(&log.ledger, clinic, clinic).await?;
        let actor = Actor { role: Role::System, subject: "system:safekeeping".into(), person: None };
        let command = Command::RecordRewrapping(rewrapped.clone());
        let request = Request { at: System.now(), actor, command };
        Ok::<_, ExecuteError>(Intent::new(kept, request, Metadata::new()))
    })
    .await
    .unwrap();
    clinic
}

/// Failed at this, as the log was told and whoever ran it.
async fn failed_at(log: &Log, drilled: &Answer, step: DrillStep, said: &[&str]) -> DrillFailed {
    drilled.ended(2, &[said, &["the drill failed ", ", as 1 logs were told: "]].concat());
    assert_eq!(drilled.out, "");
    let failed = failed(log).await;
    assert_eq!(failed.step, step);
    failed
}

/// Bytes in the place of a file of the backup, which what lies beside it agrees with.
fn put_in_its_place(place: &Place, name: &str, bytes: &[u8]) {
    let before = Sha256Hex::of(&[&std::fs::read(place.file(name)).unwrap()]);
    let beside = std::fs::read_to_string(place.file("log.age.json")).unwrap();
    let beside = beside.replace(before.as_str(), Sha256Hex::of(&[bytes]).as_str());
    std::fs::write(place.file("log.age.json"), beside).unwrap();
    std::fs::write(place.file(name), bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_identity_a_missing_one_and_a_file_that_is_gone_or_damaged_are_on_record() {
    use DrillStep::*;
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let known: Loaded<Safekeeping> = aggregate::load(&log.ledger, CLINIC, CLINIC).await.unwrap();
    let made = known.newest_backup().unwrap();

    let other = place.drilled(&log, "keys.identity", &[]).await;
    let found = failed_at(&log, &other, DecryptLog, &["it is for another identity, or damaged"]).await;
    assert_eq!((found.backup_begun_at, found.log_sha256.as_ref()), (Some(made.begun_at), Some(&made.log_sha256)));
    let missing = place.drilled(&log, "nobody.identity", &[]).await;
    failed_at(&log, &missing, DecryptLog, &["cannot be read"]).await;

    let keys_identity = std::fs::read(place.file("keys.identity")).unwrap();
    std::fs::copy(place.file("log.identity"), place.file("keys.identity")).unwrap();
    let other = place.drilled(&log, "log.identity", &[]).await;
    failed_at(&log, &other, DecryptKeys, &["keys.age cannot be decrypted"]).await;
    std::fs::write(place.file("keys.identity"), keys_identity).unwrap();

    let keys = std::fs::read(place.file("keys.age")).unwrap();
    std::fs::remove_file(place.file("keys.age")).unwrap();
    failed_at(&log, &place.drilled(&log, "log.identity", &[]).await, CompareFiles, &["cannot be read"]).await;
    std::fs::write(place.file("keys.age"), &keys[..keys.len() - 9]).unwrap();
    failed_at(&log, &place.drilled(&log, "log.identity", &[]).await, CompareFiles, &["or it was damaged"]).await;
    std::fs::write(place.file("keys.age"), &keys).unwrap();
    put_in_its_place(&place, "keys.age", &keys[..keys.len() - 9]);
    failed_at(&log, &place.drilled(&log, "log.identity", &[]).await, RestoreKeys, &["nothing of it was"]).await;
    put_in_its_place(&place, "keys.age", &keys);

    let whole = std::fs::read(place.file("log.age")).unwrap();
    put_in_its_place(&place, "log.age", &whole[..whole.len() - 9]);
    failed_at(&log, &place.drilled(&log, "log.identity", &[]).await, RestoreLog, &["nothing of it was"]).await;
    put_in_its_place(&place, "log.age", &whole);

    // So many were tried, and one that comes to something is the last again.
    assert_eq!(failures(&log).await, 7);
    log.replay(&["backup", "status"]).await.ended(1, &["NO DRILL", "the last drill FAILED"]);
    place.drilled(&log, "log.identity", &[]).await.ended(0, &["restored and verified"]);
    log.replay(&["backup", "status"]).await.ended(0, &[]);
    log.replay(&["verify"]).await.ended(0, &["valid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_beside_a_backup_may_be_the_very_thing_that_is_missing_or_not_of_it() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let beside = std::fs::read_to_string(place.file("log.age.json")).unwrap();
    let write = |text: &str| std::fs::write(place.file("log.age.json"), text).unwrap();
    std::fs::remove_file(place.file("log.age.json")).unwrap();
    let drilled = place.drilled(&log, "log.identity", &[]).await;
    let found = failed_at(&log, &drilled, DrillStep::FindBackup, &["the backup was not finished"]).await;
    assert_eq!((found.backup_begun_at, found.log_sha256), (None, None));
    let mut other: serde_json::Value = serde_json::from_str(&beside).unwrap();
    let heads = other["heads"].take();
    other["heads"] = serde_json::json!([]);
    write(&other.to_string());
    let drilled = place.drilled(&log, "log.identity", &[]).await;
    failed_at(&log, &drilled, DrillStep::FindBackup, &["there is no log in this backup"]).await;
    other["heads"] = heads;
    other["heads"][0]["size"] = 6.into();
    write(&other.to_string());
    let drilled = place.drilled(&log, "log.identity", &[]).await;
    failed_at(&log, &drilled, DrillStep::Verify, &["stands elsewhere in the backup"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_visits_that_do_not_open_are_on_record() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let kept = Kept { log: &log, place: &place };
    kept.attaches(&content(500)).await;
    kept.backed_up(&[]).await.ended(0, &[]);
    let sealed = std::fs::read(place.file("files.age")).unwrap();
    // Unreadable, whoever runs this.
    std::fs::remove_file(place.file("files.age")).unwrap();
    std::fs::create_dir(place.file("files.age")).unwrap();
    failed_at(&log, &kept.drilled(&[]).await, DrillStep::CompareFiles, &["files.age cannot be read"]).await;
    std::fs::remove_dir(place.file("files.age")).unwrap();
    failed_at(&log, &kept.drilled(&[]).await, DrillStep::CompareFiles, &["files.age cannot be read"]).await;
    std::fs::write(place.file("files.age"), &sealed).unwrap();
    // For somebody else.
    let others = Place::new();
    others.backed_up(&log).await.ended(0, &[]);
    put_in_its_place(&place, "files.age", &std::fs::read(others.file("log.age")).unwrap());
    failed_at(&log, &kept.drilled(&[]).await, DrillStep::DecryptFiles, &["files.age cannot be decrypted"]).await;
    put_in_its_place(&place, "files.age", &sealed[..sealed.len() - 9]);
    failed_at(&log, &kept.drilled(&[]).await, DrillStep::OpenFiles, &["is not the files of a backup"]).await;
    put_in_its_place(&place, "files.age", &sealed);
    kept.drilled(&[]).await.ended(0, &["1 of its 1 files of visits opened"]);
    assert_eq!(failures(&log).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_do_its_part_is_on_record_on_either_side() {
    let (log, place) = (projected().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    // Programs that say they are Postgres, and make no cluster.
    let programs = place.file("programs");
    std::fs::create_dir(&programs).unwrap();
    for name in ["initdb", "postgres"] {
        let script = format!("#!/bin/sh\n[ \"$1\" = --version ] && echo '{name} (PostgreSQL) 17.0' && exit\nexit 1\n");
        let program = format!("{programs}/{name}");
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let drilled = place.drilled_in(&log, "log.identity", &[], &[("PATH", &programs)]).await;
    failed_at(&log, &drilled, DrillStep::StartCopy, &["a Postgres of its own cannot be started"]).await;
    let directory = schema(&log, "directory").await;
    let rename = |from, to| format!("ALTER TABLE {directory}.rows RENAME COLUMN {from} TO {to}");
    sqlx::raw_sql(&rename("body", "other")).execute(&log.owner).await.unwrap();
    let drilled = place.drilled(&log, "log.identity", &[]).await;
    failed_at(&log, &drilled, DrillStep::CompareLive, &["column"]).await;
    sqlx::raw_sql(&rename("other", "body")).execute(&log.owner).await.unwrap();
    place.drilled(&log, "log.identity", &[]).await.ended(0, &["restored and verified"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_tells_at_what_a_drill_failed() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    place.drilled(&log, "keys.identity", &[]).await.ended(2, &[]);
    let issuer = Issuer::start().await;
    let officer = issuer.token(Role::Compliance, None);
    let told = issuer.run(&log, &officer, &root(), &["report", "integrity", "--json"]).await;
    told.ended(0, &[]);
    let rows = told.json()["rows"].as_array().unwrap().clone();
    assert_eq!((&rows[1]["what"], &rows[1]["result"]), (&"drill-failed".into(), &"decrypt-log".into()), "{rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_it_hears_where_a_log_cannot_be_told() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let refuse = |event: &str| {
        format!("ALTER TABLE ledger.events ADD CONSTRAINT \"{event}\" CHECK (event_type <> '{event}') NOT VALID")
    };
    for event in ["drill-failed", "restore-drilled"] {
        sqlx::raw_sql(&refuse(event)).execute(&log.owner).await.unwrap();
    }
    let said =
        ["the drill failed decrypting the log: ", "another identity", "NOT every log could be told", "was not told"];
    place.drilled(&log, "keys.identity", &[]).await.ended(2, &said);
    let said = ["restored and verified", "NOT recorded: its log could not be told", "was not told"];
    place.drilled(&log, "log.identity", &[]).await.ended(2, &said);
    assert_eq!(failures(&log).await, 0);
    // Of a database that is not there nothing can be told either.
    let nowhere = ["--database-url", "postgres://nobody@127.0.0.1:1/nothing"];
    place.drilled(&log, "log.identity", &nowhere).await.ended(2, &["the database cannot be reached"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_cannot_be_told_and_a_certificate_that_cannot_be_written_keep_no_other_log_from_being_told() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let other = another_clinic(&log).await;
    place.backed_up(&log).await.ended(0, &["of 2 logs"]);
    let refuse = format!(
        "ALTER TABLE ledger.events ADD CONSTRAINT refused CHECK
         (clinic_id <> '{CLINIC}' OR event_type NOT IN ('drill-failed', 'restore-drilled')) NOT VALID"
    );
    sqlx::raw_sql(&refuse).execute(&log.owner).await.unwrap();
    let untold = format!("the log of clinic {CLINIC} was not told");
    place.drilled(&log, "keys.identity", &[]).await.ended(2, &["NOT every log could be told", &untold]);
    assert_eq!((failures(&log).await, told(&log, other, "drill-failed").await), (0, 1));
    let said = ["NOT recorded: its log could not be told", "recorded and signed in its log", &untold];
    place.drilled(&log, "log.identity", &[]).await.ended(2, &said);
    assert_eq!(told(&log, other, "restore-drilled").await, 1);
    sqlx::raw_sql("ALTER TABLE ledger.events DROP CONSTRAINT refused").execute(&log.owner).await.unwrap();
    let taken = place.kept("certificates", "a file");
    place.drilled(&log, "log.identity", &["--certificates", &taken]).await.ended(2, &["cannot be made"]);
    for (clinic, drills) in [(CLINIC, 1), (other, 2)] {
        assert_eq!(told(&log, clinic, "restore-drilled").await, drills);
    }
}
