//! `backup` and `drill`: what was backed up comes back whole, and what was damaged, cut off or is somebody else's does not. The
//! log knows of every backup that stands and of what came of every drill.

use std::path::Path;

use daybook_domain::safekeeping::{self, Restored};
use daybook_domain::visit;
use daybook_domain::{Rules, Safekeeping, Sha256Hex};
use daybook_ledger::{Stream, note};
use serde_json::json;

use crate::issuer::root;
use crate::place::{Place, told};
use crate::projecting::{project, projected, schema};
use crate::support::*;

/// What the log knows of its backups.
async fn known(log: &Log) -> (Vec<safekeeping::Event>, Safekeeping) {
    let events = log.ledger.read_stream(CLINIC, &Stream::new("safekeeping", CLINIC), 0).await.unwrap();
    let events: Vec<safekeeping::Event> = events.iter().map(|event| event.decode().unwrap()).collect();
    let kept = Safekeeping::replay(&events);
    (events, kept)
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
    // That there is a backup is the one thing that is not in it.
    let drilled = place.drilled(&log, "log.identity", &[]).await;
    drilled
        .ended(0, &["restored and verified", "7 events, 1 of the live log", "So it stood when the backup was begun."]);
    assert!(
        drilled.out.starts_with("LONGEST UNWITNESSED INTERVAL: ") && drilled.out.contains("no witness has ever seen")
    );
    log.is_read().await;
    let drilled = place.drilled(&log, "log.identity", &["--json"]).await;
    drilled.ended(0, &[]);
    let drilled = drilled.json();
    assert_eq!(drilled["logs"][0]["witnessing"]["longest"]["events"], 7, "{drilled}");
    assert_eq!((&drilled["verdict"], &drilled["logs"][0]["lost_events"]), (&"valid".into(), &3.into()), "{drilled}");
    place.backed_up(&log).await.ended(2, &["is there already and is not written over"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_knows_of_its_backup_by_the_hash_of_the_file_once_it_stands() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let (events, kept) = known(&log).await;
    let made = kept.newest_backup().unwrap();
    let sha256 = |name| Sha256Hex::of(&[&std::fs::read(place.file(name)).unwrap()]);
    assert_eq!((events.len(), made.size), (1, 7));
    assert_eq!((&made.log_sha256, &made.keys_sha256), (&sha256("log.age"), &sha256("keys.age")));
    assert_eq!((made.log_recipient.as_str(), made.keys_recipient.as_str()), (&*place.1[0], &*place.1[1]));
    // Said again, nothing is added.
    place.recorded(&log, &[]).await.ended(0, &["0 of 1 logs were told"]);
    let recorded = place.recorded(&log, &["--json"]).await.json();
    assert_eq!(recorded, json!({ "logs": 1, "logs_told": 0 }));
    assert_eq!(known(&log).await.0.len(), 1);
    log.replay(&["verify"]).await.ended(0, &["valid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_backed_up_is_told_as_json_too() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let made = place.backed_up_with(&log, &root(), &["--json"]).await;
    made.ended(0, &[]);
    let made = made.json();
    assert_eq!((&made["logs"], &made["events"]), (&1.into(), &7.into()), "{made}");
    let bytes = |name| std::fs::metadata(place.file(name)).unwrap().len();
    assert_eq!(made["bytes"], bytes("log.age") + bytes("keys.age"));
    let (_, kept) = known(&log).await;
    let known = kept.newest_backup().unwrap();
    assert_eq!(made["made_at"], json!(known.begun_at));
    let log = json!({
        "file": place.file("log.age"), "bytes": known.log_bytes, "sha256": known.log_sha256, "recipient": known.log_recipient,
    });
    assert_eq!((&made["log"], &made["keys"]["sha256"]), (&log, &json!(known.keys_sha256)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_whose_log_was_not_told_is_told_afterwards_and_another_file_is_not() {
    let (log, place) = (Log::checked_in().await, Place::new());
    sqlx::query("ALTER TABLE ledger.events ADD CONSTRAINT locked CHECK (event_type <> 'backup-made') NOT VALID")
        .execute(&log.owner)
        .await
        .unwrap();
    place.backed_up(&log).await.ended(2, &["the backup is whole, and not every log was told of it"]);
    sqlx::query("ALTER TABLE ledger.events DROP CONSTRAINT locked").execute(&log.owner).await.unwrap();
    assert_eq!(known(&log).await.0, []);
    let keys = std::fs::read(place.file("keys.age")).unwrap();
    std::fs::write(place.file("keys.age"), b"another").unwrap();
    place.recorded(&log, &[]).await.ended(2, &["keys.age is not the file that"]);
    std::fs::write(place.file("keys.age"), keys).unwrap();
    place.recorded(&log, &[]).await.ended(0, &["1 of 1 logs were told"]);
    assert_eq!(known(&log).await.0.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_tell_the_log_makes_no_backup() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up_as(&log, "").await.ended(2, &["DAYBOOK_ROOT_SECRET must hold 64 hexadecimal digits"]);
    place.backed_up_as(&log, &"5".repeat(64)).await.ended(2, &["begun under another origin or another root secret"]);
    assert!(!Path::new(&place.file("log.age")).exists() && !Path::new(&place.file("log.age.part")).exists());
    assert_eq!(known(&log).await.0, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_is_certified_with_what_was_promised_and_the_log_tells_it() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let folder = place.file("certificates");
    let promised = ["--point-objective", "24h", "--time-objective", "1h", "--certificates", &folder];
    place.drilled(&log, "log.identity", &promised).await.ended(0, &["What was promised was kept", "signed in its log"]);
    let (_, kept) = known(&log).await;
    let drilled = kept.last_passed_drill().unwrap();
    assert_eq!((drilled.size, drilled.verified_events, drilled.wrong, drilled.lost_events), (7, 7, 0, 1));
    assert_eq!((drilled.live_size, &drilled.log_sha256), (8, &kept.newest_backup().unwrap().log_sha256));
    // The note in the folder is the log's key's, and is made again of the event alone.
    let key = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let written = std::fs::read_to_string(file).unwrap();
    assert_eq!(note::open(&written, &key).unwrap(), drilled.certificate(key.name()));
    assert_eq!(daybook_ledger::statement::certificate(drilled, &key), Some(written));
    let other = safekeeping::RestoreDrilled { lost_events: 0, ..drilled.clone() };
    assert_eq!(daybook_ledger::statement::certificate(&other, &key), None);

    // Nobody restores in no time.
    let impossible = ["--time-objective", "0s"];
    place.drilled(&log, "log.identity", &impossible).await.ended(1, &["restored and verified", "NOT kept"]);
    let (_, kept) = known(&log).await;
    assert_eq!(kept.last_drill().unwrap().restored, Restored::AsWritten);
    assert!(!kept.last_drill().unwrap().is_passed());
    log.replay(&["verify"]).await.ended(0, &["valid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn read_models_are_built_in_the_copy_and_are_those_of_the_live_database_but_for_what_changed_since() {
    let (log, place) = (projected().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let of = |drilled: &Answer| {
        let log = &drilled.json()["logs"][0];
        (log["read_model_rows"].as_u64().unwrap(), log["read_model_rows_as_live"].as_u64())
    };
    let first = place.drilled(&log, "log.identity", &["--json"]).await;
    first.ended(0, &[]);
    let (rows, as_live) = of(&first);
    assert!(rows > 0 && as_live == Some(rows), "{}", first.out);
    // The visit goes on: its rows in the live ones are others now.
    let last = log.is_read_for(daybook_access::Action::ReadChart).await;
    log.does(daybook_domain::Role::FrontDesk, held()).await;
    project(&log, last + 1).await;
    let later = place.drilled(&log, "log.identity", &["--json"]).await;
    later.ended(0, &[]);
    assert!(of(&later).1 < Some(rows) && of(&later).1 > Some(0), "{}", later.out);
    let directory = schema(&log, "directory").await;
    let change = format!(
        "UPDATE {directory}.rows SET body = jsonb_set(body::jsonb, '{{Visit,patient_id}}', '\"nobody\"')::json"
    );
    sqlx::raw_sql(&change).execute(&log.owner).await.unwrap();
    place.drilled(&log, "log.identity", &[]).await.ended(1, &["directory differs from the live one in 1 rows"]);
    assert_eq!(
        known(&log).await.1.last_drill().map(|drill| (drill.restored, drill.wrong)),
        Some((Restored::NotAsWritten, 1))
    );
}

fn held() -> visit::Command {
    visit::Command::Hold(visit::Hold { reason: visit::HoldReason::Interpreter, details: None })
}

#[tokio::test(flavor = "multi_thread")]
async fn how_old_a_backup_is_and_its_drill_is_told_and_what_is_too_old_is_an_alarm() {
    let (log, place) = (Log::checked_in().await, Place::new());
    log.replay(&["backup", "status"]).await.ended(1, &["last backup never", "NO BACKUP", "NO DRILL"]);
    place.backed_up(&log).await.ended(0, &[]);
    log.replay(&["backup", "status"]).await.ended(1, &["last backup 0 minutes ago", "NO DRILL"]);
    place.drilled(&log, "log.identity", &[]).await.ended(0, &[]);
    log.replay(&["backup", "status"]).await.ended(0, &["last drill that passed 0 minutes ago"]);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let strict =
        ["backup", "status", "--point-objective", "0s", "--drill-every", "0s", "--time-objective", "0s", "--json"];
    let status = log.replay(&strict).await;
    status.ended(1, &[]);
    let alarms = serde_json::json!(["backup-stale", "drill-stale", "recovery-too-slow"]);
    assert_eq!(status.json()[0]["alarms"], alarms, "{}", status.out);
    Log::start().await.replay(&["backup", "status"]).await.ended(3, &["nothing to back up"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_beside_a_backup_has_each_logs_signed_checkpoint() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let checkpoint = log.checkpoint().await;
    place.backed_up(&log).await.ended(0, &[]);
    let beside = std::fs::read_to_string(place.file("log.age.json")).unwrap();
    let beside: serde_json::Value = serde_json::from_str(&beside).unwrap();
    assert_eq!(beside["heads"][0]["checkpoint"], *checkpoint);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_log_that_was_changed_since_is_told_from_the_live_one() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let rewritten = "ALTER TABLE ledger.checkpoints DISABLE TRIGGER append_only; \
                     UPDATE ledger.checkpoints SET root = sha256('another') WHERE size = 8";
    log.tamper(rewritten).await;
    place.drilled(&log, "log.identity", &[]).await.ended(1, &["the live log has not grown from it"]);
    let (_, kept) = known(&log).await;
    assert_eq!(kept.last_drill().map(|drilled| drilled.restored), Some(Restored::NotAsWritten));
    assert_eq!(kept.last_passed_drill(), None);
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
    let beside = std::fs::read_to_string(place.file("log.age.json")).unwrap();
    let sha256 = |bytes: &[u8]| Sha256Hex::of(&[bytes]);
    let with = |bytes: &[u8]| std::fs::write(place.file("log.age"), bytes).unwrap();
    // Also where what lies beside it was made to agree.
    let agreed = |bytes: &[u8]| {
        let beside = beside.replace(sha256(&whole).as_str(), sha256(bytes).as_str());
        std::fs::write(place.file("log.age.json"), beside).unwrap();
        with(bytes);
    };
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    for bytes in [&whole[..whole.len() - 40], &changed] {
        with(bytes);
        place.drilled(&log, "log.identity", &[]).await.ended(2, &["is not the file that", "or it was damaged"]);
        agreed(bytes);
        place.drilled(&log, "log.identity", &[]).await.ended(2, &["cannot be restored; nothing of it was"]);
        std::fs::write(place.file("log.age.json"), &beside).unwrap();
    }
    agreed(b"hello");
    place.drilled(&log, "log.identity", &[]).await.ended(2, &["it is for another identity, or damaged"]);
    agreed(&whole);
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
    let arguments =
        ["backup", "make", "--to", &to, "--recipient", first, "--keys-to", &keys, "--keys-recipient", second];
    let failed = log.replay_with(&[&arguments[..], &["--database-url", nowhere]].concat(), &told(&root())).await;
    failed.ended(2, &["the database cannot be reached"]);
    assert!(!Path::new(&to).exists() && !Path::new(&keys).exists());
    assert!(!Path::new(&place.file("log.age.json")).exists());
}
