//! What every request passes through: its id, one log line, the measures, and the headers that keep browsers and caches
//! from doing harm. Logs and labels name the route's pattern, never the path or query somebody sent.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use tracing::Instrument;
use uuid::Uuid;

use crate::state::State;

tokio::task_local! {
    static REQUEST_ID: Uuid;
}

/// The name of the header that carries a request's id, both ways.
pub const REQUEST_ID_HEADER: &str = "x-request-id";

/// Sent with every answer. `no-store` because almost everything here is PHI or about it; a route that serves something
/// public says so itself.
const HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-resource-policy", "same-origin"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("cache-control", "no-store"),
];

/// Nothing may be loaded and nobody may frame; the OpenAPI page needs its own scripts and styles.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/// The id of the request being answered; nil outside of one. It is the `correlation_id` of whatever the request writes,
/// the `trace_id` of a problem, and stands in every log line.
pub fn request_id() -> Uuid {
    REQUEST_ID.try_with(|id| *id).unwrap_or_default()
}

/// An id a caller may choose: a UUID, or the 32 digits of a trace id, and nothing a person would write.
pub fn chosen_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}

/// The middleware.
pub async fn edge(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let state = request.app_data::<web::Data<State>>().cloned();
    let chosen = request.headers().get(REQUEST_ID_HEADER).and_then(|value| value.to_str().ok()).and_then(chosen_id);
    let fresh = || state.as_ref().map(|state| state.ledger.ids().public()).unwrap_or_default();
    let id = chosen.unwrap_or_else(fresh);
    let (method, started) = (request.method().clone(), Instant::now());
    let pattern = request.match_pattern().unwrap_or_else(|| "unmatched".into());
    let span = tracing::info_span!("request", id = %id, method = %method, route = %pattern);
    let mut response = REQUEST_ID.scope(id, next.call(request)).instrument(span.clone()).await;
    // An error that no route turned into an answer is turned into one here, so that it gets its headers too.
    if let Ok(response) = &mut response {
        dress(response, id, &pattern, state.as_ref().map(|state| state.get_ref()));
    }
    let status = match &response {
        Ok(response) => response.status().as_u16(),
        Err(error) => error.as_response_error().status_code().as_u16(),
    };
    if let Some(state) = &state {
        state.metrics.request(method.as_str(), &pattern, status, started.elapsed());
    }
    let _entered = span.enter();
    let microseconds = started.elapsed().as_micros() as u64;
    if status >= 500 {
        tracing::warn!(status, microseconds, "answered");
    } else {
        tracing::debug!(status, microseconds, "answered");
    }
    response
}

fn dress<B>(response: &mut ServiceResponse<B>, id: Uuid, pattern: &str, state: Option<&State>) {
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: &str| {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name)
            && let Ok(value) = HeaderValue::from_str(value)
        {
            headers.insert(name, value);
        }
    };
    for (name, value) in HEADERS {
        put(name, value);
    }
    put("content-security-policy", if pattern.starts_with("/docs") { DOCS_POLICY } else { POLICY });
    put(REQUEST_ID_HEADER, &id.to_string());
    if state.is_some_and(|state| state.simulated) {
        put("daybook-simulated", "true");
    }
}

#[cfg(test)]
mod tests {
    use super::chosen_id;

    #[test]
    fn a_request_id_leaves_no_room_for_text() {
        assert!(chosen_id("0195f3a2-7c1e-7b3a-9d55-1f2e3d4c5b6a").is_some());
        assert!(chosen_id("4bf92f3577b34da6a3ce929d0e0e4736").is_some());
        for bad in ["", "short", "John Smith has a cough", "0195f3a2-7c1e-7b3a-9d55-1f2e3d4c5b6a\n"] {
            assert!(chosen_id(bad).is_none(), "{bad}");
        }
    }
}
