//! What a GET answers: content made elsewhere as bytes, so that it can be made beside the request, with its `ETag`.
//! PHI gets in here only as [`Disclosed`], which takes a receipt.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use daybook_access::Disclosed;
pub use daybook_access::plain;
use daybook_domain::Phi;
use serde::Serialize;
use serde_json::Value;

use crate::precondition;
use crate::problem::Problem;

/// JSON, ready to be sent.
pub struct Shown {
    body: Vec<u8>,
    version: Option<u64>,
}

impl Shown {
    /// PHI, under the receipt its [`Disclosed`] was made with.
    pub fn disclosed<T: Serialize>(content: &Disclosed<T>) -> Result<Self, Problem> {
        Self::bytes(content)
    }

    /// What holds no PHI.
    pub fn plain(content: &impl Serialize) -> Result<Self, Problem> {
        Self::bytes(content)
    }

    /// With the version that `If-Match` may name later.
    pub fn version(self, sequence: u64) -> Self {
        Self { version: Some(sequence), ..self }
    }

    fn bytes(content: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(content).map_err(|_| Problem::internal())?;
        Ok(Self { body, version: None })
    }
}

impl Responder for Shown {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response.insert_header(header::ContentType::json()).insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(version) = self.version {
            response.insert_header((header::ETAG, precondition::etag(version)));
        }
        response.body(self.body)
    }
}

/// A protected value as a reader sees it.
pub fn shown<T: Serialize>(value: &Phi<T>) -> Value {
    serde_json::to_value(value).map_or(Value::Null, plain)
}
