//! FHIR R4 as NDJSON: an AuditEvent for who read, was turned away or took something away, in the shape of IHE's basic audit
//! patterns (BALP), and a Provenance for every other event. A profile is claimed of what was read of one thing, about one patient
//! or nobody: of many patients' reads, refusals and exports BALP has none that fits. What it asks for and the log does not hold,
//! the client's name and everybody's address, is said to be unknown in the standard's own way, not made up.

use daybook_domain::AccessEvent;
use daybook_domain::access_events::{AccessDenied, ExportMade, PhiRead, Purpose};
use daybook_domain::{PatientId, Role};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Form, Proof, Told};

pub struct Fhir;

/// Systems of our own.
const EVENT_TYPE: &str = "urn:daybook:event-type";
const EVENT_HASH: &str = "urn:daybook:event-hash:sha-256";
const SUBJECT: &str = "urn:daybook:subject";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
/// IHE's, <https://profiles.ihe.net/ITI/BALP>.
const PATIENT_READ: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead";
const READ: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.Read";
const ENTITY_TYPE: &str = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType";

impl Form for Fhir {
    fn begin(&self, _: &Proof) -> String {
        String::new()
    }

    fn event(&self, told: &Told<'_>, proof: &Proof) -> String {
        let resource = match told.event.decode::<AccessEvent>() {
            Ok(AccessEvent::PhiRead(read)) => read_event(told, proof, &read),
            Ok(AccessEvent::AccessDenied(denied)) => denied_event(told, proof, &denied),
            Ok(AccessEvent::ExportMade(made)) => export_event(told, proof, &made),
            Err(_) => provenance(told, proof),
        };
        format!("{resource}\n")
    }

    fn end(&self) -> String {
        String::new()
    }
}

/// Every resource says that it proves nothing, and where it stands in the log.
fn meta(proof: &Proof) -> Value {
    json!({ "tag": [{ "system": "urn:daybook:proof", "code": "proves-nothing", "display": proof.sentence() }] })
}

fn hash(told: &Told<'_>) -> Value {
    json!([{ "system": EVENT_HASH, "value": told.hash }])
}

fn audit_event(told: &Told<'_>, proof: &Proof, kind: (Value, Value), outcome: &str) -> Value {
    let (kind, subtype) = kind;
    json!({
        "resourceType": "AuditEvent",
        "id": told.event.event_id,
        "meta": meta(proof),
        "type": kind,
        "subtype": [subtype],
        "action": "R",
        "recorded": told.recorded_at(),
        "outcome": outcome,
        "source": { "observer": { "display": proof.origin } },
    })
}

fn rest() -> (Value, Value) {
    (
        json!({ "system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest" }),
        json!({ "system": "http://hl7.org/fhir/restful-interaction", "code": "read" }),
    )
}

fn read_event(told: &Told<'_>, proof: &Proof, read: &PhiRead) -> Value {
    let mut event = audit_event(told, proof, rest(), "0");
    match (&read.patients[..], read.resource_id) {
        ([_], Some(_)) => event["meta"]["profile"] = json!([PATIENT_READ]),
        ([], Some(_)) => event["meta"]["profile"] = json!([READ]),
        _ => {}
    }
    event["purposeOfEvent"] = purpose(read.purpose);
    event["agent"] = json!([user(&read.reader, read.role, &read.policies), server(proof), client()]);
    event["entity"] = entities(told, &read.patients, read.resource_id.map(|id| (read.resource_kind.as_str(), id)));
    event
}

fn denied_event(told: &Told<'_>, proof: &Proof, denied: &AccessDenied) -> Value {
    let mut event = audit_event(told, proof, rest(), "4");
    event["outcomeDesc"] = denied.reason.as_str().into();
    event["purposeOfEvent"] = purpose(denied.purpose);
    event["agent"] = json!([user(&denied.reader, denied.role, &denied.policies), server(proof), client()]);
    event["entity"] =
        entities(told, &denied.patients, denied.resource_id.map(|id| (denied.resource_kind.as_str(), id)));
    event
}

fn export_event(told: &Told<'_>, proof: &Proof, made: &ExportMade) -> Value {
    let kind = (
        json!({ "system": DICOM, "code": "110106", "display": "Export" }),
        json!({ "system": EVENT_TYPE, "code": "export-made" }),
    );
    let mut event = audit_event(told, proof, kind, "0");
    event["purposeOfEvent"] = purpose(Purpose::Audit);
    event["agent"] = json!([user(&made.taker, made.role, &made.policies), server(proof)]);
    if let (Some(recipient), Some(agents)) = (&made.recipient, event["agent"].as_array_mut()) {
        agents.push(json!({
            "type": { "coding": [{ "system": DICOM, "code": "110152", "display": "Destination Role ID" }] },
            "who": { "display": recipient.as_str() },
            "requestor": false,
            "network": unknown(),
        }));
    }
    event["entity"] = entities(told, &made.patients, made.visit_id.map(|visit| ("visit", visit.0)));
    event
}

/// What is not recorded.
fn unknown() -> Value {
    json!({
        "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown" }]
    })
}

fn user(subject: &str, role: Role, policies: &[daybook_domain::Code]) -> Value {
    let policies: Vec<String> =
        policies.iter().map(|policy| format!("urn:daybook:policy:{}", policy.as_str())).collect();
    let mut user = json!({
        "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP" }] },
        "role": [{ "coding": [{ "system": "urn:daybook:role", "code": role.name() }] }],
        "who": { "identifier": { "system": SUBJECT, "value": subject } },
        "requestor": true,
    });
    if !policies.is_empty() {
        user["policy"] = policies.into();
    }
    user
}

fn server(proof: &Proof) -> Value {
    json!({
        "type": { "coding": [{ "system": DICOM, "code": "110153", "display": "Source Role ID" }] },
        "who": { "display": proof.origin },
        "requestor": false,
        "network": unknown(),
    })
}

/// The program that somebody used.
fn client() -> Value {
    json!({
        "type": { "coding": [{ "system": DICOM, "code": "110152", "display": "Destination Role ID" }] },
        "who": unknown(),
        "requestor": false,
        "network": unknown(),
    })
}

/// Whose it was, what it was, by which request, and which event of the log says so.
fn entities(told: &Told<'_>, patients: &[PatientId], about: Option<(&str, Uuid)>) -> Value {
    let coding = |system: &str, code: &str| json!({ "system": format!("http://terminology.hl7.org/CodeSystem/{system}"), "code": code });
    let mut entities: Vec<Value> = patients
        .iter()
        .map(|patient| {
            json!({
                "what": { "reference": format!("Patient/{}", patient.0) },
                "type": coding("audit-entity-type", "1"),
                "role": coding("object-role", "1"),
            })
        })
        .collect();
    if let Some((kind, id)) = about {
        entities.push(json!({
            "what": target(kind, id),
            "type": coding("audit-entity-type", "2"),
            "role": coding("object-role", "4"),
        }));
    }
    if !told.metadata("correlation_id").is_empty() {
        entities.push(json!({
            "what": { "identifier": { "value": told.metadata("correlation_id") } },
            "type": { "system": ENTITY_TYPE, "code": "XrequestId" },
        }));
    }
    entities.push(json!({
        "what": { "identifier": hash(told)[0] },
        "type": coding("audit-entity-type", "4"),
        "role": coding("object-role", "26"),
    }));
    entities.into()
}

fn target(kind: &str, id: Uuid) -> Value {
    match kind {
        "visit" => json!({ "reference": format!("Encounter/{id}") }),
        "patient" => json!({ "reference": format!("Patient/{id}") }),
        "provider" => json!({ "reference": format!("Practitioner/{id}") }),
        "clinic" => json!({ "reference": format!("Organization/{id}") }),
        kind => json!({ "identifier": { "system": format!("urn:daybook:{kind}"), "value": id } }),
    }
}

/// The standard's word for a purpose (v3 PurposeOfUse).
fn purpose(purpose: Purpose) -> Value {
    let code = match purpose {
        Purpose::Treatment => "TREAT",
        Purpose::Payment => "HPAYMT",
        Purpose::Operations => "HOPERAT",
        Purpose::PatientRequest => "PATRQT",
        Purpose::Audit => "HCOMPL",
        Purpose::System => "HSYSADMIN",
    };
    json!([{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": code }] }])
}

fn provenance(told: &Told<'_>, proof: &Proof) -> Value {
    let event = told.event;
    json!({
        "resourceType": "Provenance",
        "id": event.event_id,
        "meta": meta(proof),
        "target": [target(&event.stream.kind, event.stream.id)],
        "recorded": told.recorded_at(),
        "activity": { "coding": [{ "system": EVENT_TYPE, "code": event.event_type }] },
        "agent": [{
            "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "author" }] },
            "role": [{ "coding": [{ "system": "urn:daybook:role", "code": told.metadata("role") }] }],
            "who": { "identifier": { "system": SUBJECT, "value": told.metadata("actor") } },
        }],
        "entity": [{ "role": "source", "what": { "identifier": hash(told)[0] } }],
    })
}
