//! The clinic's own record.

pub mod register;
pub mod show;

use actix_web::web::ServiceConfig;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services.service(register::register_clinic).service(show::show_clinic);
}
