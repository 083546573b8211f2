//! `GET /v1/rules`

use actix_web::get;
use schemars::JsonSchema;
use serde::Serialize;

use super::{RuleShown, readable};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::shown::Shown;

/// Every rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RulesShown {
    /// By the question they answer.
    rules: Vec<RuleShown>,
}

/// Every rule of law and of payers: what it says, for which days, its source, and whether the clinic may rely on it.
#[utoipa::path(
    tag = "rules",
    responses((status = 200, description = "The rules.", body = ref("#/components/schemas/RulesShown")), Refusals)
)]
#[get("/v1/rules")]
pub async fn list_rules(caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (law, clinic) = readable(&caller).await?;
            Shown::plain(&RulesShown { rules: law.rules().map(|rule| RuleShown::new(rule, &clinic)).collect() })
        })
        .await
}
