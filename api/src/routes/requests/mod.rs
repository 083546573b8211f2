//! Open requests: who wants to be seen by whoever is free.

pub mod list;

use actix_web::web::ServiceConfig;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services.service(list::list_requests);
}
