//! Providers, their licences and their days.

pub mod correct_licence;
pub mod day;
pub mod grant_licence;
pub mod hold_slot;
pub mod register;
pub mod revoke_licence;
pub mod set_availability;
pub mod slots;

use actix_web::web::ServiceConfig;
use daybook_access::{Action, Resource};
use daybook_domain::ProviderId;
use daybook_domain::provider::{Command, Provider};
use daybook_ledger::Loaded;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::problem::Problem;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services
        .service(register::register_provider)
        .service(grant_licence::grant_licence)
        .service(revoke_licence::revoke_licence)
        .service(correct_licence::correct_licence)
        .service(set_availability::set_availability)
        .service(slots::show_slots)
        .service(hold_slot::hold_slot)
        .service(day::show_day);
}

impl Call {
    /// Carries out a command on a provider's record that needs no facts from elsewhere.
    async fn provider_command(self, id: ProviderId, action: Action, command: Command) -> Answer {
        self.detached(move |call| async move {
            let resource = Resource::provider(call.principal.clinic, id);
            let permit = call.state.access.permit(&call.asking(), action, &resource).await?;
            let attempt = || async {
                let provider: Loaded<Provider> = call.load(id.0).await?;
                Ok(call.intent(provider, command.clone(), &permit.policies))
            };
            let appended = call.execute(command.name(), attempt).await.map_err(|problem| match problem.code {
                // Another clinic's provider is none of this one's.
                "not-registered" => Problem::not_found(),
                _ => problem,
            })?;
            Ok(Written { provider_id: Some(id), ..Written::new(&appended) })
        })
        .await
    }
}

/// Which provider.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ProviderPath {
    /// The provider.
    #[param(value_type = uuid::Uuid)]
    pub provider_id: ProviderId,
}
