//! `GET /v1/rules/{rule_id}`

use actix_web::{get, web::Path};

use super::{RulePath, RuleShown, readable};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::shown::Shown;

/// One rule of law or of a payer.
///
/// A review names the `content_sha256` shown here.
#[utoipa::path(
    tag = "rules",
    params(RulePath),
    responses((status = 200, description = "The rule.", body = ref("#/components/schemas/RuleShown")), Refusals)
)]
#[get("/v1/rules/{rule_id}")]
pub async fn show_rule(path: Path<RulePath>, caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (law, clinic) = readable(&caller).await?;
            let rule = law.rule(&path.rule_id).ok_or_else(Problem::not_found)?;
            Shown::plain(&RuleShown::new(rule, &clinic))
        })
        .await
}
