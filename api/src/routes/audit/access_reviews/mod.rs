//! Access reviews: campaigns whose decisions are events.

pub mod close;
pub mod decide;
pub mod list;
pub mod open;
pub mod show;

use actix_web::web::ServiceConfig;
use daybook_access::{Action, Permit, Resource};
use daybook_domain::AccessReviewId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::caller::Call;
use crate::problem::Problem;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services
        .service(open::open_access_review)
        .service(list::list_access_reviews)
        .service(show::show_access_review)
        .service(decide::decide_access_line)
        .service(close::close_access_review);
}

/// Which review.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AccessReviewPath {
    /// The review.
    #[param(value_type = uuid::Uuid)]
    pub access_review_id: AccessReviewId,
}

async fn permit(call: &Call, action: Action) -> Result<Permit, Problem> {
    let resource = Resource::clinic(call.principal.clinic);
    Ok(call.state.access.permit(&call.asking(), action, &resource).await?)
}
