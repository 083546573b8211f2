//! From a line of an export to a fact that may be imported, or the reason why not. Pure.

use daybook_domain::history::{DirectoryImported, DirectoryKind, HistoryImported, HistoryKind, Origin};
use daybook_domain::patient::PatientImported;
use daybook_domain::{PatientId, Phi, Sha256Hex, Text};
use daybook_ledger::Stream;
use serde::Deserialize;
use serde_json::Value;

use crate::fhir::{self, Name, Organization, Patient, Practitioner, Resource};
use crate::identity::Identities;
use crate::kind::Kind;
use crate::unusable::Unusable;

/// What was read, as the fact it would become, and the stream it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub enum Candidate {
    Patient(Box<PatientImported>),
    History(Stream, Box<HistoryImported>),
    Directory(Stream, Box<DirectoryImported>),
}

impl Candidate {
    /// The stream it belongs to.
    pub fn stream(&self) -> Stream {
        match self {
            Candidate::Patient(read) => Stream::new("patient", read.patient_id.0),
            Candidate::History(stream, _) | Candidate::Directory(stream, _) => stream.clone(),
        }
    }

    /// The patient it says something about, if it is not the patient's own record.
    pub fn about(&self) -> Option<PatientId> {
        match self {
            Candidate::History(_, read) => Some(read.patient_id),
            _ => None,
        }
    }
}

/// Reads one line.
pub fn read(
    kind: Kind,
    bytes: &[u8],
    line: u64,
    file_sha256: &Sha256Hex,
    identities: &Identities,
) -> Result<Candidate, Unusable> {
    let text = std::str::from_utf8(bytes).map_err(|_| Unusable::NotUtf8)?.trim();
    let value = fhir::parse(text)?;
    let resource = Resource(&value);
    if resource.resource_type() != Some(kind.name()) {
        return Err(Unusable::AnotherType);
    }
    let id = resource.id()?;
    let origin = Origin {
        source: identities.source().clone(),
        file_sha256: file_sha256.clone(),
        line,
        content_key: identities.content(text.as_bytes()),
    };
    let stream = || Stream::new(daybook_domain::history::STREAM, identities.resource(kind, id));
    let (kind, subject, dates): (_, _, &[&str]) = match kind {
        Kind::Patient => return patient(&value, text, identities.patient(id), origin),
        Kind::Practitioner => return practitioner(&value, stream(), origin),
        Kind::Organization => return organization(&value, stream(), origin),
        Kind::Encounter => (HistoryKind::Encounter, "subject", &["/period/start"]),
        Kind::Condition => {
            (HistoryKind::Condition, "subject", &["/onsetDateTime", "/onsetPeriod/start", "/recordedDate"])
        }
        Kind::AllergyIntolerance => (HistoryKind::Allergy, "patient", &["/recordedDate", "/onsetDateTime"]),
        Kind::MedicationRequest => (HistoryKind::Medication, "subject", &["/authoredOn"]),
        Kind::DocumentReference => {
            fhir::texts(&value)?;
            (HistoryKind::Note, "subject", &["/date", "/context/period/start"])
        }
    };
    let patient_id = identities.patient(resource.patient(subject)?);
    Ok(Candidate::History(
        stream(),
        Box::new(HistoryImported {
            patient_id,
            kind,
            origin,
            original_date: resource.date(dates)?,
            class: Phi::Clear(fhir::class(&value)),
            resource_id: Phi::Clear(Text::try_from(id).map_err(|_| Unusable::BadId)?),
            resource: Phi::Clear(text.to_owned().try_into().map_err(|_| Unusable::TooLarge)?),
        }),
    ))
}

fn patient(value: &Value, text: &str, patient_id: PatientId, origin: Origin) -> Result<Candidate, Unusable> {
    let patient = Patient::deserialize(value).map_err(|_| Unusable::NotFhir)?;
    let name = Name::official(&patient.name).ok_or(Unusable::NoName)?;
    let family = name.family.as_deref().ok_or(Unusable::NoName)?;
    let given = name.given.join(" ");
    let given = if given.trim().is_empty() { None } else { Some(Phi::Clear(named(&given)?)) };
    // What has a number's name but not its shape is left in the resource, where it can be read.
    let number = |text: &str| Text::try_from(text).ok().map(Phi::Clear);
    Ok(Candidate::Patient(Box::new(PatientImported {
        patient_id,
        origin,
        original_date: Resource(value).date(&["/meta/lastUpdated"])?,
        resource_id: Phi::Clear(Text::try_from(patient.id.as_str()).map_err(|_| Unusable::BadId)?),
        given_name: given,
        family_name: Phi::Clear(named(family)?),
        birth_date: Phi::Clear(patient.birth_day().ok_or(Unusable::NoBirthDate)?),
        mrn: patient.mrn().and_then(number),
        phone: patient.phone().and_then(number),
        preferred_language: patient.language(),
        deceased: patient.deceased().map(Phi::Clear),
        resource: Phi::Clear(text.to_owned().try_into().map_err(|_| Unusable::TooLarge)?),
    })))
}

fn practitioner(value: &Value, stream: Stream, origin: Origin) -> Result<Candidate, Unusable> {
    let practitioner = Practitioner::deserialize(value).map_err(|_| Unusable::NotFhir)?;
    let name = practitioner.full_name().ok_or(Unusable::NoName)?;
    directory(DirectoryKind::Practitioner, &practitioner.id, &name, practitioner.npi(), stream, origin)
}

fn organization(value: &Value, stream: Stream, origin: Origin) -> Result<Candidate, Unusable> {
    let organization = Organization::deserialize(value).map_err(|_| Unusable::NotFhir)?;
    let name = organization.name.as_deref().ok_or(Unusable::NoName)?;
    directory(DirectoryKind::Organization, &organization.id, name, organization.npi(), stream, origin)
}

fn directory(
    kind: DirectoryKind,
    id: &str,
    name: &str,
    npi: Option<&str>,
    stream: Stream,
    origin: Origin,
) -> Result<Candidate, Unusable> {
    let resource_id = id.try_into().map_err(|_| Unusable::BadId)?;
    let npi = npi.and_then(|npi| npi.try_into().ok());
    let entry = DirectoryImported { kind, origin, resource_id, name: named(name)?, npi };
    Ok(Candidate::Directory(stream, Box::new(entry)))
}

fn named<const MAX: usize>(name: &str) -> Result<Text<MAX>, Unusable> {
    Text::try_from(name).map_err(|_| Unusable::BadName)
}

#[cfg(test)]
mod tests {
    use daybook_domain::Class;
    use daybook_ledger::sealing::{BlindIndex, KeyProvider, LocalKeys};
    use serde_json::json;

    use super::*;

    fn identities() -> Identities {
        let key = LocalKeys::new([1; 32]).index_key(uuid::Uuid::from_u128(1)).unwrap();
        Identities::new(BlindIndex::new(&key), "old-ehr".try_into().unwrap())
    }

    fn read_as(kind: Kind, value: &Value) -> Result<Candidate, Unusable> {
        let file = Sha256Hex::of(&[b"file"]);
        read(kind, value.to_string().as_bytes(), 7, &file, &identities())
    }

    fn ada() -> Value {
        json!({
            "resourceType": "Patient", "id": "p1",
            "name": [{ "use": "old", "family": "Maiden" }, { "use": "official", "family": "Koepp", "given": ["Abdul", "K."] }],
            "birthDate": "1956-08-03",
            "identifier": [{ "value": "x" }, { "type": { "coding": [{ "code": "MR" }] }, "value": "m-1" }],
            "telecom": [{ "system": "email", "value": "a@b" }, { "system": "phone", "value": "555-978-4581" }],
            "communication": [{ "language": { "coding": [{ "code": "en-US" }] } }],
            "deceasedDateTime": "2019-01-02",
        })
    }

    fn condition() -> Value {
        json!({
            "resourceType": "Condition", "id": "c1", "subject": { "reference": "urn:uuid:p1" },
            "onsetDateTime": "1991-06-07T23:37:54+00:00", "recordedDate": "1992",
        })
    }

    fn with(mut value: Value, field: &str, content: Value) -> Value {
        value[field] = content;
        value
    }

    #[test]
    fn a_patient_is_read_by_what_the_resource_says_and_kept_as_it_was() {
        let Candidate::Patient(read) = read_as(Kind::Patient, &ada()).unwrap() else { panic!("not a patient") };
        assert_eq!(read.given_name.unwrap().clear().unwrap().as_str(), "Abdul K.");
        assert_eq!(read.family_name.clear().unwrap().as_str(), "Koepp");
        assert_eq!(read.birth_date.clear().unwrap().to_string(), "1956-08-03");
        assert_eq!(read.mrn.unwrap().clear().unwrap().as_str(), "m-1");
        assert_eq!(read.preferred_language.unwrap().as_str(), "en-US");
        assert_eq!(read.deceased, Some(Phi::Clear(true)));
        assert_eq!(read.resource.clear().unwrap().as_str(), ada().to_string());
        assert_eq!(read.patient_id, identities().patient("p1"));
        assert_eq!((read.origin.line, read.origin.source.as_str()), (7, "old-ehr"));
    }

    #[test]
    fn a_patient_who_cannot_be_told_apart_is_unusable() {
        for (patient, reason) in [
            (with(ada(), "name", json!([])), Unusable::NoName),
            (with(ada(), "name", json!([{ "given": ["Ada"] }])), Unusable::NoName),
            (with(ada(), "name", json!([{ "family": "A\u{202e}b" }])), Unusable::BadName),
            (with(ada(), "name", json!([{ "family": "x".repeat(101) }])), Unusable::BadName),
            (with(ada(), "name", json!("Ada")), Unusable::NotFhir),
            (with(ada(), "birthDate", json!("1956")), Unusable::NoBirthDate),
            (with(ada(), "birthDate", json!("1956-02-30")), Unusable::NoBirthDate),
            (with(ada(), "birthDate", json!(null)), Unusable::NoBirthDate),
            (with(ada(), "id", json!(null)), Unusable::NoId),
            (with(ada(), "resourceType", json!("Group")), Unusable::AnotherType),
        ] {
            assert_eq!(read_as(Kind::Patient, &patient), Err(reason), "{patient}");
        }
        let mononym = with(ada(), "name", json!([{ "family": "Sukarno" }]));
        let Candidate::Patient(read) = read_as(Kind::Patient, &mononym).unwrap() else { panic!("not a patient") };
        assert_eq!(read.given_name, None);
    }

    #[test]
    fn a_record_names_its_patient_its_date_and_its_class() {
        let labelled = with(condition(), "meta", json!({ "security": [{ "code": "42CFRPart2" }] }));
        let Candidate::History(stream, read) = read_as(Kind::Condition, &labelled).unwrap() else {
            panic!("no record")
        };
        assert_eq!(stream.id, identities().resource(Kind::Condition, "c1"));
        assert_eq!(read.patient_id, identities().patient("p1"));
        assert_eq!((read.kind, read.class.clone()), (HistoryKind::Condition, Phi::Clear(Class::Sud)));
        assert_eq!(read.original_date.unwrap().as_str(), "1991-06-07T23:37:54+00:00");
    }

    #[test]
    fn an_unusable_record_is_left_out_with_the_reason() {
        let deep: Value = serde_json::from_str(&format!("{}1{}", "[".repeat(40), "]".repeat(40))).unwrap();
        for (record, reason) in [
            (with(condition(), "subject", json!(null)), Unusable::NoSubject),
            (with(condition(), "subject", json!({ "reference": "Group/1" })), Unusable::UnresolvableSubject),
            (with(condition(), "onsetDateTime", json!("1991-13")), Unusable::BadDate),
            (with(condition(), "onsetDateTime", json!(1991)), Unusable::BadDate),
            (with(condition(), "note", deep), Unusable::TooDeep),
            (with(condition(), "id", json!("no id")), Unusable::BadId),
            (with(condition(), "resourceType", json!("Observation")), Unusable::AnotherType),
        ] {
            assert_eq!(read_as(Kind::Condition, &record), Err(reason), "{record}");
        }
        let file = Sha256Hex::of(&[b"file"]);
        let read = |bytes: &[u8]| read(Kind::Condition, bytes, 1, &file, &identities());
        assert_eq!(read(b"{\"a\":\"\xff\"}"), Err(Unusable::NotUtf8));
        assert_eq!(read(b"nope"), Err(Unusable::NotJson));
    }

    #[test]
    fn a_document_needs_its_text() {
        let note = |attachment: Value| {
            let subject = json!({ "reference": "Patient/p9" });
            json!({ "resourceType": "DocumentReference", "id": "n1", "subject": subject, "content": [{ "attachment": attachment }] })
        };
        let whole = note(json!({ "contentType": "text/plain", "data": "Q291Z2g=" }));
        assert!(matches!(read_as(Kind::DocumentReference, &whole), Ok(Candidate::History(..))));
        let elsewhere = note(json!({ "contentType": "text/plain", "url": "Binary/1" }));
        assert_eq!(read_as(Kind::DocumentReference, &elsewhere), Err(Unusable::NoText));
    }

    #[test]
    fn of_staff_only_the_name_and_the_register_number_are_taken() {
        let doctor = json!({
            "resourceType": "Practitioner", "id": "d1", "birthDate": "1960-01-01",
            "name": [{ "prefix": ["Dr."], "given": ["Sharyl"], "family": "Hilpert" }],
            "identifier": [{ "system": "http://hl7.org/fhir/sid/us-npi", "value": "160" }],
        });
        let Candidate::Directory(_, read) = read_as(Kind::Practitioner, &doctor).unwrap() else { panic!("no entry") };
        assert_eq!((read.name.as_str(), read.npi.as_ref().unwrap().as_str()), ("Dr. Sharyl Hilpert", "160"));
        assert!(!serde_json::to_string(&*read).unwrap().contains("1960"));
        let nameless = json!({ "resourceType": "Organization", "id": "o1" });
        assert_eq!(read_as(Kind::Organization, &nameless), Err(Unusable::NoName));
    }
}
