//! `GET /v1/note-templates`

use actix_web::get;
use actix_web::web::ServiceConfig;
use daybook_access::{Action, Resource};
use daybook_domain::visit::Template;
use schemars::JsonSchema;
use serde::Serialize;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::shown::Shown;

/// Registers the route.
pub fn configure(services: &mut ServiceConfig) {
    services.service(list_templates);
}

/// Every template.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TemplatesShown {
    /// Each version of each template.
    templates: &'static [Template],
}

/// The templates of notes: which sections each has, which of them a note needs before it is signed, and how long each may be.
#[utoipa::path(
    tag = "notes",
    responses((status = 200, description = "The templates.", body = ref("#/components/schemas/TemplatesShown")), Refusals)
)]
#[get("/v1/note-templates")]
pub async fn list_templates(caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let resource = Resource::clinic(caller.principal.clinic);
            // Nothing is written, so the permit's policies are not either.
            let _ = caller.state.access.permit(&caller.asking(), Action::ReadClinic, &resource).await?;
            Shown::plain(&TemplatesShown { templates: Template::all() })
        })
        .await
}
