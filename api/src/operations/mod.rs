//! What operators and developers ask a server: is it well, what does it measure, what does it offer.

mod development;
mod documentation;
mod health;
mod measures;

use actix_web::web::ServiceConfig;

pub use development::{__path_issue_token, TokenRequest};
pub use health::{__path_health, __path_ready};
pub use measures::__path_metrics;

/// Registers the routes; those for development only where there is a development issuer.
pub fn configure(services: &mut ServiceConfig, development: bool) {
    services.service(health::health).service(health::ready).service(measures::metrics);
    documentation::configure(services);
    if development {
        services.service(development::jwks).service(development::issue_token);
    }
}
