//! `POST /v1/visits/{visit_id}/invitations`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, InviteParticipant, NewInvitation};
use daybook_domain::{ParticipantId, Private};

use daybook_ledger::format::hexadecimal;

use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::invitations::token_sha256;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// A caregiver or guest is invited to the visit.
///
/// The answer holds the invitation's token, once and never again: only its hash is kept. A repetition of the request is
/// answered without it; whoever lost the token revokes the invitation and makes another. It is redeemed with
/// `POST /v1/invitations/redeem`.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/InviteParticipant"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/invitations")]
pub async fn invite_participant(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<InviteParticipant>()?;
    let ids = call.state.ledger.ids();
    let token = hexadecimal(&ids.secret());
    let new = NewInvitation { participant_id: ParticipantId(ids.public()), token_sha256: token_sha256(&token) };
    let written = call.visit_command_with_parts(path.visit_id, Command::InviteParticipant(command, new)).await?;
    // The token of a repetition was made just now and opens nothing.
    let invitation_token = (!written.repeated).then_some(Private(token));
    Ok(Written { invitation_token, ..written })
}
