//! `GET /v1/visits/{visit_id}/notes/{note_id}`

use actix_web::{get, web::Path};
use chrono::{DateTime, Utc};
use daybook_access::{Action, Disclosed, Opened, Receipt};
use daybook_domain::visit::{Event, Note, NoteTrail, Visit};
use daybook_domain::{NoteId, Rules};
use daybook_ledger::drafts::SavedDraft;
use daybook_ledger::{Loaded, Recorded};
use serde::Serialize;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::{NotePath, Refusals};
use crate::shown::{Shown, plain};
use crate::state::{State, decode};

#[derive(Serialize)]
struct NoteContent {
    note_id: NoteId,
    #[serde(flatten)]
    note: Note,
    #[serde(flatten)]
    told: Told,
    /// What was saved beside the log since the newest draft in it, where something was; of a signed note, what is in no
    /// signature.
    kept_draft: Option<Value>,
    /// What to name as `rendered_at_position` when signing, correcting or cosigning.
    rendered_at_position: u64,
}

/// What the events of a note tell.
#[derive(Default, Serialize)]
struct Told {
    /// What the newest draft says; of a signed note, what was signed or is said since the newest correction.
    body: Value,
    /// The consents: as they were signed; of a draft, as they stand and would be signed.
    consents: Value,
    /// Everything that was ever signed as what the note says, oldest first.
    versions: Vec<Version>,
    /// What was added since, in the order of `addenda`.
    addenda_bodies: Vec<Value>,
    /// The newest cosignature. Whether it is good for what the note says now is in `cosign`.
    cosignature: Option<Value>,
    /// Who said why that the note should not be there.
    entered_in_error: Option<Value>,
}

/// What a note said from one signature to the next.
#[derive(Serialize)]
struct Version {
    /// Whether something else took its place.
    corrected: bool,
    body: Value,
    consents: Value,
    template_version: Value,
    content_sha256: Value,
    signed_sha256: Value,
    /// Why it took the place of the version before; null of the first.
    reason: Value,
    signed_by: Value,
    at: DateTime<Utc>,
    position: u64,
}

/// What a note says, and said.
///
/// A signer signs `content_sha256` as shown here, and names `rendered_at_position`; so does, with `signed_sha256`, who
/// corrects or cosigns it.
#[utoipa::path(
    tag = "notes",
    responses((status = 200, description = "The note.", body = ref("#/components/schemas/NoteContent")), Refusals)
)]
#[get("/v1/visits/{visit_id}/notes/{note_id}")]
pub async fn show_note(path: Path<NotePath>, caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (state, clinic, id) = (&caller.state, caller.clinic(), path.visit_id);
            let visit: Loaded<Visit> = caller.load(id.0).await?;
            let receipt = caller.read_visit(Action::ReadNote, id, &visit).await?;
            // Read after the fact of reading: a signer names the position of that fact, and whatever stood in the log by
            // then has to be in what the signer is shown.
            let events = state.ledger.read_stream(clinic, visit.stream(), 0).await?;
            let decoded = decode::<Event>(&events)?;
            let visit = Visit::replay(&decoded);
            let note = visit.notes().get(path.note_id).ok_or_else(Problem::not_found)?.clone();
            let of_note: Vec<Recorded> = events.iter().filter(|event| is_of(event, path.note_id)).cloned().collect();
            let mut told = Told::default();
            state.access.open(&receipt, &of_note).await?.into_iter().for_each(|event| told.tell(event));
            if told.versions.is_empty() {
                let mut trail = NoteTrail::of(path.note_id);
                for (recorded, event) in events.iter().zip(&decoded) {
                    trail.observe(recorded.position, recorded.recorded_at, event);
                }
                told.consents = json!(trail.facts(0, 0).consents);
            }
            let kept = state.ledger.saved_draft(clinic, path.note_id.0).await?;
            let kept_draft = match kept.filter(|kept| kept.revision > note.revision) {
                Some(kept) => opened(state, &receipt, kept).await?,
                None => None,
            };
            let newest = events.last().map_or(0, |event| event.position);
            let rendered_at_position = receipt.position().unwrap_or(newest);
            let shown = NoteContent { note_id: path.note_id, note, told, kept_draft, rendered_at_position };
            Shown::disclosed(&Disclosed::new(&receipt, shown))
        })
        .await
}

/// A draft that is kept beside the log, as a reader sees it.
async fn opened(state: &State, receipt: &Receipt, kept: SavedDraft) -> Result<Option<Value>, Problem> {
    let opened = state.access.open(receipt, &[kept.sealed]).await?.into_iter().next();
    Ok(opened.map(|opened| {
        let mut shown = plain(opened.payload);
        shown["revision"] = json!(kept.revision);
        shown["saved_at"] = json!(kept.saved_at);
        shown
    }))
}

/// Whether an event tells of this note.
fn is_of(event: &Recorded, note: NoteId) -> bool {
    let payload = || serde_json::from_slice::<Value>(&event.payload).unwrap_or_default();
    (event.event_type.starts_with("note-") || event.event_type.starts_with("cosign"))
        && payload()["note_id"] == json!(note)
}

impl Told {
    /// Takes the note's next event in, opened.
    fn tell(&mut self, event: Opened) {
        let (at, position) = (event.recorded_at, event.position);
        let mut content = plain(event.payload);
        match event.event_type.as_str() {
            "note-drafted" => self.body = content["body"].take(),
            "note-signed" => self.sign(content, "signer_id", at, position),
            "note-corrected" => {
                if let Some(before) = self.versions.last_mut() {
                    before.corrected = true;
                }
                self.body = content["body"].take();
                self.sign(content, "author_id", at, position);
            }
            "note-addended" => self.addenda_bodies.push(content["body"].take()),
            "note-entered-in-error" => {
                let (reason, provider) = (content["reason"].take(), content["provider_id"].take());
                self.entered_in_error =
                    Some(json!({ "reason": reason, "provider_id": provider, "at": at, "position": position }));
            }
            "cosigned" => {
                content["at"] = json!(at);
                content["position"] = json!(position);
                self.cosignature = Some(content);
            }
            _ => {}
        }
    }

    fn sign(&mut self, mut content: Value, signed_by: &str, at: DateTime<Utc>, position: u64) {
        self.consents = content["consents"].clone();
        self.versions.push(Version {
            corrected: false,
            body: self.body.clone(),
            consents: content["consents"].take(),
            template_version: content["template_version"].take(),
            content_sha256: content["content_sha256"].take(),
            signed_sha256: content["signed_sha256"].take(),
            reason: content["reason"].take(),
            signed_by: content[signed_by].take(),
            at,
            position,
        });
    }
}
