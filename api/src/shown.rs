//! What a GET answers: content made elsewhere as bytes, so that it can be made beside the request, with its `ETag`.
//! PHI gets in here only as [`Disclosed`], which takes a receipt.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use daybook_access::Disclosed;
use daybook_domain::Phi;
use daybook_domain::phi::{CLEAR, ERASED, KEY_MISSING, PHI};
use serde::Serialize;
use serde_json::{Value, json};

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

/// An opened payload as a reader sees it: the values themselves, and a word where one is gone.
pub fn plain(value: Value) -> Value {
    match value {
        Value::Object(mut map) if map.len() == 1 => {
            if let Some(clear) = map.remove(CLEAR) {
                return clear;
            }
            if map.contains_key(ERASED) {
                return json!({ "erased": true });
            }
            if map.contains_key(KEY_MISSING) {
                return json!({ "key_missing": true });
            }
            if map.contains_key(PHI) {
                return json!({ "sealed": true });
            }
            Value::Object(map.into_iter().map(|(key, value)| (key, plain(value))).collect())
        }
        Value::Object(map) => Value::Object(map.into_iter().map(|(key, value)| (key, plain(value))).collect()),
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_values_and_says_so_where_one_is_gone() {
        let opened =
            json!({ "a": { "$clear": { "b": 1 } }, "c": [{ "$erased": true }], "d": { "$key-missing": true } });
        let seen = json!({ "a": { "b": 1 }, "c": [{ "erased": true }], "d": { "key_missing": true } });
        assert_eq!(plain(opened), seen);
    }
}
