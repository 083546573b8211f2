//! Breaking the glass before a patient's record, and the review of it.

pub mod break_glass;
pub mod review;

use actix_web::web::ServiceConfig;

use super::known;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services.service(break_glass::break_glass).service(review::review_glass);
}
