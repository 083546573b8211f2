//! What compliance and auditors take away.

pub mod export;

use actix_web::web::ServiceConfig;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services.service(export::export_log);
}
