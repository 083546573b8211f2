//! `POST /v1/invitations/redeem`

use actix_web::http::StatusCode;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, post, web};
use bytes::Bytes;
use daybook_access::{Action, Principal, Resource};
use daybook_domain::visit::{Command, InviteeKind, UseInvitation, Visit};
use daybook_domain::{ClinicId, ParticipantId, Private, Request, Text, VisitId};
use daybook_ledger::append::CommandKey;
use daybook_ledger::cqrs::{self, Execution};
use daybook_ledger::{Intent, Loaded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::token_sha256;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::State;
use crate::{body, edge};

/// The program, as the log names it.
const PROGRAM: &str = "invitations";
/// Bytes of a body at most.
const MOST: usize = 4 * 1024;

/// What an invitation's link says.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemInvitationRequest {
    /// At which clinic.
    clinic_id: ClinicId,
    /// To which visit.
    visit_id: VisitId,
    /// The token.
    token: Private<Text<64>>,
}

/// Who came.
#[derive(Serialize, JsonSchema)]
pub struct InvitationRedeemed {
    /// Who was invited, as a participant of the visit.
    participant_id: ParticipantId,
    /// As what.
    kind: InviteeKind,
}

/// Somebody comes with an invitation, which is used up.
///
/// Takes no access token. Whatever is wrong, of the visit or of the token, the answer is the same; of the visit and of
/// everybody else in it nothing is told.
#[utoipa::path(
    tag = "visits",
    security(()),
    request_body(content = ref("#/components/schemas/RedeemInvitationRequest"), content_type = "application/json"),
    responses(
        (status = 200, description = "Used up, now.", body = ref("#/components/schemas/InvitationRedeemed")),
        (status = 404, description = "No such invitation, or not any more.", body = ref("#/components/schemas/Problem")),
        (status = 429, description = "Too many at once; try again.", body = ref("#/components/schemas/Problem"))
    )
)]
#[post("/v1/invitations/redeem")]
pub async fn redeem_invitation(
    request: HttpRequest,
    state: web::Data<State>,
    bytes: Bytes,
) -> Result<HttpResponse, Problem> {
    if !request.content_type().eq_ignore_ascii_case("application/json") {
        return Err(body::not_json());
    }
    if bytes.len() > MOST {
        return Err(body::too_large(MOST));
    }
    let RedeemInvitationRequest { clinic_id, visit_id, token } = body::read(&bytes)?;
    let principal = Principal::system(PROGRAM, clinic_id);
    let caller = Caller { state: state.into_inner(), principal, correlation_id: edge::request_id() };
    let redeemed = caller
        .detached(move |caller| async move {
            // Nobody is known here, so that nobody may keep the log busy.
            let _place = caller.state.redemptions.try_acquire().map_err(|_| too_many())?;
            redeem(&caller, visit_id, &token).await
        })
        .await?;
    Ok(HttpResponse::Ok().json(redeemed))
}

async fn redeem(caller: &Caller, id: VisitId, token: &Private<Text<64>>) -> Result<InvitationRedeemed, Problem> {
    let (state, command) = (&caller.state, UseInvitation { token_sha256: token_sha256(token.0.as_str()) });
    let key = CommandKey { id: state.ledger.ids().internal(), request_hash: [0; 32] };
    let attempt = || async {
        let visit: Loaded<Visit> = caller.load(id.0).await?;
        let resource = Resource::visit(caller.principal.clinic, id, &visit);
        let action = Action::VisitCommand("use-invitation");
        let permit = state.access.permit(&caller.asking(), action, &resource).await?;
        let (at, actor) = (state.ledger.clock().now(), caller.principal.actor());
        let request = Request { at, actor, command: Command::UseInvitation(command.clone()) };
        Ok::<_, Problem>(Intent::new(visit, request, caller.asking().metadata(key.id, &permit.policies)))
    };
    let execution = Execution { clinic: caller.clinic(), key, expected: None };
    let used = cqrs::execute(&state.ledger, execution, attempt).await;
    let appended = used.map_err(|problem| if problem.status.is_server_error() { problem } else { not_valid() })?;
    let participant_id = made(caller, appended.last().map(|event| event.position)).await?;
    let visit: Loaded<Visit> = caller.load(id.0).await?;
    let invitation = visit.invitations().get(participant_id).ok_or_else(Problem::internal)?;
    Ok(InvitationRedeemed { participant_id, kind: invitation.kind })
}

/// Whose invitation it was, as the event says.
async fn made(caller: &Caller, position: Option<u64>) -> Result<ParticipantId, Problem> {
    let position = position.ok_or_else(Problem::internal)?;
    crate::visit::parts(&caller.state, caller.clinic(), &[position]).await?.participant_id.ok_or_else(Problem::internal)
}

fn not_valid() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "invitation-not-valid",
        "this invitation is not valid, or not any more; ask whoever invited you for another one",
    )
}

fn too_many() -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-at-once",
        "too many invitations are redeemed just now; try again",
    )
    .retry_after(1)
}
