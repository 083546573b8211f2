//! Someone with the database owner's rights changes rows. Each test is an attack; `verify` must name it.

use daybook_ledger::append::Expected;
use daybook_ledger::kept::{EpochHead, Outside};
use daybook_ledger::note::NoteSigner;
use daybook_ledger::verify::{self, Check, Report, Verdict};
use serde_json::json;
use uuid::Uuid;

use crate::support::*;

/// A log of two visits and 300 events.
async fn two_visits() -> Log {
    let log = Log::start().await;
    log.append(&visit(1), Expected::New, &[said("a"), said("b"), said("c")]).await.unwrap();
    log.append(&visit(2), Expected::New, &vec![json!({}); 297]).await.unwrap();
    assert_eq!(log.verify().await.verdict, Verdict::Valid);
    log
}

/// SQL as the log's owner with the triggers off.
async fn tamper(log: &Log, sql: &str) {
    sqlx::raw_sql(&format!("SET session_replication_role = replica; ALTER TABLE ledger.events DISABLE TRIGGER append_only; ALTER TABLE ledger.checkpoints DISABLE TRIGGER append_only; ALTER TABLE ledger.tiles DISABLE TRIGGER append_only; ALTER TABLE ledger.commands DISABLE TRIGGER append_only; {sql}"))
        .execute(&log.owner)
        .await
        .unwrap();
}

async fn after(sql: &str) -> Report {
    let log = two_visits().await;
    tamper(&log, sql).await;
    log.verify().await
}

/// The log's head, as somebody elsewhere keeps it.
async fn kept(log: &Log) -> EpochHead {
    let head = log.ledger.head(CLINIC).await.unwrap().unwrap();
    EpochHead { epoch: 1, size: head.size, root: head.root }
}

async fn against(log: &Log, kept: EpochHead) -> Report {
    let outside = Outside { kept: vec![kept], ..Outside::default() };
    verify::against(&log.owner, CLINIC, &outside, |_| {}).await.unwrap()
}

fn has(report: &Report, check: Check, position: u64) -> bool {
    report.findings.iter().any(|finding| (finding.check, finding.position) == (check, position))
}

async fn found(sql: &str, check: Check, position: u64) {
    let report = after(sql).await;
    assert_eq!(report.verdict, Verdict::Invalid, "{sql}");
    assert!(has(&report, check, position), "{sql}: {report:?}");
}

#[tokio::test]
async fn a_changed_payload_metadata_ciphertext_or_type_is_named() {
    for column in [
        "payload = '{}'",
        "metadata = '{}'",
        "sealed = sealed || '\\x00'::bytea",
        "event_type = 'admitted'",
        "recorded_at = recorded_at + interval '1 second'",
        "event_id = gen_random_uuid()",
    ] {
        found(&format!("UPDATE ledger.events SET {column} WHERE position = 1"), Check::EventHash, 1).await;
    }
}

#[tokio::test]
async fn an_event_deleted_in_the_middle_leaves_a_hole() {
    found("DELETE FROM ledger.events WHERE position = 1", Check::Position, 1).await;
}

#[tokio::test]
async fn a_tail_cut_off_is_missed_by_the_checkpoint() {
    found("DELETE FROM ledger.events WHERE position > 200", Check::Size, 201).await;
}

const CUT: &str = "DELETE FROM ledger.events WHERE position >= 3; DELETE FROM ledger.checkpoints WHERE size > 3;";

#[tokio::test]
async fn a_tail_cut_off_with_its_checkpoints_leaves_tiles_and_commands_behind() {
    found(&format!("{CUT} DELETE FROM ledger.commands WHERE first_position >= 3"), Check::Size, 3).await;
    found(&format!("{CUT} DELETE FROM ledger.tiles"), Check::Size, 3).await;
}

#[tokio::test]
async fn a_tail_cut_off_with_everything_about_it_is_missed_only_by_a_checkpoint_kept_elsewhere() {
    let log = two_visits().await;
    let kept = kept(&log).await;
    tamper(&log, &format!("{CUT} DELETE FROM ledger.tiles; DELETE FROM ledger.commands WHERE first_position >= 3"))
        .await;
    // What nobody outside has seen can be cut off unseen: the shorter log is whole in itself, and `verify` says so.
    let report = log.verify().await;
    assert_eq!((report.verdict, report.events), (Verdict::Valid, 3));
    let report = against(&log, kept).await;
    assert!(has(&report, Check::Kept, 300), "{report:?}");
}

#[tokio::test]
async fn a_log_written_anew_by_whoever_holds_its_key_is_found_out_by_a_checkpoint_kept_elsewhere() {
    let honest = two_visits().await;
    let kept = kept(&honest).await;
    // The same key, the same clinic, as many events, all of it whole: only not what was there.
    let forged = Log::start().await;
    forged.append(&visit(1), Expected::New, &[said("a"), said("x"), said("c")]).await.unwrap();
    forged.append(&visit(2), Expected::New, &vec![json!({}); 297]).await.unwrap();
    assert_eq!(forged.verify().await.verdict, Verdict::Valid);
    assert!(has(&against(&forged, kept).await, Check::Kept, 300));
    assert_eq!(against(&honest, kept).await.verdict, Verdict::Valid);
}

#[tokio::test]
async fn a_log_signed_with_another_key_is_found_out_by_whoever_knows_the_key() {
    let log = two_visits().await;
    let stranger = NoteSigner::new(&format!("daybook.test/clinics/{CLINIC}"), &[66; 32]).unwrap().verifier();
    let known = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
    for (keys, verdict) in [(vec![known.clone()], Verdict::Valid), (vec![stranger.clone()], Verdict::Invalid)] {
        let outside = Outside { keys, ..Outside::default() };
        let report = verify::against(&log.owner, CLINIC, &outside, |_| {}).await.unwrap();
        assert_eq!(report.verdict, verdict);
        assert!(report.findings.iter().all(|finding| finding.check == Check::Signature));
    }
}

#[tokio::test]
async fn an_event_put_far_behind_the_end_is_named_and_not_walked_to() {
    found("UPDATE ledger.events SET position = 9000000000000000000 WHERE position = 299", Check::Position, 299).await;
    found("UPDATE ledger.events SET position = 9223372036854775807 WHERE position = 299", Check::Size, 299).await;
    found("UPDATE ledger.events SET position = position + 1000000000000", Check::Position, 0).await;
}

/// A log of two visits that were recorded turn by turn, up to three events at a time: 300 and a few more, of which the last
/// are in no full tile.
async fn turn_by_turn() -> Log {
    let log = Log::start().await;
    for turn in 0..152 {
        log.append(&visit(1 + turn % 2), Expected::Any, &vec![json!({}); 1 + turn as usize % 3]).await.unwrap();
    }
    log
}

/// The stream of each event, and as what it is named.
async fn names(log: &Log) -> Vec<(Uuid, String)> {
    let sql = "SELECT stream_id, stream_type || '/' || stream_id || ' ' || sequence || ' ' || event_type FROM ledger.events ORDER BY position";
    sqlx::query_as(sql).fetch_all(&log.owner).await.unwrap()
}

async fn swap(log: &Log, one: usize, other: usize) {
    let put = |from: usize, to: usize| format!("UPDATE ledger.events SET position = {to} WHERE position = {from};");
    tamper(log, &(put(one, 100_000) + &put(other, one) + &put(100_000, other))).await;
}

/// What is said of the positions at which something else was sealed.
fn moved(report: &Report) -> Vec<(usize, &str)> {
    let moved = report.findings.iter().filter(|finding| finding.check == Check::Leaf);
    moved.map(|finding| (finding.position as usize, &*finding.what)).collect()
}

/// Swaps them, looks whether both are named, and swaps them back.
async fn both_are_named(log: &Log, names: &[(Uuid, String)], one: usize, other: usize) {
    swap(log, one, other).await;
    let report = log.verify().await;
    assert_eq!(report.verdict, Verdict::Invalid);
    let said = moved(&report);
    assert_eq!(said.iter().map(|(position, _)| *position).collect::<Vec<_>>(), [one, other], "{said:?}");
    for ((here, there), (_, what)) in [(other, one), (one, other)].into_iter().zip(said) {
        let begin = format!("{} stands where, by ", names[here].1);
        let end = format!(", {} was sealed, which stands at position {here}", names[there].1);
        assert!(what.starts_with(&begin) && what.ends_with(&end), "{what}");
    }
    swap(log, one, other).await;
    assert_eq!(log.verify().await.verdict, Verdict::Valid);
}

/// In a full tile both, one of them, and none.
const AT: [(usize, usize); 5] = [(0, 1), (17, 18), (9, 256), (100, 300), (280, 281)];

#[tokio::test]
async fn two_events_of_a_stream_that_changed_places_are_both_named() {
    let log = turn_by_turn().await;
    let names = names(&log).await;
    for (one, from) in AT {
        let other = (from..names.len()).find(|other| names[*other].0 == names[one].0).unwrap();
        both_are_named(&log, &names, one, other).await;
    }
}

#[tokio::test]
async fn two_events_of_different_streams_that_changed_places_are_both_named() {
    let log = turn_by_turn().await;
    let names = names(&log).await;
    for (one, from) in AT {
        let other = (from..names.len()).find(|other| names[*other].0 != names[one].0).unwrap();
        both_are_named(&log, &names, one, other).await;
    }
}

#[tokio::test]
async fn two_events_written_together_that_changed_places_are_both_named() {
    let log = two_visits().await;
    let names = names(&log).await;
    for (one, other) in [(1, 2), (3, 200), (250, 260), (270, 290)] {
        both_are_named(&log, &names, one, other).await;
    }
}

#[tokio::test]
async fn events_that_changed_places_twice_are_all_named() {
    let log = turn_by_turn().await;
    for (one, other) in [(5, 6), (100, 200), (258, 290), (270, 280)] {
        swap(&log, one, other).await;
    }
    let positions: Vec<_> = moved(&log.verify().await).into_iter().map(|(position, _)| position).collect();
    assert_eq!(positions, [5, 6, 100, 200, 258, 270, 280, 290]);
}

#[tokio::test]
async fn an_event_taken_out_and_the_rest_moved_up_is_said_once() {
    let report = after(
        "DELETE FROM ledger.events WHERE position = 1;
         UPDATE ledger.events SET position = -position WHERE position > 1; UPDATE ledger.events SET position = -position - 1 WHERE position < 0",
    )
    .await;
    let said = moved(&report);
    assert_eq!(said.iter().map(|(position, _)| *position).collect::<Vec<_>>(), [1, 2], "{said:?}");
    assert!(said[0].1.ends_with("by its tile, another event was sealed"), "{said:?}");
    assert!(said[1].1.ends_with("which stands at position 1"), "{said:?}");
}

#[tokio::test]
async fn an_event_written_anew_with_its_hash_is_named_as_another_than_was_sealed() {
    let report = after("UPDATE ledger.events SET payload = '{}', hash = sha256(payload) WHERE position = 2").await;
    let said = moved(&report);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].0 == 2 && said[0].1.ends_with("by its tile, another event was sealed"), "{said:?}");
}

#[tokio::test]
async fn a_changed_tile_accuses_no_event() {
    let report = after("UPDATE ledger.tiles SET hashes = overlay(hashes PLACING substr(hashes, 33, 32) FROM 1)").await;
    assert_eq!((report.verdict, moved(&report)), (Verdict::Invalid, vec![]));
}

#[tokio::test]
async fn an_event_moved_to_another_stream_is_named() {
    found(
        &format!("UPDATE ledger.events SET stream_id = '{}', sequence = 298 WHERE position = 2", visit(2).id),
        Check::EventHash,
        2,
    )
    .await;
}

#[tokio::test]
async fn a_changed_root_size_or_signature_is_named() {
    found("UPDATE ledger.checkpoints SET root = sha256('x') WHERE size = 3", Check::Root, 3).await;
    found("UPDATE ledger.checkpoints SET signature = signature || '\\x00'::bytea WHERE size = 3", Check::Signature, 3)
        .await;
    found("UPDATE ledger.checkpoints SET size_before = 4 WHERE size = 300", Check::Growth, 4).await;
}

#[tokio::test]
async fn a_changed_tile_is_named() {
    found("UPDATE ledger.tiles SET hashes = set_byte(hashes, 5, (get_byte(hashes, 5) + 1) % 256)", Check::Tile, 0)
        .await;
}

#[tokio::test]
async fn without_switching_triggers_off_nothing_can_be_changed() {
    let log = Log::start().await;
    log.append(&visit(1), Expected::New, &[said("a")]).await.unwrap();
    for table in ["logs", "events", "checkpoints", "commands", "tiles"] {
        for sql in [
            format!("DELETE FROM ledger.{table}"),
            format!("TRUNCATE ledger.{table}"),
            format!("UPDATE ledger.{table} SET clinic_id = clinic_id"),
        ] {
            let error = sqlx::raw_sql(&sql).execute(&log.owner).await.unwrap_err();
            assert!(error.to_string().contains("append-only"), "{sql}: {error}");
        }
    }
}

#[tokio::test]
async fn a_reader_sees_one_clinic_and_only_when_it_names_it() {
    let log = Log::start().await;
    log.append(&visit(1), Expected::New, &[said("a")]).await.unwrap();
    let count = |setup: String| {
        let owner = log.owner.clone();
        async move {
            let mut transaction = owner.begin().await.unwrap();
            sqlx::raw_sql(&format!("SET LOCAL ROLE daybook_read; {setup}")).execute(&mut *transaction).await.unwrap();
            sqlx::query_scalar::<_, i64>("SELECT count(*) FROM public.events")
                .fetch_one(&mut *transaction)
                .await
                .unwrap()
        }
    };
    assert_eq!(count(String::new()).await, 0);
    assert_eq!(count(format!("SET LOCAL daybook.clinic = '{}'", Uuid::from_u128(9))).await, 0);
    assert_eq!(count(format!("SET LOCAL daybook.clinic = '{CLINIC}'")).await, 1);
}
