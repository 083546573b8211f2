//! `PUT /v1/visits/{visit_id}/notes/{note_id}/draft`

use actix_web::{put, web::Path};
use daybook_domain::Code;
use daybook_domain::visit::{DraftNote, NoteBody};
use daybook_ledger::drafts::DraftSaved;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::{Call, NOTE};
use crate::draft::{DraftKept, Kept};
use crate::problem::Problem;
use crate::routes::{CommandHeaders, NotePath, Refusals};
use crate::shown::Shown;

/// A draft as it stands in the editor.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveDraftRequest {
    /// The revision on which it was written: the one that was shown, or that the last save answered.
    based_on: u64,
    /// Version of the template the note follows.
    template_version: Code,
    /// What it says.
    #[serde(deserialize_with = "daybook_domain::visit::strict_body")]
    body: NoteBody,
}

/// Keep a draft while it is being written, over the one it was written on.
///
/// Kept durably, sealed, and beside the log: saves add nothing to the visit's stream. Refused with `draft-newer`, which names
/// the newest revision, where somebody saved since. To be signed, a draft has to be written with `POST …/notes`.
#[utoipa::path(
    tag = "notes",
    request_body(content = ref("#/components/schemas/SaveDraftRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(
        (status = 200, description = "Kept, durably.", body = ref("#/components/schemas/DraftKept")),
        (status = 409, description = "Not possible in the present state; `code` says why."),
        (status = 422, description = "The body does not fit."),
        Refusals
    )
)]
#[put("/v1/visits/{visit_id}/notes/{note_id}/draft")]
pub async fn save_draft(path: Path<NotePath>, call: Call<NOTE>) -> Result<Shown, Problem> {
    let SaveDraftRequest { based_on, template_version, body } = call.read()?;
    call.detached(move |call| async move {
        let note_id = path.note_id;
        let draft = DraftNote { note_id: Some(note_id), based_on: Some(based_on), template_version, body };
        let visit = call.beside_the_log(path.visit_id, "draft-note").await?;
        match visit.keep_draft(note_id, &draft).await? {
            Kept::Saved(DraftSaved { revision, saved_at }) => Shown::plain(&DraftKept { note_id, revision, saved_at }),
            Kept::Refused(refusal) => Err(Problem::refused(&refusal)),
        }
    })
    .await
}
