//! The signatures under a note: what each covers, what the signer had before them, and whether it all still is as it was
//! signed.

mod check;
mod examine;
mod words;

use daybook_domain::NoteId;
use daybook_ledger::format::{entry, stream_tag};
use daybook_ledger::merkle::{leaf_hash, verify_inclusion};
use daybook_ledger::{Ledger, Recorded, checkpoint};
use serde::Serialize;
use uuid::Uuid;

use self::check::{Check, Outcome};
use self::examine::Signature;
use crate::replay::{Acts, Found, ReplayError};

/// Everything that is told of a note's signatures.
#[derive(Serialize)]
pub struct Signatures {
    note: Uuid,
    visit: Uuid,
    clinic: Uuid,
    /// Whether the note's words were open, so that they could be held against the hash that was signed.
    opened: bool,
    recorded_at_position: Option<u64>,
    signatures: Vec<Signature>,
    faults: Vec<String>,
}

impl Signatures {
    /// Of a note of this visit, whose events are `acts`.
    pub async fn of(ledger: &Ledger, found: &Found, note: Uuid, acts: Acts) -> Result<Self, ReplayError> {
        let Acts { acts, opened, recorded_at_position } = acts;
        if !acts.iter().any(|act| act.line.payload["note_id"] == serde_json::json!(note)) {
            return Err(ReplayError::NoNote { visit: found.visit, note });
        }
        let mut signatures = match found.acts.last() {
            Some(last) => examine::signatures(NoteId(note), acts, &found.looks(None, last)),
            None => Vec::new(),
        };
        for signature in &mut signatures {
            let event = found.acts.iter().find(|act| act.position == signature.event.position);
            if let Some(event) = event {
                let outcome = under_a_checkpoint(ledger, event).await?;
                signature.checks.push(Check::new("the event is under the log's newest checkpoint", outcome));
            }
        }
        Ok(Self {
            note,
            visit: found.visit,
            clinic: found.clinic,
            opened,
            recorded_at_position,
            signatures,
            faults: found.faults(),
        })
    }

    /// Whether nobody has signed the note.
    pub fn is_unsigned(&self) -> bool {
        self.signatures.is_empty()
    }

    /// Whether every check that could be made holds, and all events are as they were written.
    pub fn hold(&self) -> bool {
        let fails = self.signatures.iter().flat_map(|signature| &signature.checks).any(Check::fails);
        !fails && self.faults.is_empty()
    }
}

/// Whether the tree of the newest checkpoint has this event, and the log's own key signed it.
async fn under_a_checkpoint(ledger: &Ledger, event: &Recorded) -> Result<Outcome, sqlx::Error> {
    let clinic = event.clinic;
    let (head, key) = (ledger.head(clinic).await?, ledger.verifier(clinic).await?);
    let (Some(head), Some(key)) = (head, key) else {
        return Ok(Outcome::Fails("the log has no checkpoint".into()));
    };
    if checkpoint::open(&head.note(&key), &key).is_err() {
        return Ok(Outcome::Fails("the checkpoint's signature is not of the log's key".into()));
    }
    let leaf = leaf_hash(&entry(&stream_tag(clinic, &event.stream), event.sequence, &event.hash));
    let Some(path) = ledger.inclusion(clinic, event.position, head.size).await? else {
        return Ok(Outcome::Fails("the tiles do not lead from the event to the checkpoint".into()));
    };
    let included = verify_inclusion(&leaf, event.position, head.size, &path, &head.root);
    Ok(Outcome::same(included.is_ok(), "the checkpoint's tree has another event there"))
}
