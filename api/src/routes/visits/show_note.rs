//! `GET /v1/visits/{visit_id}/notes/{note_id}`

use actix_web::{get, web::Path};
use daybook_access::{Action, Disclosed};
use daybook_domain::visit::{Event, Note, Visit};
use daybook_domain::{NoteId, Rules};
use daybook_ledger::{Loaded, Recorded};
use serde::Serialize;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::{NotePath, Refusals};
use crate::shown::{Shown, plain};
use crate::state::decode;

#[derive(Serialize)]
struct NoteContent {
    note_id: NoteId,
    #[serde(flatten)]
    note: Note,
    /// What the newest draft says; of a signed note, what was signed.
    body: Value,
    /// What was added since, in the order of `addenda`.
    addenda_bodies: Vec<Value>,
    /// What to name as `rendered_at_position` when signing.
    rendered_at_position: u64,
}

/// What a note says.
///
/// A signer signs `content_sha256` as shown here, and names `rendered_at_position`.
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
            let visit = Visit::replay(&decode::<Event>(&events)?);
            let note = visit.notes().get(path.note_id).ok_or_else(Problem::not_found)?.clone();
            let sealed: Vec<Recorded> = events.iter().filter(|event| is_of(event, path.note_id)).cloned().collect();
            let (mut body, mut addenda_bodies) = (Value::Null, Vec::new());
            for event in state.access.open(&receipt, &sealed).await? {
                let content = plain(event.payload)["body"].take();
                match event.event_type.as_str() {
                    "note-drafted" => body = content,
                    _ => addenda_bodies.push(content),
                }
            }
            let newest = events.last().map_or(0, |event| event.position);
            let rendered_at_position = receipt.position().unwrap_or(newest);
            let shown = NoteContent { note_id: path.note_id, note, body, addenda_bodies, rendered_at_position };
            Shown::disclosed(&Disclosed::new(&receipt, shown))
        })
        .await
}

/// Whether an event holds a draft of, or an addendum to, this note.
fn is_of(event: &Recorded, note: NoteId) -> bool {
    let payload = || serde_json::from_slice::<Value>(&event.payload).unwrap_or_default();
    ["note-drafted", "note-addended"].contains(&event.event_type.as_str()) && payload()["note_id"] == json!(note)
}
