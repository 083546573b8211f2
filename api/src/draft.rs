//! Drafts of notes that are kept beside the log, by the same rules as those that are written into it.

use chrono::{DateTime, Utc};
use daybook_domain::visit::{Command, DraftNote, Error, NewNote, Visit};
use daybook_domain::{Class, NoteId, Phi, Rules, Subject, VisitId};
use daybook_ledger::Loaded;
use daybook_ledger::drafts::{DraftError, DraftSave, DraftSaved};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::caller::Call;
use crate::problem::Problem;
use crate::visit::Permitted;

/// What a save answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DraftKept {
    /// The note.
    pub note_id: NoteId,
    /// What to base the next save on.
    pub revision: u64,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
}

/// What became of a draft that was to be kept.
pub enum Kept {
    /// It is durable.
    Saved(DraftSaved),
    /// The rules would not let it be drafted; nothing was saved.
    Refused(Error),
}

impl<const MAX: usize> Permitted<'_, MAX> {
    /// Keeps a draft of an existing note, if the rules would let it be drafted and nobody saved a newer one.
    pub async fn keep_draft(&self, note: NoteId, draft: &DraftNote) -> Result<Kept, Problem> {
        let trial = Command::DraftNote(draft.clone(), NewNote { note_id: note, salt: [0; 32] });
        if let Err(refusal) = self.decide(self.call.request(trial)) {
            return Ok(Kept::Refused(refusal));
        }
        let in_log = self.notes().get(note).map_or(0, |note| note.revision);
        let patient = self.patient().ok_or_else(Problem::not_found)?;
        let save = DraftSave {
            clinic: self.call.clinic(),
            note: note.0,
            subject: Subject { patient, class: Class::General },
            based_on: draft.based_on.unwrap_or(in_log),
            in_log,
            command: self.call.key.id,
            payload: json!({ "template_version": draft.template_version, "body": Phi::Clear(&draft.body) }),
        };
        match self.call.state.ledger.save_draft(save).await {
            Ok(saved) => Ok(Kept::Saved(saved)),
            Err(DraftError::Newer { newest }) => Err(Problem::refused(&Error::DraftNewer { newest })),
            Err(DraftError::Database(error)) => Err(error.into()),
            Err(DraftError::Seal(error)) => {
                tracing::error!(%error, "a draft could not be sealed");
                Err(Problem::unavailable("keys-unavailable", "the key store does not answer; nothing was saved"))
            }
        }
    }
}

impl<const MAX: usize> Call<MAX> {
    /// Forgets what was kept of a draft that is signed. Only tidying: what is left behind is older than what is in the log,
    /// and not shown.
    pub async fn forget_draft(&self, visit: VisitId, note: NoteId) {
        let forgotten = async {
            let visit: Loaded<Visit> = self.load(visit.0).await?;
            let in_log = visit.notes().get(note).map_or(0, |note| note.revision);
            self.state.ledger.forget_draft(self.clinic(), note.0, in_log).await.map_err(Problem::from)
        };
        if let Err(problem) = forgotten.await {
            tracing::warn!(code = problem.code, "a draft that is signed was not forgotten");
        }
    }
}
