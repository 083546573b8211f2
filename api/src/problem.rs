//! What an error looks like to a caller: an RFC 9457 problem with a stable code. It says what was wrong and what would
//! be right, and never quotes what the caller sent.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use daybook_access::{AccessError, Denied, TokenError};
use daybook_domain::{DecodeError, Refusal};
use daybook_ledger::aggregate::LoadError;
use daybook_ledger::append::AppendError;
use daybook_ledger::cqrs::ExecuteError;
use daybook_ledger::sealing::RingError;
use schemars::JsonSchema;
use serde::Serialize;

use crate::edge;

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldProblem {
    /// Where: a path such as `diagnoses[1]`; empty for the body as a whole, or a header's or parameter's name.
    pub field: String,
    /// What is wrong.
    pub problem: String,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
}

/// An error as a caller sees it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable kebab-case code.
    pub code: &'static str,
    /// One plain sentence.
    pub detail: String,
    /// Field by field, where fields are to blame.
    pub errors: Vec<FieldProblem>,
    /// Seconds after which to try again.
    pub retry_after: Option<u32>,
}

/// The stored form of a problem.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct Body<'a> {
    /// `urn:daybook:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: &'a str,
    /// HTTP status.
    status: u16,
    /// Stable code; the thing to decide on.
    code: &'a str,
    /// One plain sentence for a person.
    detail: &'a str,
    /// What is wrong field by field; absent where no field is to blame.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldProblem],
    /// The request's id, as in the log lines of the server.
    trace_id: uuid::Uuid,
}

impl Problem {
    /// A problem without further particulars.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new(), retry_after: None }
    }

    /// The same, blaming a field.
    pub fn field(mut self, field: impl Into<String>, problem: impl Into<String>, expected: Option<String>) -> Self {
        self.errors.push(FieldProblem { field: field.into(), problem: problem.into(), expected });
        self
    }

    /// The same, worth another try after some seconds.
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// A field of the body that does not fit, and what would.
    pub fn misfit(field: &'static str, expected: &str) -> Self {
        let detail = format!("{field} does not fit: invalid");
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-body", detail);
        problem.field(field, "invalid", Some(expected.into()))
    }

    /// A parameter, header or part of the path that is not what it has to be.
    pub fn parameter(name: &'static str, expected: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid-parameter", format!("{name} is not {expected}")).field(
            name,
            "invalid",
            Some(expected.into()),
        )
    }

    /// There is no such thing, or the caller may not know of it: one answer for both.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "there is nothing here under this id that you may see")
    }

    /// A role may not do this.
    pub fn denied() -> Self {
        Self::new(StatusCode::FORBIDDEN, "denied", "you may not do this; the attempt was recorded")
    }

    /// No valid token.
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "token-missing", "send an access token as `Authorization: Bearer …`")
    }

    /// Something the request needs does not answer right now.
    pub fn unavailable(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(1)
    }

    /// The caller's doing? No: ours.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something failed here; it was recorded")
    }

    /// A rule's refusal.
    pub fn refused(refusal: &dyn Refusal) -> Self {
        let code = refusal.code();
        let field = refused_field(code);
        let status = match code {
            "role-not-permitted"
            | "not-this-visits-provider"
            | "not-this-visits-patient"
            | "not-the-cosigner"
            | "file-of-others"
            | "message-of-others" => StatusCode::FORBIDDEN,
            "unknown-note"
            | "unknown-charge"
            | "unknown-rule"
            | "unknown-emergency"
            | "unknown-participant"
            | "unknown-order"
            | "unknown-result"
            | "unknown-message"
            | "unknown-file"
            | "unknown-authority"
            | "unknown-legal-hold"
            | "unknown-disclosure"
            | "unknown-glass"
            | "unknown-access-review"
            | "unknown-access-line"
            | "unknown-session" => StatusCode::NOT_FOUND,
            "file-too-large" => StatusCode::PAYLOAD_TOO_LARGE,
            "file-type-not-allowed" | "file-type-misdeclared" | "file-not-text" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "file-empty" => StatusCode::UNPROCESSABLE_ENTITY,
            _ if field.is_some() => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::CONFLICT,
        };
        let problem = Self::new(status, code, refusal.to_string());
        match field {
            Some(field) => {
                let detail = problem.detail.clone();
                problem.field(field, code, Some(detail))
            }
            None => problem,
        }
    }
}

/// The field of the request a refusal is about; `None` where it is about the state of things.
fn refused_field(code: &str) -> Option<&'static str> {
    Some(match code {
        "unknown-patient" => "patient_id",
        "unknown-provider" => "provider_id",
        "late-response-not-offered" => "response",
        "shortened-duration-misfit" => "shortened_to_minutes",
        "request-window-unreasonable" => "latest",
        "outside-requested-window" | "start-unreasonable" => "starts_at",
        "duration-out-of-range" => "duration_minutes",
        "time-unchanged" => "starts_at",
        "charge-not-due" => "late_charge",
        "local-time-skipped" | "local-time-doubled" => "starts_at",
        "too-many-hours" | "hours-end-before-they-begin" | "hours-overlap" => "weekly",
        "provider-unchanged" => "to_provider_id",
        "patient-answers-themselves" => "participant",
        "two-identifiers-needed" => "identifiers",
        "expected-time-unreasonable" => "expected_at",
        "contact-does-not-fit-answer" => "contact",
        "too-many-actions" => "actions",
        "capacity-out-of-range" => "capacity",
        "invitation-expiry-unreasonable" => "expires_at",
        "mismatch-needed" => "mismatched",
        "vital-unit-misfit" | "vital-out-of-range" | "vital-named-twice" | "pressure-reversed" => "vitals",
        "list-does-not-fit-answer" | "list-too-long" => "medications or allergies",
        "note-empty" | "section-not-in-template" | "section-too-long" => "body",
        "unknown-template" => "template_version",
        "rendered-position-wrong" => "rendered_at_position",
        "unknown-cosigner" | "cosigner-is-author" | "cosigner-is-not-supervisor" => "cosigner_id",
        "unknown-supervisor" | "supervisor-is-trainee" => "supervisor_id",
        "scope-empty" => "scope",
        "reason-contradicts-decision" => "reason",
        "too-many-access-lines" => "from",
        "glass-minutes-out-of-range" => "minutes",
        "disclosure-in-future" => "on",
        "too-many-visits-disclosed" | "visit-of-another" => "visits",
        "suspension-unreasonable" | "oral-suspension-too-long" => "until",
        "expiry-unreasonable" => "expires_on",
        "units-out-of-range" => "units",
        "diagnoses-out-of-range" => "diagnoses",
        "unknown-diagnosis" | "diagnosis-pointers-out-of-range" | "diagnosis-pointers-needed" => "diagnosis_pointers",
        "supply-out-of-range" | "schedule-missing" => "prescription",
        "message-needs-one-content" => "text",
        "file-name-unfit" => "Content-Disposition",
        "file-type-not-allowed" | "file-type-misdeclared" | "file-not-text" => "Content-Type",
        "tests-out-of-range" => "lab_order.tests",
        "birth-date-unreasonable" => "birth_date",
        "licence-ends-before-it-begins" => "to",
        "grace-out-of-range" => "grace_minutes",
        "licence-terms-misfit" => "kind",
        "unknown-licence" => "number",
        "rule-changed" => "content_sha256",
        "minutes-out-of-range" => "minutes",
        "code-not-on-that-day" | "code-contradicts-modality" | "not-payable" | "minutes-outside-code" => "code",
        "modifiers-out-of-range"
        | "modifier-not-on-that-day"
        | "modifier-contradicts-modality"
        | "modifier-not-here"
        | "modifier-needed" => "modifiers",
        "basis-not-for-this-code" => "basis",
        "audio-only-reason-needed" => "audio_only_reason",
        "place-of-service-wrong" => "place_of_service",
        _ => return None,
    })
}

impl From<ExecuteError> for Problem {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Refused(refusal) => Self::refused(&*refusal),
            ExecuteError::Stale { actual, .. } => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "stale-version",
                format!("If-Match names another version than the current one, \"{actual}\"; look again before you act"),
            )
            .field("If-Match", "stale", Some(format!("\"{actual}\""))),
            ExecuteError::Append(error) => error.into(),
            ExecuteError::Seal(RingError::Closed) => RingError::Closed.into(),
            ExecuteError::Seal(error) => {
                tracing::error!(%error, "an event could not be sealed");
                Self::unavailable("keys-unavailable", "the key store does not answer; nothing was written")
            }
            ExecuteError::Load(error) => error.into(),
        }
    }
}

impl From<LoadError> for Problem {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Database(error) => {
                tracing::error!(%error, "the database does not answer");
                Self::unavailable("log-unavailable", "the log does not answer; nothing was written")
            }
            LoadError::Decode(error) => error.into(),
        }
    }
}

impl From<AppendError> for Problem {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::CommandReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "command-reused",
                "this Idempotency-Key was used before for another request; take a fresh one",
            )
            .field("Idempotency-Key", "reused", Some("a key that was not used for another request".into())),
            // Neither is a version the caller named: attempt after attempt somebody else was faster.
            AppendError::WrongVersion { .. } | AppendError::GuardFailed { .. } => Self::unavailable(
                "log-busy",
                "others kept changing this, or what it rests on, at the same time; nothing was written, try again",
            ),
            AppendError::Invalid(problem) => {
                tracing::error!(problem, "an append was refused as invalid");
                Self::internal()
            }
            AppendError::Busy => Self::unavailable("log-busy", "the log is busy; nothing was written, try again"),
            AppendError::Unavailable(error) => {
                tracing::error!(%error, "the log is not available");
                Self::unavailable("log-unavailable", "the log does not answer; nothing was written")
            }
            AppendError::OutcomeUnknown => Self::unavailable(
                "outcome-unknown",
                "whether this was written is not known yet; repeat the request with the same Idempotency-Key",
            ),
        }
    }
}

impl From<Denied> for Problem {
    fn from(_: Denied) -> Self {
        Self::denied()
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        tracing::debug!(code = error.code(), "a token was not accepted");
        if error.is_unavailable() {
            Self::unavailable(error.code(), "the identity provider's keys cannot be fetched; try again")
        } else {
            Self::new(StatusCode::UNAUTHORIZED, error.code(), format!("{error}; sign in again"))
        }
    }
}

impl From<daybook_projections::Error> for Problem {
    fn from(error: daybook_projections::Error) -> Self {
        match error {
            daybook_projections::Error::Behind(_) => {
                Self::unavailable("not-yet", "this view has not come so far; ask again")
            }
            error => {
                tracing::error!(%error, "a read model does not answer");
                Self::unavailable("view-unavailable", "this view does not answer; try again")
            }
        }
    }
}

impl From<RingError> for Problem {
    fn from(error: RingError) -> Self {
        if matches!(error, RingError::Closed) {
            let detail = "this patient's record is being erased, or was; nothing more is added to it";
            return Self::new(StatusCode::CONFLICT, "record-erased", detail);
        }
        tracing::error!(%error, "the key store does not answer");
        Self::unavailable("keys-unavailable", "the key store does not answer; try again")
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Denied(denied) => denied.into(),
            AccessError::AuditUnavailable(_) => {
                tracing::error!(code = error.code(), "a read could not be recorded");
                Self::unavailable("audit-unavailable", "the read could not be recorded, so nothing is shown; try again")
            }
            AccessError::Open(_) => {
                tracing::error!(%error, code = error.code(), "a sealed event could not be opened");
                Self::unavailable("keys-unavailable", "what was asked for could not be unsealed; try again")
            }
            AccessError::Erased => Self::new(
                StatusCode::GONE,
                "erased",
                "this was erased together with the patient's record; the log says by which event",
            ),
            AccessError::OtherClinic | AccessError::OtherPatient => {
                tracing::error!(code = error.code(), "a read asked for more than its receipt covers");
                Self::internal()
            }
        }
    }
}

impl From<DecodeError> for Problem {
    fn from(error: DecodeError) -> Self {
        tracing::error!(%error, "a stored event cannot be read");
        Self::internal()
    }
}

impl From<daybook_audit::reads::ReadsError> for Problem {
    fn from(error: daybook_audit::reads::ReadsError) -> Self {
        match error {
            daybook_audit::reads::ReadsError::Database(error) => error.into(),
            error => {
                tracing::error!(%error, "the log cannot be read for a report");
                Self::internal()
            }
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "the database does not answer");
        Self::unavailable("database-unavailable", "the database does not answer")
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let body = Body {
            kind: format!("urn:daybook:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code,
            detail: &self.detail,
            errors: &self.errors,
            trace_id: edge::request_id(),
        };
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        // Plain strings and numbers always serialize.
        response
            .insert_header((header::CONTENT_TYPE, "application/problem+json"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(serde_json::to_vec(&body).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use daybook_domain::visit::Error;
    use daybook_ledger::Stream;
    use daybook_ledger::append::Expected;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_refusal_is_about_a_field_or_about_the_state() {
        let refused = |error: Error| Problem::refused(&error);
        assert_eq!(refused(Error::DurationOutOfRange).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused(Error::DurationOutOfRange).errors[0].field, "duration_minutes");
        assert_eq!(refused(Error::NoteNotSigned).status, StatusCode::CONFLICT);
        assert_eq!(refused(Error::UnknownNote).status, StatusCode::NOT_FOUND);
        assert_eq!(refused(Error::NotThisVisitsProvider { command: "admit" }).status, StatusCode::FORBIDDEN);
    }

    #[test]
    fn the_ledger_being_busy_is_worth_another_try() {
        let stream = Stream::new("visit", Uuid::nil());
        for error in [
            AppendError::Busy,
            AppendError::OutcomeUnknown,
            AppendError::Unavailable("gone".into()),
            AppendError::WrongVersion { stream: stream.clone(), expected: Expected::New, actual: 1 },
            AppendError::GuardFailed { stream, expected: 1, actual: 2 },
        ] {
            let problem = Problem::from(error);
            assert_eq!(problem.status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(problem.retry_after.is_some());
            assert!(!problem.detail.contains("gone"));
        }
    }

    #[actix_web::test]
    async fn a_problem_is_problem_json() {
        let response = Problem::parameter("as_of", "an RFC 3339 time").error_response();
        assert_eq!(response.headers().get("content-type").unwrap(), "application/problem+json");
        let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["code"], "invalid-parameter");
        assert_eq!(body["type"], "urn:daybook:problem:invalid-parameter");
        assert_eq!(body["errors"][0]["field"], "as_of");
    }
}
