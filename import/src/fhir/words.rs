//! What an imported resource says, in a few words for whoever reads a patient's history; the whole resource stands beside.

use daybook_domain::history::HistoryKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Concept, note};

/// A few words of a resource. What it does not say is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Words {
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// How the source says it stands, in FHIR's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// A note's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The words of a resource of this kind.
pub fn words(kind: HistoryKind, resource: &Value) -> Words {
    let status = || resource["status"].as_str().map(str::to_owned);
    let (what, status) = match kind {
        HistoryKind::Encounter => (concept(&resource["type"][0]), status()),
        HistoryKind::Condition | HistoryKind::Allergy => (concept(&resource["code"]), standing(resource)),
        HistoryKind::Medication => {
            let medication = concept(&resource["medicationCodeableConcept"]);
            let by_name = || resource["medicationReference"]["display"].as_str().map(str::to_owned);
            (medication.or_else(by_name), status())
        }
        HistoryKind::Note => (concept(&resource["type"]), status()),
    };
    let text = || note::texts(resource).ok().map(|texts| texts.join("\n\n"));
    Words { what, status, text: if kind == HistoryKind::Note { text() } else { None } }
}

fn concept(value: &Value) -> Option<String> {
    Concept::deserialize(value).ok()?.words()
}

/// A problem that was entered in error, or refuted, is so whatever its clinical status was.
fn standing(resource: &Value) -> Option<String> {
    let code = |field: &str| resource[field]["coding"][0]["code"].as_str();
    let verification = code("verificationStatus").filter(|code| matches!(*code, "entered-in-error" | "refuted"));
    verification.or_else(|| code("clinicalStatus")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(kind: HistoryKind, resource: Value) -> (Option<String>, Option<String>) {
        let words = words(kind, &resource);
        (words.what, words.status)
    }

    fn pair(what: &str, status: &str) -> (Option<String>, Option<String>) {
        (Some(what.into()), Some(status.into()))
    }

    #[test]
    fn each_kind_says_what_it_is_and_how_it_stands() {
        let status = |code: &str| json!({ "coding": [{ "code": code }] });
        assert_eq!(
            told(HistoryKind::Encounter, json!({ "status": "finished", "type": [{ "text": "Check up" }] })),
            pair("Check up", "finished")
        );
        assert_eq!(
            told(HistoryKind::Condition, json!({ "code": { "text": "Asthma" }, "clinicalStatus": status("active") })),
            pair("Asthma", "active")
        );
        let refuted = json!({
            "code": { "coding": [{ "display": "Shellfish allergy" }] },
            "clinicalStatus": status("active"), "verificationStatus": status("refuted"),
        });
        assert_eq!(told(HistoryKind::Allergy, refuted), pair("Shellfish allergy", "refuted"));
        assert_eq!(
            told(
                HistoryKind::Medication,
                json!({ "status": "stopped", "medicationReference": { "display": "Ibuprofen" } })
            ),
            pair("Ibuprofen", "stopped")
        );
        assert_eq!(told(HistoryKind::Condition, json!({ "code": "Asthma", "clinicalStatus": 7 })), (None, None));
    }

    #[test]
    fn a_note_shows_its_text() {
        let note = json!({
            "status": "current", "type": { "coding": [{ "display": "Progress note" }] },
            "content": [{ "attachment": { "contentType": "text/plain", "data": "Q291Z2g=" } }],
        });
        let words = words(HistoryKind::Note, &note);
        assert_eq!((words.what.as_deref(), words.text.as_deref()), (Some("Progress note"), Some("Cough")));
    }
}
