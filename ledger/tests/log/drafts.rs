//! Drafts beside the log: one row a note, last one wins, and only over what its writer has seen.

use daybook_domain::{Class, PatientId, Subject};
use daybook_ledger::Ids;
use daybook_ledger::clock::System;
use daybook_ledger::drafts::{DraftError, DraftSave, DraftSaved};
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use crate::support::{CLINIC, Log, server};

const NOTE: Uuid = Uuid::from_u128(0x207E);
const PATIENT: PatientId = PatientId(Uuid::from_u128(0xAB));

/// A save by a command of its own, on a note whose first draft is in the log.
fn save(based_on: u64, words: &str) -> DraftSave {
    DraftSave {
        clinic: CLINIC,
        note: NOTE,
        subject: Subject { patient: PATIENT, class: Class::General },
        based_on,
        in_log: 1,
        command: System.internal(),
        payload: json!({ "template_version": "soap/1", "body": { "$clear": { "plan": words } } }),
    }
}

impl Log {
    async fn saves(&self, save: DraftSave) -> Result<u64, u64> {
        told(self.ledger.save_draft(save).await)
    }

    /// What a reader who was let in sees of the draft.
    async fn plan(&self) -> String {
        let draft = self.ledger.saved_draft(CLINIC, NOTE).await.unwrap().unwrap();
        let permitted = |clinic, subject: Subject| clinic == CLINIC && subject.patient == PATIENT;
        let opened = self.opener.open(&[draft.sealed], &Default::default(), permitted).await.unwrap();
        opened[0]["body"]["$clear"]["plan"].as_str().unwrap().to_owned()
    }

    async fn rows(&self) -> i64 {
        sqlx::query("SELECT count(*) FROM drafts.notes").fetch_one(&self.owner).await.unwrap().get(0)
    }
}

/// The revision that was saved, or the one that is newer.
fn told(result: Result<DraftSaved, DraftError>) -> Result<u64, u64> {
    match result {
        Ok(saved) => Ok(saved.revision),
        Err(DraftError::Newer { newest }) => Err(newest),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn five_thousand_saves_are_one_row_and_no_event() {
    let log = Log::start().await;
    for revision in 1..=5_000 {
        assert_eq!(log.saves(save(revision, &format!("puffs: {revision}"))).await, Ok(revision + 1));
    }
    assert_eq!((log.rows().await, log.plan().await.as_str()), (1, "puffs: 5000"));
    assert!(log.ledger.head(CLINIC).await.unwrap().is_none(), "there is no log yet");
}

#[tokio::test]
async fn a_save_on_what_is_not_the_newest_changes_nothing_and_says_what_is() {
    let log = Log::start().await;
    assert_eq!(log.saves(save(2, "from the future")).await, Err(1));
    assert_eq!(log.saves(save(1, "first tab")).await, Ok(2));
    for wrong in [0, 1, 3, u64::MAX] {
        assert_eq!(log.saves(save(wrong, "second tab")).await, Err(2), "{wrong}");
    }
    assert_eq!(log.plan().await, "first tab");
}

#[tokio::test]
async fn of_two_who_save_at_once_one_is_told_of_the_other() {
    let log = Log::start().await;
    let (other, _) = server(&log.database.url).await;
    for revision in 1..40 {
        let (one, two) =
            tokio::join!(log.ledger.save_draft(save(revision, "one")), other.save_draft(save(revision, "two")));
        let winner = match (told(one), told(two)) {
            (Ok(_), Err(newest)) if newest == revision + 1 => "one",
            (Err(newest), Ok(_)) if newest == revision + 1 => "two",
            both => panic!("{both:?}"),
        };
        assert_eq!(log.plan().await, winner);
    }
}

#[tokio::test]
async fn the_same_command_sent_to_two_servers_saves_once() {
    let log = Log::start().await;
    let (other, _) = server(&log.database.url).await;
    for revision in 1..40 {
        let command = System.internal();
        let same = || DraftSave { command, ..save(revision, "same") };
        let both = tokio::join!(log.ledger.save_draft(same()), other.save_draft(same()));
        assert_eq!((told(both.0), told(both.1)), (Ok(revision + 1), Ok(revision + 1)));
        assert_eq!(log.saves(same()).await, Ok(revision + 1), "and once more later");
    }
}

#[tokio::test]
async fn a_draft_is_forgotten_once_the_log_has_it_and_not_before() {
    let log = Log::start().await;
    assert_eq!(log.saves(save(1, "kept")).await, Ok(2));
    log.ledger.forget_draft(CLINIC, NOTE, 1).await.unwrap();
    assert_eq!(log.ledger.saved_revision(CLINIC, NOTE).await.unwrap(), 2);
    log.ledger.forget_draft(CLINIC, NOTE, 2).await.unwrap();
    assert_eq!((log.rows().await, log.ledger.saved_revision(CLINIC, NOTE).await.unwrap()), (0, 0));
}

#[tokio::test]
async fn the_sealed_bytes_of_one_note_do_not_open_as_anothers() {
    let log = Log::start().await;
    assert_eq!(log.saves(save(1, "kept")).await, Ok(2));
    sqlx::query("UPDATE drafts.notes SET note_id = $1").bind(Uuid::from_u128(9)).execute(&log.owner).await.unwrap();
    let moved = log.ledger.saved_draft(CLINIC, Uuid::from_u128(9)).await.unwrap().unwrap();
    assert!(log.opener.open(&[moved.sealed], &Default::default(), |_, _| true).await.is_err());
}
