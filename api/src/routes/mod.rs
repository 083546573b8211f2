//! Everything under `/v1`: one file an endpoint, with its request, handler and documentation together.

pub mod alarms;
pub mod audit;
pub mod clinics;
pub mod invitations;
pub mod log;
pub mod patients;
pub mod providers;
pub mod requests;
pub mod rules;
pub mod sessions;
pub mod templates;
pub mod usage;
pub mod visits;
pub mod waiting_room;

use std::collections::BTreeMap;

use actix_web::web::{self, PathConfig, QueryConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use daybook_domain::{ChargeId, FileId, MessageId, NoteId, OrderId, ResultId, VisitId};
use serde::Deserialize;
use utoipa::openapi::header::Header;
use utoipa::openapi::{ContentBuilder, Object, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoParams, IntoResponses};

use crate::problem::Problem;

/// Registers every route.
pub fn configure(services: &mut ServiceConfig) {
    clinics::configure(services);
    providers::configure(services);
    patients::configure(services);
    visits::configure(services);
    invitations::configure(services);
    sessions::configure(services);
    waiting_room::configure(services);
    alarms::configure(services);
    requests::configure(services);
    rules::configure(services);
    templates::configure(services);
    usage::configure(services);
    log::configure(services);
    audit::configure(services);
}

/// A part of a path that is not an id.
pub fn path_config() -> PathConfig {
    PathConfig::default()
        .error_handler(|_, _| Problem::parameter("path", "made of the ids this route asks for, each a UUID").into())
}

/// A query that is not what the route asks for.
pub fn query_config() -> QueryConfig {
    QueryConfig::default().error_handler(|error, _| crate::query::misfit(&error).into())
}

/// What no route answers.
pub async fn no_such_route(_: HttpRequest, _: web::Payload) -> HttpResponse {
    Problem::new(
        actix_web::http::StatusCode::NOT_FOUND,
        "no-such-route",
        "there is no such route, or not for this method; /openapi.json lists all",
    )
    .error_response()
}

/// Which visit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct VisitPath {
    /// The visit.
    #[param(value_type = uuid::Uuid)]
    pub visit_id: VisitId,
}

/// Which note of which visit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct NotePath {
    /// The visit.
    #[param(value_type = uuid::Uuid)]
    pub visit_id: VisitId,
    /// The note.
    #[param(value_type = uuid::Uuid)]
    pub note_id: NoteId,
}

/// Which charge of which visit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ChargePath {
    /// The visit.
    #[param(value_type = uuid::Uuid)]
    pub visit_id: VisitId,
    /// The charge.
    #[param(value_type = uuid::Uuid)]
    pub charge_id: ChargeId,
}

/// Which diagnosis of which visit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DiagnosisPath {
    /// The visit.
    #[param(value_type = uuid::Uuid)]
    pub visit_id: VisitId,
    /// The diagnosis's number on the visit's list.
    #[param(value_type = u8)]
    pub diagnosis_number: String,
}

impl DiagnosisPath {
    /// The number. Read by the handler, so that whoever calls is asked for a token first.
    pub fn number(&self) -> Result<u8, Problem> {
        let number = self.diagnosis_number.parse().ok();
        number.ok_or_else(|| Problem::parameter("diagnosis_number", "a number of the visit's list of diagnoses"))
    }
}

/// Which result of which visit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ResultPath {
    /// The visit.
    #[param(value_type = uuid::Uuid)]
    pub visit_id: VisitId,
    /// The result.
    #[param(value_type = uuid::Uuid)]
    pub result_id: ResultId,
}

/// Which order of which visit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OrderPath {
    /// The visit.
    #[param(value_type = uuid::Uuid)]
    pub visit_id: VisitId,
    /// The order.
    #[param(value_type = uuid::Uuid)]
    pub order_id: OrderId,
}

/// Which message of which visit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct MessagePath {
    /// The visit.
    #[param(value_type = uuid::Uuid)]
    pub visit_id: VisitId,
    /// The message.
    #[param(value_type = uuid::Uuid)]
    pub message_id: MessageId,
}

/// Which file of which visit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FilePath {
    /// The visit.
    #[param(value_type = uuid::Uuid)]
    pub visit_id: VisitId,
    /// The file.
    #[param(value_type = uuid::Uuid)]
    pub file_id: FileId,
}

/// Headers every command understands.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "only described here; crate::caller reads them")]
pub struct CommandHeaders {
    /// Makes the request safe to repeat: the same key with the same request is carried out once. 1 to 255 visible ASCII
    /// characters, fresh for every command.
    #[param(rename = "Idempotency-Key", required = false)]
    idempotency_key: Option<String>,
    /// Act only on this version, in quotes as `ETag` gave it.
    #[param(rename = "If-Match", required = false)]
    if_match: Option<String>,
    /// A UUID or trace id for this request; one is made up otherwise, and given back.
    #[param(rename = "X-Request-Id", required = false)]
    request_id: Option<String>,
}

/// What a command answers.
pub struct CommandAnswers;

/// What a command that makes something answers.
pub struct CreationAnswers;

/// What a question answers besides its content.
pub struct Refusals;

impl IntoResponses for CommandAnswers {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = command_refusals();
        responses.insert("200".into(), written("Written, durably, under a signed checkpoint.").build().into());
        responses
    }
}

impl IntoResponses for CreationAnswers {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = command_refusals();
        let location = Header::new(Object::with_type(utoipa::openapi::Type::String));
        let response = written("Made, durably, under a signed checkpoint.").header("Location", location);
        responses.insert("201".into(), response.build().into());
        responses
    }
}

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            ("400", "A parameter is not what it has to be."),
            ("401", "No token, or not a valid one."),
            ("403", "Not for this role; the attempt was recorded."),
            ("404", "Nothing under this id that the caller may see."),
            ("503", "The log, the keys or the view do not answer; try again."),
        ])
    }
}

fn command_refusals() -> BTreeMap<String, RefOr<Response>> {
    problems(&[
        ("400", "Not JSON, or a header is not what it has to be."),
        ("401", "No token, or not a valid one."),
        ("403", "Not for this role or person; the attempt was recorded."),
        ("404", "Nothing under this id that the caller may see."),
        ("409", "Not possible in the present state; `code` says why."),
        ("412", "If-Match names another version than the current one."),
        ("413", "The body is too large."),
        ("415", "The body is not application/json."),
        ("422", "The body does not fit, or the Idempotency-Key was used for another request."),
        ("503", "Nothing was written, or it is not known yet whether; repeat with the same Idempotency-Key."),
    ])
}

fn problems(all: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let content = || ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = |text: &str| {
        ResponseBuilder::new().description(text).content("application/problem+json", content()).build().into()
    };
    all.iter().map(|(status, text)| ((*status).into(), response(text))).collect()
}

fn written(text: &str) -> ResponseBuilder {
    let etag = Header::new(Object::with_type(utoipa::openapi::Type::String));
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Written"))).build();
    ResponseBuilder::new().description(text).content("application/json", content).header("ETag", etag)
}
