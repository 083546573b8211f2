//! What the headers say of a file: its name, its type, its digest, its length. The name is told in a header and never in the
//! path: paths end up in logs.

use actix_web::HttpRequest;
use actix_web::http::header::{self, ContentDisposition, DispositionParam};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use daybook_domain::Text;

use crate::problem::Problem;

const NAME: &str = "Content-Disposition";
const DIGEST: &str = "Content-Digest";

/// A file as its sender describes it.
#[derive(Debug)]
pub struct Declared {
    /// What it is called.
    pub name: Text<255>,
    /// What it is said to be.
    pub media_type: String,
    /// What its bytes' SHA-256 is said to be.
    pub sha256: Option<[u8; 32]>,
    /// How many there are said to be.
    pub length: Option<u64>,
}

impl Declared {
    /// From the headers of a request.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or_default().to_owned();
        Ok(Self { name: name(request)?, media_type, sha256: sha256(request)?, length })
    }
}

fn name(request: &HttpRequest) -> Result<Text<255>, Problem> {
    let wrong = || Problem::parameter(NAME, "attachment; filename*=UTF-8''… with the file's name, percent-encoded");
    let value = request.headers().get(header::CONTENT_DISPOSITION).ok_or_else(wrong)?;
    let disposition = ContentDisposition::from_raw(value).map_err(|_| wrong())?;
    let name = match (disposition.get_filename_ext(), disposition.get_filename()) {
        (Some(extended), _) => String::from_utf8(extended.value.clone()).map_err(|_| wrong())?,
        (None, Some(name)) => name.to_owned(),
        (None, None) => return Err(wrong()),
    };
    Text::try_from(name).map_err(|_| {
        Problem::parameter(NAME, "with a name of 1 to 255 characters, none of which is a control character")
    })
}

/// RFC 9530. Other algorithms may stand beside SHA-256, and are not looked at.
fn sha256(request: &HttpRequest) -> Result<Option<[u8; 32]>, Problem> {
    let Some(value) = request.headers().get(DIGEST) else { return Ok(None) };
    let wrong = || Problem::parameter(DIGEST, "sha-256=:…: with the SHA-256 of the file in base64");
    let entries = value.to_str().map_err(|_| wrong())?.split(',');
    let named = entries.filter_map(|entry| entry.trim().strip_prefix("sha-256=")).next_back().ok_or_else(wrong)?;
    let encoded = named.strip_prefix(':').and_then(|rest| rest.strip_suffix(':')).ok_or_else(wrong)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| wrong())?;
    bytes.try_into().map(Some).map_err(|_| wrong())
}

/// How a file is handed out: to be saved, under its name with every character in it that is not plain ASCII encoded.
pub fn disposition(name: &str) -> ContentDisposition {
    use header::{Charset, DispositionType, ExtendedValue};
    let plain = name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let value = name.as_bytes().to_vec();
    let extended = ExtendedValue { charset: Charset::Ext("UTF-8".into()), language_tag: None, value };
    let parameters = vec![DispositionParam::Filename(plain), DispositionParam::FilenameExt(extended)];
    ContentDisposition { disposition: DispositionType::Attachment, parameters }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn declared(disposition: &str, digest: Option<&str>) -> Result<Declared, Problem> {
        let mut request = TestRequest::post().insert_header((NAME, disposition)).insert_header(("Content-Type", "x/y"));
        if let Some(digest) = digest {
            request = request.insert_header((DIGEST, digest));
        }
        Declared::of(&request.to_http_request())
    }

    #[test]
    fn a_name_is_read_in_both_forms() {
        let name = |text| declared(text, None).unwrap().name.as_str().to_owned();
        assert_eq!(name("attachment; filename=\"rash.jpg\""), "rash.jpg");
        assert_eq!(name("attachment; filename=\"x.jpg\"; filename*=UTF-8''M%C3%A4rz.jpg"), "März.jpg");
    }

    #[test]
    fn a_name_that_is_missing_or_would_mislead_is_refused() {
        for wrong in [
            "attachment",
            "",
            "attachment; filename*=UTF-8''%ff.jpg",
            "attachment; filename*=UTF-8''a%00.jpg",
            "attachment; filename*=UTF-8''a%E2%80%AEgpj.exe",
        ] {
            assert_eq!(declared(wrong, None).unwrap_err().code, "invalid-parameter", "{wrong}");
        }
    }

    #[test]
    fn a_digest_is_read_or_refused_and_never_overlooked() {
        let of = |digest| declared("attachment; filename=\"a\"", Some(digest));
        let right = format!("sha-512=:AAAA:, sha-256=:{}:", STANDARD.encode([7; 32]));
        assert_eq!(of(&right).unwrap().sha256, Some([7; 32]));
        for wrong in ["", "sha-512=:AAAA:", "sha-256=AAAA", "sha-256=:AAAA:", "sha-256=:?:"] {
            assert_eq!(of(wrong).unwrap_err().code, "invalid-parameter", "{wrong}");
        }
    }

    #[test]
    fn no_name_gets_out_of_its_header() {
        for name in ["a\";\r\nX: y.pdf", "März \u{1F600}.pdf", "a;b=c.pdf", "\\\".pdf"] {
            let value = disposition(name).to_string();
            assert!(value.is_ascii() && !value.contains(['\r', '\n']), "{value}");
            let back = ContentDisposition::from_raw(&value.parse().unwrap()).unwrap();
            assert_eq!(back.get_filename_ext().unwrap().value, name.as_bytes());
        }
    }
}
