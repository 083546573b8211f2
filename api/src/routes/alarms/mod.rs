//! Alarms: what cannot wait.

pub mod list;

use actix_web::web::ServiceConfig;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services.service(list::list_alarms);
}
