//! Drafts of notes as they are saved while somebody writes: beside the log, one row a note, each save over the one before.
//! A log cannot be compacted, so what is worth keeping of a draft is drafted in the visit's stream, and all the rest is
//! here. Sealed like an event, under the patient's key; durable before it is acknowledged; never over a save that its
//! writer has not seen.

use chrono::{DateTime, Utc};
use daybook_domain::Subject;
use serde_json::Value;
use sqlx::Row;
use uuid::Uuid;

use crate::event::{Recorded, Unsealed};
use crate::format::Stream;
use crate::ledger::Ledger;
use crate::rows::number;
use crate::sealing::RingError;

const EVENT_TYPE: &str = "draft-saved";
const EVENT_VERSION: &str = "1.0";

/// What is to be saved.
pub struct DraftSave {
    pub clinic: Uuid,
    pub note: Uuid,
    /// Whose key seals it.
    pub subject: Subject,
    /// The revision on which it was written.
    pub based_on: u64,
    /// The newest revision in the log: what is saved on it is the first save beside the log.
    pub in_log: u64,
    /// The same command saves once.
    pub command: Uuid,
    /// With protected values as `{"$clear": …}`.
    pub payload: Value,
}

/// A save, acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftSaved {
    pub revision: u64,
    pub saved_at: DateTime<Utc>,
}

/// A draft as it was saved last.
pub struct SavedDraft {
    pub revision: u64,
    pub saved_at: DateTime<Utc>,
    /// As a thing that an opener opens: sealed like an event, with no place in the log.
    pub sealed: Recorded,
}

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// Somebody saved since: writing over it would lose what they wrote.
    #[error("revision {newest} is newer")]
    Newer { newest: u64 },
    #[error("the draft could not be sealed: {0}")]
    Seal(#[from] RingError),
    #[error("the database does not answer: {0}")]
    Database(#[from] sqlx::Error),
}

impl Ledger {
    /// Saves a draft over the one it was written on. When this returns, it is durable. All of it or nothing is saved; a
    /// caller who does not learn which repeats the same command.
    pub async fn save_draft(&self, save: DraftSave) -> Result<DraftSaved, DraftError> {
        let event_id = self.ids().internal();
        let event =
            Unsealed { event_id, event_type: EVENT_TYPE, event_version: EVENT_VERSION, payload: save.payload.clone() };
        let stream = stream(save.note);
        let (payload, sealed) = self.sealer().seal(&event, save.clinic, &stream, Some(save.subject)).await?;
        // Twice: who lost the race for a draft's first row may have lost it to the same command, sent to two servers.
        for _ in 0..2 {
            if let Some(saved) = self.write_draft(&save, event_id, &payload, &sealed).await? {
                return Ok(saved);
            }
        }
        Err(DraftError::Newer { newest: self.saved_revision(save.clinic, save.note).await?.max(save.in_log) })
    }

    /// The first save beside the log is made on the newest draft in it, every later one on the row. `None`: there is
    /// something newer.
    async fn write_draft(
        &self,
        save: &DraftSave,
        event_id: Uuid,
        payload: &[u8],
        sealed: &[u8],
    ) -> Result<Option<DraftSaved>, sqlx::Error> {
        const SAVE: &str = "
            WITH changed AS (
                UPDATE drafts.notes
                SET revision = $3 + 1, command_id = $4, saved_at = $5, event_id = $6, payload = $7, sealed = $8
                WHERE clinic_id = $1 AND note_id = $2 AND (revision = $3 OR (revision = $3 + 1 AND command_id = $4))
                RETURNING revision, saved_at
            ), made AS (
                INSERT INTO drafts.notes (clinic_id, note_id, revision, command_id, saved_at, event_id, payload, sealed)
                SELECT $1, $2, $3 + 1, $4, $5, $6, $7, $8
                WHERE $3 = $9 AND NOT EXISTS (SELECT FROM drafts.notes WHERE clinic_id = $1 AND note_id = $2)
                ON CONFLICT DO NOTHING
                RETURNING revision, saved_at
            )
            SELECT revision, saved_at FROM changed UNION ALL SELECT revision, saved_at FROM made";
        // A revision beyond what the column holds is one that nobody has.
        let signed = |revision: u64| i64::try_from(revision).unwrap_or(i64::MAX - 1);
        let row = sqlx::query(SAVE)
            .bind(save.clinic)
            .bind(save.note)
            .bind(signed(save.based_on))
            .bind(save.command)
            .bind(self.clock().now())
            .bind(event_id)
            .bind(payload)
            .bind(sealed)
            .bind(signed(save.in_log))
            .fetch_optional(self.pool())
            .await?;
        row.map(|row| Ok(DraftSaved { revision: number(&row, 0)?, saved_at: row.try_get(1)? })).transpose()
    }

    /// The newest revision that was saved of a draft; 0 where none was.
    pub async fn saved_revision(&self, clinic: Uuid, note: Uuid) -> Result<u64, sqlx::Error> {
        let query = sqlx::query("SELECT revision FROM drafts.notes WHERE clinic_id = $1 AND note_id = $2");
        let row = query.bind(clinic).bind(note).fetch_optional(self.pool()).await?;
        row.map_or(Ok(0), |row| number(&row, 0))
    }

    /// A draft as it was saved last; `None` where none was, or it is forgotten.
    pub async fn saved_draft(&self, clinic: Uuid, note: Uuid) -> Result<Option<SavedDraft>, sqlx::Error> {
        let query = sqlx::query(
            "SELECT revision, saved_at, event_id, payload, sealed FROM drafts.notes WHERE clinic_id = $1 AND note_id = $2",
        );
        let Some(row) = query.bind(clinic).bind(note).fetch_optional(self.pool()).await? else { return Ok(None) };
        let (revision, saved_at) = (number(&row, 0)?, row.try_get(1)?);
        let sealed = Recorded {
            clinic,
            position: 0,
            stream: stream(note),
            sequence: revision,
            event_id: row.try_get(2)?,
            event_type: EVENT_TYPE.into(),
            event_version: EVENT_VERSION.into(),
            recorded_at: saved_at,
            prev_hash: [0; 32],
            hash: [0; 32],
            metadata: Vec::new(),
            payload: row.try_get(3)?,
            sealed: row.try_get(4)?,
        };
        Ok(Some(SavedDraft { revision, saved_at, sealed }))
    }

    /// Forgets a draft that is in the log at this revision. A newer one stays: nobody has signed it.
    pub async fn forget_draft(&self, clinic: Uuid, note: Uuid, in_log: u64) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM drafts.notes WHERE clinic_id = $1 AND note_id = $2 AND revision <= $3")
            .bind(clinic)
            .bind(note)
            .bind(i64::try_from(in_log).unwrap_or(i64::MAX))
            .execute(self.pool())
            .await?;
        Ok(())
    }
}

/// Whose sealed bytes they are.
fn stream(note: Uuid) -> Stream {
    Stream::new("draft", note)
}
