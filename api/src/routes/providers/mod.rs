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
use daybook_domain::ProviderId;
use serde::Deserialize;
use utoipa::IntoParams;

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

/// Which provider.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ProviderPath {
    /// The provider.
    #[param(value_type = uuid::Uuid)]
    pub provider_id: ProviderId,
}
