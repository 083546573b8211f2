//! Repeating a POST safely: the caller's `Idempotency-Key` becomes the command's id, and the ledger answers a command it
//! knows with what it wrote then.

use actix_web::HttpRequest;
use daybook_ledger::Ids;
use daybook_ledger::append::CommandKey;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::problem::Problem;

/// The header.
pub const HEADER: &str = "Idempotency-Key";

/// The command key of a request. Without the header a fresh one: such a request cannot be repeated.
pub fn command_key(
    request: &HttpRequest,
    clinic: Uuid,
    subject: &str,
    body: &[u8],
    ids: &dyn Ids,
) -> Result<CommandKey, Problem> {
    let mut values = request.headers().get_all(HEADER);
    let id = match (values.next(), values.next()) {
        (None, _) => ids.internal(),
        (Some(value), None) => command_id(clinic, subject, checked(value.as_bytes())?),
        (Some(_), Some(_)) => return Err(Problem::parameter(HEADER, "given once")),
    };
    let request_hash = request_hash(request.method().as_str(), request.path(), body);
    Ok(CommandKey { id, request_hash })
}

fn checked(value: &[u8]) -> Result<&[u8], Problem> {
    if (1..=255).contains(&value.len()) && value.iter().all(u8::is_ascii_graphic) {
        Ok(value)
    } else {
        Err(Problem::parameter(HEADER, "1 to 255 visible ASCII characters"))
    }
}

/// One caller's key means nothing to another: the length before the subject keeps `ab`+`c` and `a`+`bc` apart.
fn command_id(clinic: Uuid, subject: &str, key: &[u8]) -> Uuid {
    let hash = Sha256::new()
        .chain_update(b"daybook/command/v1\n\0")
        .chain_update(clinic.as_bytes())
        .chain_update((subject.len() as u64).to_be_bytes())
        .chain_update(subject)
        .chain_update(key)
        .finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(id)
}

fn request_hash(method: &str, path: &str, body: &[u8]) -> [u8; 32] {
    // Neither a method nor a path can contain a line break.
    Sha256::new()
        .chain_update(method)
        .chain_update(b"\n")
        .chain_update(path)
        .chain_update(b"\n")
        .chain_update(body)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use daybook_ledger::clock::System;

    use super::*;

    fn key(clinic: u128, subject: &str, header: Option<&str>, path: &str, body: &str) -> Result<CommandKey, Problem> {
        let mut request = TestRequest::post().uri(path);
        if let Some(header) = header {
            request = request.insert_header((HEADER, header));
        }
        command_key(&request.to_http_request(), Uuid::from_u128(clinic), subject, body.as_bytes(), &System)
    }

    #[test]
    fn the_same_request_is_the_same_command_and_another_body_is_not() {
        let first = key(1, "a", Some("k"), "/v1/x", "{}").unwrap();
        assert_eq!(first, key(1, "a", Some("k"), "/v1/x", "{}").unwrap());
        for other in [key(1, "a", Some("k"), "/v1/x", "{ }"), key(1, "a", Some("k"), "/v1/y", "{}")] {
            let other = other.unwrap();
            assert_eq!(first.id, other.id);
            assert_ne!(first.request_hash, other.request_hash);
        }
    }

    #[test]
    fn a_key_belongs_to_one_caller_of_one_clinic() {
        let id = |clinic, subject, header| key(clinic, subject, Some(header), "/", "").unwrap().id;
        assert_ne!(id(1, "a", "k"), id(2, "a", "k"));
        assert_ne!(id(1, "a", "k"), id(1, "b", "k"));
        assert_ne!(id(1, "ab", "c"), id(1, "a", "bc"));
    }

    #[test]
    fn without_a_key_every_request_is_new() {
        assert_ne!(key(1, "a", None, "/", "").unwrap().id, key(1, "a", None, "/", "").unwrap().id);
    }

    #[test]
    fn a_key_has_bounds() {
        for bad in ["", "with space", "tab\t", &"k".repeat(256)] {
            assert_eq!(key(1, "a", Some(bad), "/", "").unwrap_err().code, "invalid-parameter", "{bad}");
        }
        assert!(key(1, "a", Some(&"k".repeat(255)), "/", "").is_ok());
    }
}
