//! `POST /v1/audit/access-reviews/{access_review_id}/decide`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::AccessReview;
use daybook_domain::access_review::{Command, DecideAccessLine};
use daybook_ledger::Loaded;

use super::{AccessReviewPath, permit};
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::{CommandAnswers, CommandHeaders};

/// Decide what becomes of one line's access, and why. Nobody decides about their own.
#[utoipa::path(
    tag = "audit",
    request_body(content = ref("#/components/schemas/DecideAccessLine"), content_type = "application/json"),
    params(AccessReviewPath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/audit/access-reviews/{access_review_id}/decide")]
pub async fn decide_access_line(path: Path<AccessReviewPath>, call: Call) -> Answer {
    let command = call.read::<DecideAccessLine>()?;
    let id = path.access_review_id;
    call.detached(move |call| async move {
        let permit = permit(&call, Action::DecideAccessLine).await?;
        let decide = || async {
            let review: Loaded<AccessReview> = call.load(id.0).await?;
            Ok(call.intent(review, Command::Decide(command), &permit.policies))
        };
        let appended = call.execute("decide-access-line", decide).await?;
        Ok(Written { access_review_id: Some(id), ..Written::new(&appended) })
    })
    .await
}
