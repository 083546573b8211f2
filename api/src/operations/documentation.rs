//! `GET /openapi.json` and the pages under `/docs/`

use actix_web::http::header;
use actix_web::web::{ServiceConfig, redirect};
use actix_web::{HttpResponse, get};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services.service(openapi).service(redirect("/docs", "/docs/"));
    services.service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json")));
}

/// The OpenAPI document.
#[get("/openapi.json")]
pub async fn openapi() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(crate::openapi::text())
}
