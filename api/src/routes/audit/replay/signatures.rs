//! `GET /v1/audit/visits/{visit_id}/notes/{note_id}/signatures`

use actix_web::get;
use actix_web::web::{Path, Query};
use daybook_audit::signature::Signatures;
use daybook_domain::Code;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Looking;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::{NotePath, Refusals};
use crate::shown::Shown;

/// Why.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SignaturesQuery {
    /// Why you look, as a code: the note's words are opened and held against the hash that was signed, and the reason is recorded.
    /// If absent, they stay sealed, and nobody looks at that hash.
    #[param(value_type = Option<String>)]
    reason: Option<Code>,
}

/// The signatures under a note: what each covers, what the signer had before them, and whether it all still is as it was signed.
#[utoipa::path(
    tag = "audit",
    params(NotePath, SignaturesQuery),
    responses((status = 200, description = "The signatures, each with its checks.", body = ref("#/components/schemas/Signatures")), Refusals)
)]
#[get("/v1/audit/visits/{visit_id}/notes/{note_id}/signatures")]
pub async fn show_signatures(
    path: Path<NotePath>,
    caller: Caller,
    question: Query<SignaturesQuery>,
) -> Result<Shown, Problem> {
    let SignaturesQuery { reason } = question.into_inner();
    caller
        .detached(move |caller| async move {
            let looking = Looking::at(&caller, path.visit_id, reason).await?;
            let (_, acts) = looking.acts(&caller, None).await?;
            looking.shown(Signatures::of(&caller.state.ledger, &looking.found, path.note_id.0, acts).await?)
        })
        .await
}
