//! `If-Match`: act only on the version that was seen. A version is a stream's last sequence, in quotes, as `ETag` says it.

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::problem::Problem;

/// The version the caller names; `None` without the header or with `*`, which asks only that the thing exists.
pub fn expected_version(request: &HttpRequest) -> Result<Option<u64>, Problem> {
    let mut values = request.headers().get_all(header::IF_MATCH);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) if value.as_bytes() == b"*" => Ok(None),
        (Some(value), None) => value.to_str().ok().and_then(version).map(Some).ok_or_else(malformed),
        (Some(_), Some(_)) => Err(malformed()),
    }
}

/// How a version is shown.
pub fn etag(sequence: u64) -> String {
    format!("\"{sequence}\"")
}

fn version(text: &str) -> Option<u64> {
    let digits = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    let canonical = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    canonical.then(|| digits.parse().ok()).flatten()
}

fn malformed() -> Problem {
    Problem::parameter("If-Match", "one version in quotes as ETag gave it, such as \"3\", or *")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(value: &str) -> Result<Option<u64>, Problem> {
        expected_version(&TestRequest::post().insert_header((header::IF_MATCH, value)).to_http_request())
    }

    #[test]
    fn a_version_is_a_number_in_quotes() {
        assert_eq!(read("\"3\"").unwrap(), Some(3));
        assert_eq!(read("*").unwrap(), None);
        assert_eq!(expected_version(&TestRequest::post().to_http_request()).unwrap(), None);
        assert_eq!(read(&etag(12)).unwrap(), Some(12));
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in
            ["3", "\"\"", "\"03\"", "\"0\"", "W/\"3\"", "\"3\", \"4\"", "\"-1\"", "\"99999999999999999999\"", "x"]
        {
            assert_eq!(read(bad).unwrap_err().code, "invalid-parameter", "{bad}");
        }
    }
}
