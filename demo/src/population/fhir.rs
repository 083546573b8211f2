//! What a visit is made of. What a FHIR resource does not say is not made up: it is left out, or the resource is, with
//! the reason.

use chrono::{DateTime, NaiveDate, Utc};
use daybook_import::fhir::{Address, Concept, Encounter, Name, Patient, Practitioner, Reference};
use serde_json::{Value, json};

use crate::visit::Place;

/// Why a resource is left out.
pub type Unusable = &'static str;

/// What registers the patient, where they live, and when they were born.
pub fn patient(patient: &Patient) -> Result<(Value, Place, NaiveDate), Unusable> {
    let name = Name::official(&patient.name).ok_or("patient without a name")?;
    let (Some(family), false) = (&name.family, name.given.is_empty()) else {
        return Err("patient without given and family name");
    };
    let born = patient.birth_day().ok_or("patient without a full date of birth")?;
    let phone = patient.phone().ok_or("patient without a telephone number")?;
    let home = patient.address.iter().find_map(|address| place(address, phone));
    let home = home.ok_or("patient without an address in a known state")?;
    let body = json!({
        "given_name": name.given.join(" "), "family_name": family, "birth_date": born, "mrn": patient.mrn(),
        "phone": phone, "preferred_language": patient.language(),
    });
    Ok((body, home, born))
}

/// What registers the practitioner.
pub fn practitioner(practitioner: &Practitioner) -> Result<Value, Unusable> {
    let name = practitioner.full_name().ok_or("practitioner without a family name")?;
    Ok(json!({ "name": name }))
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

/// What an encounter says, if it can be played.
pub fn encounter(encounter: Encounter) -> Result<Told, Unusable> {
    if encounter.class.code.as_deref() != Some("AMB") {
        return Err("encounter that is not ambulatory");
    }
    if encounter.status != "finished" {
        return Err("encounter that is not finished");
    }
    let kind = encounter.kind.iter().find_map(Concept::words).ok_or("encounter that does not say what it was")?;
    if kind.to_lowercase().contains("death certification") {
        return Err("certification of a death: nobody to visit");
    }
    let patient = encounter.subject.as_ref().and_then(Reference::id).ok_or("encounter without a patient")?;
    let practitioner = encounter.participant.iter().find_map(|participant| participant.individual.as_ref()?.id());
    let practitioner = practitioner.ok_or("encounter without a practitioner")?;
    let period = encounter.period.ok_or("encounter without a time")?;
    let start = period.start.ok_or("encounter without a time")?;
    let minutes = period.end.map_or(30, |end| (end - start).num_minutes().clamp(5, 480));
    Ok(Told {
        patient,
        practitioner,
        start,
        minutes: u16::try_from(minutes).unwrap_or(30),
        kind,
        reason: encounter.reason.iter().find_map(Concept::words),
    })
}

fn place(address: &Address, phone: &str) -> Option<Place> {
    let jurisdiction = state(address.state.as_deref()?)?;
    let parts = address.line.iter().chain(&address.city).map(String::as_str);
    let street = parts.collect::<Vec<_>>().join(", ");
    let text = format!("{street}, {jurisdiction} {}", address.postal_code.as_deref().unwrap_or_default());
    let address = text.trim().chars().take(300).collect();
    Some(Place { jurisdiction: jurisdiction.into(), address, phone: phone.into() })
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

    fn read(value: Value) -> Result<(Value, Place), Unusable> {
        patient(&serde_json::from_value(value).unwrap()).map(|(body, home, _)| (body, home))
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
        let (body, place) = read(whole()).unwrap();
        assert_eq!(body["given_name"], "Abdul K.");
        assert_eq!((&body["mrn"], &body["preferred_language"]), (&json!("m-1"), &json!("en-US")));
        assert_eq!((place.jurisdiction.as_str(), place.address.as_str()), ("MA", "313 Lockman Row, Peabody, MA 01940"));
    }

    #[test]
    fn an_unusable_patient_is_left_out_with_the_reason() {
        let mut without_day = whole();
        without_day["birthDate"] = json!("1956");
        assert_eq!(read(without_day).err(), Some("patient without a full date of birth"));
        let mut abroad = whole();
        abroad["address"][0]["state"] = json!("Piedmont");
        assert_eq!(read(abroad).err(), Some("patient without an address in a known state"));
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
        let told = encounter(serde_json::from_value(value.clone()).unwrap()).unwrap();
        assert_eq!((told.patient.as_str(), told.practitioner.as_str(), told.minutes), ("p1", "d1", 15));
        assert_eq!(told.reason.as_deref(), Some("Acute bronchitis (disorder)"));
        let mut inpatient = value;
        inpatient["class"]["code"] = json!("IMP");
        let read = encounter(serde_json::from_value(inpatient).unwrap());
        assert_eq!(read.err(), Some("encounter that is not ambulatory"));
    }
}
