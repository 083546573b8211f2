//! Security labels: how sensitive a source says a resource is.

use daybook_domain::Class;
use serde_json::Value;

/// Psychotherapy note information sensitivity (HL7 v3 ActCode).
const PSYCHOTHERAPY: [&str; 1] = ["PSYTHPN"];
/// Substance use: information sensitivities and the law itself (HL7 v3 ActCode).
const SUBSTANCE_USE: [&str; 6] = ["SUD", "ETH", "ETHUD", "OPIOIDUD", "SUBSTANCE", "42CFRPart2"];
/// What the patient asked to keep apart (`PRS`, `PDS`), and confidentiality above normal (`R`, `V`).
const CONFIDENTIAL: [&str; 4] = ["PRS", "PDS", "R", "V"];

/// The class that `meta.security` asks for; general where it asks for nothing. Where labels name several, the one that
/// fewest people may see. Codes count whatever system they are given under: a label too many only hides.
pub fn class(resource: &Value) -> Class {
    let labels = resource["meta"]["security"].as_array().into_iter().flatten();
    let codes: Vec<&str> = labels.filter_map(|label| label["code"].as_str()).collect();
    let any = |of: &[&str]| codes.iter().any(|code| of.contains(code));
    if any(&PSYCHOTHERAPY) {
        Class::Psychotherapy
    } else if any(&SUBSTANCE_USE) {
        Class::Sud
    } else if any(&CONFIDENTIAL) {
        Class::Confidential
    } else {
        Class::General
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_class_is_what_the_labels_say_and_of_several_the_closest() {
        for (codes, expected) in [
            (&[][..], Class::General),
            (&["N"], Class::General),
            (&["R"], Class::Confidential),
            (&["42CFRPart2"], Class::Sud),
            (&["R", "ETH"], Class::Sud),
            (&["SUD", "PSYTHPN"], Class::Psychotherapy),
        ] {
            let security: Vec<_> = codes.iter().map(|code| json!({ "code": code })).collect();
            assert_eq!(class(&json!({ "meta": { "security": security } })), expected, "{codes:?}");
        }
        assert_eq!(class(&json!({ "meta": { "security": "PSYTHPN" } })), Class::General);
    }
}
