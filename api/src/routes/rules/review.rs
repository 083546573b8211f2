//! `POST /v1/rules/{rule_id}/review`

use actix_web::{post, web::Path};
use daybook_access::{Action, Resource};
use daybook_domain::clinic::{Clinic, Command, ReviewRule};
use daybook_ledger::Loaded;

use super::RulePath;
use crate::caller::Call;
use crate::command::{Answer, Written};
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
    let command = call.read::<ReviewRule>()?;
    call.detached(move |call| async move {
        let clinic_id = call.principal.clinic;
        let resource = Resource::clinic(clinic_id);
        let permit = call.state.access.permit(&call.asking(), Action::ReviewRule, &resource).await?;
        let review = || async {
            let clinic: Loaded<Clinic> = call.load(clinic_id.0).await?;
            let command = Command::ReviewRule(path.rule_id.clone(), command.clone());
            Ok(call.intent(clinic, command, &permit.policies))
        };
        let appended = call.execute("review-rule", review).await?;
        Ok(Written { clinic_id: Some(clinic_id), ..Written::new(&appended) })
    })
    .await
}
