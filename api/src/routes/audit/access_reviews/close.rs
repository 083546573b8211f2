//! `POST /v1/audit/access-reviews/{access_review_id}/close`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::AccessReview;
use daybook_domain::access_review::Command;
use daybook_ledger::Loaded;

use super::{AccessReviewPath, permit};
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::{CommandAnswers, CommandHeaders};

/// Close an access review of which every line is decided.
#[utoipa::path(tag = "audit", params(AccessReviewPath, CommandHeaders), responses(CommandAnswers))]
#[post("/v1/audit/access-reviews/{access_review_id}/close")]
pub async fn close_access_review(path: Path<AccessReviewPath>, call: Call) -> Answer {
    let id = path.access_review_id;
    call.detached(move |call| async move {
        let permit = permit(&call, Action::CloseAccessReview).await?;
        let close = || async {
            let review: Loaded<AccessReview> = call.load(id.0).await?;
            Ok(call.intent(review, Command::Close, &permit.policies))
        };
        let appended = call.execute("close-access-review", close).await?;
        Ok(Written { access_review_id: Some(id), ..Written::new(&appended) })
    })
    .await
}
