//! The clinic's own record.

pub mod register;
pub mod set_late_arrival_policy;
pub mod set_reminder_policy;
pub mod show;

use actix_web::web::ServiceConfig;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services
        .service(register::register_clinic)
        .service(show::show_clinic)
        .service(set_late_arrival_policy::set_late_arrival_policy)
        .service(set_reminder_policy::set_reminder_policy);
}
