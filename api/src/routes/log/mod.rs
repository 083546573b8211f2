//! The log's public face, and its entries for those who may read them.

pub mod checkpoint;
pub mod events;
pub mod tile;

use actix_web::web::ServiceConfig;
use daybook_domain::ClinicId;
use serde::Deserialize;
use utoipa::IntoParams;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services
        .service(checkpoint::show_checkpoint)
        .service(checkpoint::show_cosigned_checkpoint)
        .service(checkpoint::show_key)
        .service(tile::show_tile)
        .service(events::list_events);
}

/// Which clinic's log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct LogPath {
    /// The clinic.
    #[param(value_type = uuid::Uuid)]
    pub clinic_id: ClinicId,
}
