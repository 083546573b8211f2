//! `POST /v1/rules/{rule_id}/review`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::clinic::{Command, ReviewRule};

use super::RulePath;
use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders};

/// The compliance officer says whether a rule is right.
///
/// What is accepted the clinic relies on; what is rejected it does not use. A review is of a content, by its hash: when the
/// rule's wording changes, it has to be reviewed again. The newest review counts.
#[utoipa::path(
    tag = "rules",
    request_body(content = ref("#/components/schemas/ReviewRule"), content_type = "application/json"),
    params(RulePath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/rules/{rule_id}/review")]
pub async fn review_rule(path: Path<RulePath>, call: Call) -> Answer {
    let command = Command::ReviewRule(path.rule_id.clone(), call.read::<ReviewRule>()?);
    call.clinic_command(Action::ReviewRule, command).await
}
