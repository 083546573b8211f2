//! AWS Signature Version 4, as far as four kinds of requests for objects need it. A crate that does it (object_store) would
//! bring forty others along, several of them a second time.

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use daybook_ledger::format::hexadecimal;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Who asks.
pub struct Credentials {
    /// The access key's id.
    pub key_id: String,
    /// The access key.
    pub secret: SecretString,
    /// With temporary keys, their token.
    pub token: Option<SecretString>,
}

/// A request, before it is signed.
pub struct Unsigned<'a> {
    pub method: &'a str,
    pub host: &'a str,
    /// Encoded.
    pub path: &'a str,
    /// Encoded, in order.
    pub query: &'a str,
    /// SHA-256 of the body in hexadecimal.
    pub body_sha256: &'a str,
}

/// The headers that sign a request, for a region and a moment.
pub fn sign(
    request: &Unsigned<'_>,
    credentials: &Credentials,
    region: &str,
    at: DateTime<Utc>,
) -> Vec<(&'static str, String)> {
    let (stamp, day) = (at.format("%Y%m%dT%H%M%SZ").to_string(), at.format("%Y%m%d").to_string());
    let mut headers = vec![
        ("host", request.host.to_owned()),
        ("x-amz-content-sha256", request.body_sha256.to_owned()),
        ("x-amz-date", stamp.clone()),
    ];
    if let Some(token) = &credentials.token {
        headers.push(("x-amz-security-token", token.expose_secret().to_owned()));
    }
    let authorization = authorization(request, &headers, credentials, region, &stamp, &day);
    headers.remove(0);
    headers.push(("authorization", authorization));
    headers
}

fn authorization(
    request: &Unsigned<'_>,
    headers: &[(&'static str, String)],
    credentials: &Credentials,
    region: &str,
    stamp: &str,
    day: &str,
) -> String {
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let Unsigned { method, path, query, body_sha256, .. } = request;
    let signed = names.join(";");
    let canonical = format!("{method}\n{path}\n{query}\n{lines}\n{signed}\n{body_sha256}");
    let scope = format!("{day}/{region}/s3/aws4_request");
    let to_sign = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}", hexadecimal(&Sha256::digest(canonical)));
    let secret = format!("AWS4{}", credentials.secret.expose_secret());
    let mut key = secret.into_bytes();
    for part in [day, region, "s3", "aws4_request"] {
        key = mac(&key, part);
    }
    let signature = hexadecimal(&mac(&key, &to_sign));
    format!("AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={signed},Signature={signature}", credentials.key_id)
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "GET Bucket (List Objects)" of the Amazon S3 API Reference, "Signature Calculations for the Authorization Header".
    #[test]
    fn a_request_is_signed_as_in_the_published_example() {
        let credentials = Credentials {
            key_id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            token: None,
        };
        let empty = hexadecimal(&Sha256::digest(b""));
        let request = Unsigned {
            method: "GET",
            host: "examplebucket.s3.amazonaws.com",
            path: "/",
            query: "max-keys=2&prefix=J",
            body_sha256: &empty,
        };
        let at = DateTime::parse_from_rfc3339("2013-05-24T00:00:00Z").unwrap().to_utc();
        let headers = sign(&request, &credentials, "us-east-1", at);
        let authorization = &headers.iter().find(|(name, _)| *name == "authorization").unwrap().1;
        assert_eq!(
            authorization,
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
             SignedHeaders=host;x-amz-content-sha256;x-amz-date,\
             Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        );
    }
}
