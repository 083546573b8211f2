//! As much of FHIR R4 as a visit needs, and what is made of it. What a resource does not say is not made up: it is left
//! out, or the resource is, with the reason.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::visit::Place;

#[derive(Deserialize)]
pub struct Patient {
    pub id: String,
    #[serde(default)]
    name: Vec<Name>,
    #[serde(rename = "birthDate")]
    birth_date: Option<String>,
    #[serde(default)]
    identifier: Vec<Identifier>,
    #[serde(default)]
    telecom: Vec<Contact>,
    #[serde(default)]
    address: Vec<Address>,
    #[serde(default)]
    communication: Vec<Communication>,
}

#[derive(Deserialize)]
pub struct Practitioner {
    pub id: String,
    #[serde(default)]
    name: Vec<Name>,
}

#[derive(Deserialize)]
pub struct Encounter {
    status: String,
    class: Coding,
    #[serde(default, rename = "type")]
    kind: Vec<Concept>,
    subject: Option<Reference>,
    #[serde(default)]
    participant: Vec<Participant>,
    period: Option<Period>,
    #[serde(default, rename = "reasonCode")]
    reason: Vec<Concept>,
}

#[derive(Deserialize)]
struct Name {
    #[serde(rename = "use")]
    usage: Option<String>,
    family: Option<String>,
    #[serde(default)]
    given: Vec<String>,
    #[serde(default)]
    prefix: Vec<String>,
}

#[derive(Deserialize)]
struct Identifier {
    #[serde(rename = "type")]
    kind: Option<Concept>,
    value: Option<String>,
}

#[derive(Deserialize)]
struct Contact {
    system: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    #[serde(default)]
    line: Vec<String>,
    city: Option<String>,
    state: Option<String>,
    #[serde(rename = "postalCode")]
    postal_code: Option<String>,
}

#[derive(Deserialize)]
struct Communication {
    language: Concept,
}

#[derive(Default, Deserialize)]
struct Concept {
    #[serde(default)]
    coding: Vec<Coding>,
    text: Option<String>,
}

#[derive(Default, Deserialize)]
struct Coding {
    code: Option<String>,
    display: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    reference: Option<String>,
}

#[derive(Deserialize)]
struct Participant {
    individual: Option<Reference>,
}

#[derive(Deserialize)]
struct Period {
    start: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
}

/// Why a resource is left out.
pub type Unusable = &'static str;

impl Patient {
    /// What registers the patient, and where they live.
    pub fn read(&self) -> Result<(Value, Place), Unusable> {
        let name = official(&self.name).ok_or("patient without a name")?;
        let (Some(family), false) = (&name.family, name.given.is_empty()) else {
            return Err("patient without given and family name");
        };
        let born = self.birth_date.as_deref().and_then(|date| date.parse::<NaiveDate>().ok());
        let born = born.ok_or("patient without a full date of birth")?;
        let place = self.address.iter().find_map(Address::place);
        let place = place.ok_or("patient without an address in a known state")?;
        let body = json!({
            "given_name": name.given.join(" "), "family_name": family, "birth_date": born, "mrn": self.mrn(),
            "phone": self.phone(), "preferred_language": self.language(),
        });
        Ok((body, place))
    }

    fn mrn(&self) -> Option<&str> {
        let is_mrn = |identifier: &&Identifier| {
            identifier.kind.iter().flat_map(|kind| &kind.coding).any(|coding| coding.code.as_deref() == Some("MR"))
        };
        self.identifier.iter().find(is_mrn)?.value.as_deref().filter(|value| value.len() <= 40)
    }

    fn phone(&self) -> Option<&str> {
        let phone = self.telecom.iter().find(|contact| contact.system.as_deref() == Some("phone"))?;
        phone.value.as_deref().filter(|value| value.len() <= 40)
    }

    fn language(&self) -> Option<&str> {
        let coding = self.communication.first()?.language.coding.first()?;
        coding.code.as_deref().filter(|code| {
            let mut parts = code.split('-');
            parts.next().is_some_and(|part| matches!(part.len(), 2 | 3) && part.bytes().all(|b| b.is_ascii_lowercase()))
                && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        })
    }
}

impl Practitioner {
    /// What registers the practitioner.
    pub fn read(&self) -> Result<Value, Unusable> {
        let name = official(&self.name).ok_or("practitioner without a name")?;
        let family = name.family.as_deref().ok_or("practitioner without a family name")?;
        let parts = name.prefix.iter().chain(&name.given).map(String::as_str).chain([family]);
        Ok(json!({ "name": parts.collect::<Vec<_>>().join(" ") }))
    }
}

/// What an encounter says about a visit.
pub struct Told {
    pub patient: String,
    pub practitioner: String,
    pub start: DateTime<Utc>,
    pub minutes: u16,
    pub kind: String,
    pub reason: Option<String>,
}

impl Encounter {
    pub fn read(self) -> Result<Told, Unusable> {
        if self.class.code.as_deref() != Some("AMB") {
            return Err("encounter that is not ambulatory");
        }
        if self.status != "finished" {
            return Err("encounter that is not finished");
        }
        let kind = self.kind.iter().find_map(Concept::words).ok_or("encounter that does not say what it was")?;
        if kind.to_lowercase().contains("death certification") {
            return Err("certification of a death: nobody to visit");
        }
        let patient = self.subject.as_ref().and_then(Reference::id).ok_or("encounter without a patient")?;
        let practitioner = self.participant.iter().find_map(|participant| participant.individual.as_ref()?.id());
        let practitioner = practitioner.ok_or("encounter without a practitioner")?;
        let period = self.period.ok_or("encounter without a time")?;
        let start = period.start.ok_or("encounter without a time")?;
        let minutes = period.end.map_or(30, |end| (end - start).num_minutes().clamp(5, 480));
        Ok(Told {
            patient,
            practitioner,
            start,
            minutes: u16::try_from(minutes).unwrap_or(30),
            kind,
            reason: self.reason.iter().find_map(Concept::words),
        })
    }
}

fn official(names: &[Name]) -> Option<&Name> {
    names.iter().find(|name| name.usage.as_deref() == Some("official")).or(names.first())
}

impl Concept {
    fn words(&self) -> Option<String> {
        self.text.clone().or_else(|| self.coding.iter().find_map(|coding| coding.display.clone()))
    }
}

impl Reference {
    /// `urn:uuid:<id>`, `Patient/<id>` or a URL that ends so.
    fn id(&self) -> Option<String> {
        self.reference.as_deref()?.rsplit(['/', ':']).next().filter(|id| !id.is_empty()).map(str::to_owned)
    }
}

impl Address {
    fn place(&self) -> Option<Place> {
        let jurisdiction = state(self.state.as_deref()?)?;
        let parts = self.line.iter().chain(&self.city).map(String::as_str);
        let street = parts.collect::<Vec<_>>().join(", ");
        let address = format!("{street}, {jurisdiction} {}", self.postal_code.as_deref().unwrap_or_default());
        Some(Place { jurisdiction: jurisdiction.into(), address: address.trim().chars().take(300).collect() })
    }
}

/// The two letters of a state or territory given by them or by its name.
fn state(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let found = STATES.iter().find(|(code, name)| code.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text));
    found.map(|(code, _)| *code)
}

const STATES: [(&str, &str); 56] = [
    ("AK", "Alaska"),
    ("AL", "Alabama"),
    ("AR", "Arkansas"),
    ("AS", "American Samoa"),
    ("AZ", "Arizona"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DC", "District of Columbia"),
    ("DE", "Delaware"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("GU", "Guam"),
    ("HI", "Hawaii"),
    ("IA", "Iowa"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("MA", "Massachusetts"),
    ("MD", "Maryland"),
    ("ME", "Maine"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MO", "Missouri"),
    ("MP", "Northern Mariana Islands"),
    ("MS", "Mississippi"),
    ("MT", "Montana"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("NE", "Nebraska"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NV", "Nevada"),
    ("NY", "New York"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("PR", "Puerto Rico"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VA", "Virginia"),
    ("VI", "Virgin Islands"),
    ("VT", "Vermont"),
    ("WA", "Washington"),
    ("WI", "Wisconsin"),
    ("WV", "West Virginia"),
    ("WY", "Wyoming"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn patient(value: Value) -> Result<(Value, Place), Unusable> {
        serde_json::from_value::<Patient>(value).unwrap().read()
    }

    fn whole() -> Value {
        json!({
            "id": "p1", "name": [{ "use": "official", "family": "Koepp", "given": ["Abdul", "K."] }],
            "birthDate": "1956-08-03",
            "identifier": [{ "value": "x" }, { "type": { "coding": [{ "code": "MR" }] }, "value": "m-1" }],
            "telecom": [{ "system": "phone", "value": "555-978-4581" }],
            "address": [{ "line": ["313 Lockman Row"], "city": "Peabody", "state": "Massachusetts", "postalCode": "01940" }],
            "communication": [{ "language": { "coding": [{ "code": "en-US" }] } }],
        })
    }

    #[test]
    fn a_patient_is_registered_by_what_the_resource_says() {
        let (body, place) = patient(whole()).unwrap();
        assert_eq!(body["given_name"], "Abdul K.");
        assert_eq!((&body["mrn"], &body["preferred_language"]), (&json!("m-1"), &json!("en-US")));
        assert_eq!((place.jurisdiction.as_str(), place.address.as_str()), ("MA", "313 Lockman Row, Peabody, MA 01940"));
    }

    #[test]
    fn an_unusable_patient_is_left_out_with_the_reason() {
        let mut without_day = whole();
        without_day["birthDate"] = json!("1956");
        assert_eq!(patient(without_day).err(), Some("patient without a full date of birth"));
        let mut abroad = whole();
        abroad["address"][0]["state"] = json!("Piedmont");
        assert_eq!(patient(abroad).err(), Some("patient without an address in a known state"));
    }

    #[test]
    fn an_encounter_tells_who_when_and_why() {
        let value = json!({
            "status": "finished", "class": { "code": "AMB" },
            "type": [{ "text": "Encounter for symptom" }],
            "subject": { "reference": "urn:uuid:p1" },
            "participant": [{ "individual": { "reference": "Practitioner/d1" } }],
            "period": { "start": "2011-10-14T23:37:54+00:00", "end": "2011-10-14T23:52:54+00:00" },
            "reasonCode": [{ "coding": [{ "display": "Acute bronchitis (disorder)" }] }],
        });
        let told = serde_json::from_value::<Encounter>(value.clone()).unwrap().read().unwrap();
        assert_eq!((told.patient.as_str(), told.practitioner.as_str(), told.minutes), ("p1", "d1", 15));
        assert_eq!(told.reason.as_deref(), Some("Acute bronchitis (disorder)"));
        let mut inpatient = value;
        inpatient["class"]["code"] = json!("IMP");
        let read = serde_json::from_value::<Encounter>(inpatient).unwrap().read();
        assert_eq!(read.err(), Some("encounter that is not ambulatory"));
    }
}
