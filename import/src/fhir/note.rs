//! DocumentReference: the text of a note, where it is in it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::unusable::Unusable;

/// The texts in a DocumentReference: its attachments of type `text/plain` that carry data. Refuses a document without any
/// (one that only points elsewhere, or is a picture of a text) and one whose text cannot be read.
pub fn texts(resource: &Value) -> Result<Vec<String>, Unusable> {
    let contents = resource["content"].as_array().into_iter().flatten();
    let plain = contents.map(|content| &content["attachment"]).filter(|attachment| is_plain(attachment));
    let texts: Vec<String> =
        plain.filter_map(|attachment| attachment["data"].as_str()).map(decode).collect::<Result<_, _>>()?;
    if texts.iter().all(|text| text.trim().is_empty()) { Err(Unusable::NoText) } else { Ok(texts) }
}

fn is_plain(attachment: &Value) -> bool {
    let media_type = attachment["contentType"].as_str().unwrap_or_default();
    media_type.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("text/plain"))
}

fn decode(data: &str) -> Result<String, Unusable> {
    let data: String = data.split_whitespace().collect();
    let bytes = STANDARD.decode(data).map_err(|_| Unusable::BadText)?;
    String::from_utf8(bytes).map_err(|_| Unusable::BadText)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(kind: &str, data: &str) -> Value {
        json!({ "content": [{ "attachment": { "contentType": kind, "data": data } }] })
    }

    #[test]
    fn a_note_is_its_plain_text() {
        let text = texts(&document("text/plain; charset=utf-8", "Q291Z2gg\nc2luY2UgVHVlc2RheQ=="));
        assert_eq!(text.unwrap(), ["Cough since Tuesday"]);
    }

    #[test]
    fn a_document_without_readable_text_is_refused() {
        for (document, expected) in [
            (json!({}), Unusable::NoText),
            (
                json!({ "content": [{ "attachment": { "contentType": "text/plain", "url": "Binary/1" } }] }),
                Unusable::NoText,
            ),
            (document("application/pdf", "JVBERg=="), Unusable::NoText),
            (document("text/plain", "IA=="), Unusable::NoText),
            (document("text/plain", "not base64!"), Unusable::BadText),
            (document("text/plain", "/w=="), Unusable::BadText),
        ] {
            assert_eq!(texts(&document), Err(expected), "{document}");
        }
    }
}
