//! Rules of law and of payers: what they say, whether the clinic may rely on them, and its compliance officer's review.

pub mod list;
pub mod review;
pub mod show;

use actix_web::web::ServiceConfig;
use daybook_domain::clinic::Clinic;
use daybook_domain::law::{Reviewed, Rule};
use daybook_domain::{Code, Law};
use daybook_ledger::Loaded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services.service(list::list_rules).service(show::show_rule).service(review::review_rule);
}

/// Which rule.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RulePath {
    /// The rule's name, such as `recording-consent.ca`.
    #[param(value_type = String)]
    pub rule_id: Code,
}

/// A rule, and whether this clinic may rely on it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleShown {
    /// The rule.
    #[serde(flatten)]
    rule: &'static Rule,
    /// Why the clinic may rely on it; none: it may not.
    relied_on: Option<Reviewed>,
    /// Why it may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_relied_on_because: Option<String>,
}

impl RuleShown {
    fn new(rule: &'static Rule, clinic: &Clinic) -> Self {
        match clinic.reliance().on(rule) {
            Ok(reviewed) => Self { rule, relied_on: Some(reviewed), not_relied_on_because: None },
            Err(why) => Self { rule, relied_on: None, not_relied_on_because: Some(why.to_string()) },
        }
    }
}

/// The rules, for somebody who may read the clinic's record.
async fn readable(caller: &Caller) -> Result<(&'static Law, Clinic), Problem> {
    let resource = daybook_access::Resource::clinic(caller.principal.clinic);
    // Nothing is written, so the permit's policies are not either.
    let _ = caller.state.access.permit(&caller.asking(), daybook_access::Action::ReadClinic, &resource).await?;
    // As the log has it now, not as it is remembered: a review counts at once.
    let clinic: Loaded<Clinic> = caller.load(caller.clinic()).await?;
    Ok((Law::current(), clinic.into_state()))
}
