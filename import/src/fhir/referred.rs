//! Whom a resource names besides its patient: who treated, ordered, wrote or keeps it.

use serde_json::Value;

use super::is_id;
use crate::kind::Kind;

/// Places of references in the resources that are imported. `urn:uuid:` does not say what is referred to, so the place
/// does.
const ONE: [(&str, Kind); 6] = [
    ("/requester", Kind::Practitioner),
    ("/recorder", Kind::Practitioner),
    ("/asserter", Kind::Practitioner),
    ("/authenticator", Kind::Practitioner),
    ("/serviceProvider", Kind::Organization),
    ("/custodian", Kind::Organization),
];
/// Lists of them, and the field in each item, if it is not the reference itself.
const SEVERAL: [(&str, &str); 2] = [("participant", "individual"), ("author", "")];

/// Practitioners and organizations, by the id a literal reference names, each once.
pub fn referred(resource: &Value) -> Vec<(Kind, String)> {
    let one = ONE.iter().filter_map(|(place, kind)| literal(resource.pointer(place)?, *kind));
    let several = SEVERAL.iter().flat_map(|(list, field)| {
        let items = resource[*list].as_array().into_iter().flatten();
        items.filter_map(|item| literal(if field.is_empty() { item } else { &item[*field] }, Kind::Practitioner))
    });
    let mut all: Vec<_> = one.chain(several).collect();
    all.sort();
    all.dedup();
    all
}

fn literal(reference: &Value, usual: Kind) -> Option<(Kind, String)> {
    let text = reference["reference"].as_str()?;
    let (kind, id) = match text.strip_prefix("urn:uuid:") {
        Some(id) => (usual, id),
        None => {
            let literal = text.split_once("/_history/").map_or(text, |(literal, _)| literal);
            let (before, id) = literal.rsplit_once('/')?;
            let name = before.rsplit('/').next()?;
            let kind = [Kind::Practitioner, Kind::Organization].into_iter().find(|kind| kind.name() == name)?;
            (kind, id)
        }
    };
    is_id(id).then(|| (kind, id.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whom_a_resource_names_is_known_by_place_and_kind() {
        let encounter = json!({
            "subject": { "reference": "Patient/p1" },
            "participant": [{ "individual": { "reference": "urn:uuid:d1" } }, { "individual": { "display": "Dr. Grey" } }],
            "serviceProvider": { "reference": "https://ehr.example/fhir/Organization/o1/_history/2" },
        });
        assert_eq!(referred(&encounter), [(Kind::Practitioner, "d1".into()), (Kind::Organization, "o1".into())]);
        let note = json!({
            "author": [{ "reference": "Practitioner/d2" }, { "reference": "Patient/p1" }],
            "custodian": { "reference": "Organization?identifier=1" },
        });
        assert_eq!(referred(&note), [(Kind::Practitioner, "d2".into())]);
        assert_eq!(referred(&json!({ "author": "nobody", "requester": 7 })), []);
    }
}
