//! The waiting room: now, as it was, and live.

pub mod row;
pub mod show;
pub mod stream;

use actix_web::web::ServiceConfig;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services.service(stream::watch_waiting_room).service(show::show_waiting_room);
}
