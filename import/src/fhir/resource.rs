//! Any resource: what all of them have in common.

use daybook_domain::history::OriginalDate;
use serde_json::Value;

use crate::unusable::Unusable;

/// Deepest nesting of objects and arrays; the deepest in real exports is about ten.
const MAX_DEPTH: usize = 32;

/// A line as JSON: one object, not too deep.
pub fn parse(line: &str) -> Result<Value, Unusable> {
    let value: Value = serde_json::from_str(line).map_err(|error| {
        // serde_json's own bound, 128 levels, is an error without a kind of its own.
        if error.to_string().starts_with("recursion limit") { Unusable::TooDeep } else { Unusable::NotJson }
    })?;
    if !value.is_object() {
        return Err(Unusable::NotJson);
    }
    if is_deeper(&value, MAX_DEPTH) { Err(Unusable::TooDeep) } else { Ok(value) }
}

fn is_deeper(value: &Value, allowed: usize) -> bool {
    let mut inner: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Object(map) => Box::new(map.values()),
        Value::Array(items) => Box::new(items.iter()),
        _ => return false,
    };
    allowed == 0 || inner.any(|value| is_deeper(value, allowed - 1))
}

/// Whether a text has the shape of a resource's id.
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
}

/// A parsed resource.
#[derive(Clone, Copy)]
pub struct Resource<'a>(pub &'a Value);

impl<'a> Resource<'a> {
    /// `resourceType`.
    pub fn resource_type(self) -> Option<&'a str> {
        self.0["resourceType"].as_str()
    }

    /// `id`.
    pub fn id(self) -> Result<&'a str, Unusable> {
        match &self.0["id"] {
            Value::String(id) if is_id(id) => Ok(id),
            Value::Null => Err(Unusable::NoId),
            _ => Err(Unusable::BadId),
        }
    }

    /// Id of the patient that `field` refers to: `Patient/<id>`, a URL that ends so, either with a version, or
    /// `urn:uuid:<id>`. A conditional reference, one to something inside the resource and one to anything else than a
    /// patient says nobody.
    pub fn patient(self, field: &str) -> Result<&'a str, Unusable> {
        let reference = match &self.0[field] {
            Value::Null => return Err(Unusable::NoSubject),
            reference => reference["reference"].as_str().ok_or(Unusable::UnresolvableSubject)?,
        };
        let id = match reference.strip_prefix("urn:uuid:") {
            Some(id) => id,
            None => {
                let literal = reference.split_once("/_history/").map_or(reference, |(literal, _)| literal);
                let (before, id) = literal.rsplit_once('/').ok_or(Unusable::UnresolvableSubject)?;
                let kind = before.rsplit('/').next().unwrap_or_default();
                if kind == "Patient" { id } else { return Err(Unusable::UnresolvableSubject) }
            }
        };
        if is_id(id) { Ok(id) } else { Err(Unusable::UnresolvableSubject) }
    }

    /// The first date among these places (JSON pointers); none where all are absent.
    pub fn date(self, places: &[&str]) -> Result<Option<OriginalDate>, Unusable> {
        for place in places {
            match self.0.pointer(place) {
                None | Some(Value::Null) => {}
                Some(Value::String(date)) => return date.as_str().try_into().map(Some).map_err(|_| Unusable::BadDate),
                Some(_) => return Err(Unusable::BadDate),
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_is_one_object_and_not_too_deep() {
        let deep = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(&deep(31)).is_ok());
        assert_eq!(parse(&deep(32)).err(), Some(Unusable::TooDeep));
        assert_eq!(parse(&deep(100_000)).err(), Some(Unusable::TooDeep));
        for wrong in ["[]", "1", "{", "{} {}", "{\"a\":}", ""] {
            assert_eq!(parse(wrong).err(), Some(Unusable::NotJson), "{wrong}");
        }
    }

    #[test]
    fn a_literal_reference_names_its_patient() {
        for reference in [
            "Patient/p-1",
            "urn:uuid:p-1",
            "https://ehr.example/fhir/Patient/p-1",
            "Patient/p-1/_history/3",
            "https://ehr.example/fhir/Patient/p-1/_history/3",
        ] {
            let value = json!({ "subject": { "reference": reference } });
            assert_eq!(Resource(&value).patient("subject"), Ok("p-1"), "{reference}");
        }
    }

    #[test]
    fn what_names_no_patient_is_refused() {
        assert_eq!(Resource(&json!({})).patient("subject"), Err(Unusable::NoSubject));
        for reference in [
            json!({ "display": "Ada" }),
            json!({ "reference": "Patient?identifier=1" }),
            json!({ "reference": "#p1" }),
            json!({ "reference": "Group/1" }),
            json!({ "reference": "Patient/" }),
            json!({ "reference": "urn:oid:1.2/3" }),
            json!({ "reference": 7 }),
            json!("Patient/1"),
        ] {
            let value = json!({ "subject": reference });
            assert_eq!(Resource(&value).patient("subject"), Err(Unusable::UnresolvableSubject), "{value}");
        }
    }

    #[test]
    fn ids_and_dates_are_what_fhir_says_they_are() {
        for (id, expected) in [
            (json!("a-B.9"), Ok("a-B.9")),
            (json!(null), Err(Unusable::NoId)),
            (json!(""), Err(Unusable::BadId)),
            (json!("a b"), Err(Unusable::BadId)),
            (json!("x".repeat(65)), Err(Unusable::BadId)),
            (json!(7), Err(Unusable::BadId)),
        ] {
            assert_eq!(Resource(&json!({ "id": id })).id(), expected, "{id}");
        }
        let value = json!({ "a": { "start": "2019-02-30" }, "b": "2019-02", "c": 2019 });
        assert_eq!(Resource(&value).date(&["/none", "/b"]).unwrap().unwrap().as_str(), "2019-02");
        assert_eq!(Resource(&value).date(&["/none"]), Ok(None));
        assert_eq!(Resource(&value).date(&["/a/start", "/b"]), Err(Unusable::BadDate));
        assert_eq!(Resource(&value).date(&["/c"]), Err(Unusable::BadDate));
    }
}
