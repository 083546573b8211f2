//! What the door writes into the log: `phi-read` before anything is shown, `export-made` before anything is taken away,
//! `access-denied` where nothing is.

use daybook_domain::access_events::{AccessDenied, PATIENT_STREAM, PhiRead, SESSION_STREAM};
use daybook_domain::{AccessEvent, Catalogue, ClinicId, Code, PatientId};
use daybook_ledger::append::{Append, CommandKey, Expected, StreamAppend};
use daybook_ledger::{Draft, Ledger, Metadata, Placed, Stream, Unsealed};

use crate::error::AccessError;
use crate::{Action, Asking, Denial, Resource};

/// Which stream a disclosure is recorded in: the one patient's, or the reader's session's where it is a list.
pub(crate) fn stream_of_read(asking: &Asking<'_>, patients: &[PatientId]) -> Stream {
    match patients {
        [one] => Stream::new(PATIENT_STREAM, one.0),
        _ => stream_of_session(asking),
    }
}

/// The reader's session's stream.
pub(crate) fn stream_of_session(asking: &Asking<'_>) -> Stream {
    Stream::new(SESSION_STREAM, asking.principal.session)
}

/// That someone is about to be shown PHI.
pub(crate) fn phi_read(
    asking: &Asking<'_>,
    action: Action,
    resource: &Resource,
    patients: &[PatientId],
    policies: &[String],
) -> AccessEvent {
    PhiRead {
        reader: asking.principal.subject.clone(),
        role: asking.principal.role,
        action: code(action.name()),
        resource_kind: code(resource.kind.name()),
        resource_id: resource.id,
        purpose: asking.purpose,
        patients: patients.to_vec(),
        policies: policies.iter().map(|policy| code(policy)).collect(),
    }
    .into()
}

/// That someone was turned away. Of another clinic's things only what was asked is kept, not whom it concerns: a clinic's
/// log names nobody else's patients.
pub(crate) fn access_denied(asking: &Asking<'_>, denial: &Denial) -> AccessEvent {
    let Denial { resource, patients, denied } = denial;
    let own = resource.clinic == asking.principal.clinic;
    AccessDenied {
        reader: asking.principal.subject.clone(),
        role: asking.principal.role,
        action: code(denied.action),
        resource_kind: code(resource.kind.name()),
        resource_id: resource.id.filter(|_| own),
        purpose: asking.purpose,
        patients: patients.iter().copied().filter(|_| own).collect(),
        policies: denied.policies.iter().map(|policy| code(policy)).collect(),
        reason: code(denied.reason()),
    }
    .into()
}

/// A name of our own. Names that are no codes are refused where they enter: policies at the start, actions by the policies.
pub(crate) fn code(name: &str) -> Code {
    Code::try_from(name).or_else(|_| Code::try_from("unnamed")).expect("a constant code has the shape of one")
}

/// Appends facts durably, all or none: when this returns, they stand in the log under a signed checkpoint. Where the first
/// stands.
pub(crate) async fn append(
    ledger: &Ledger,
    clinic: ClinicId,
    stream: Stream,
    facts: &[AccessEvent],
    asking: &Asking<'_>,
    more: Metadata,
) -> Result<Placed, AccessError> {
    let command_id = ledger.ids().internal();
    let mut events = Vec::new();
    for fact in facts {
        let policies = match fact {
            AccessEvent::PhiRead(read) => &read.policies,
            AccessEvent::AccessDenied(denied) => &denied.policies,
            AccessEvent::ExportMade(made) => &made.policies,
        };
        let policies: Vec<String> = policies.iter().map(|policy| policy.as_str().to_owned()).collect();
        let mut metadata = asking.metadata(command_id, &policies);
        // Which credential read, and which person it is: the payload names the subject alone.
        metadata.insert("session".into(), asking.principal.session.to_string());
        if let Some(person) = asking.principal.person {
            metadata.insert("person".into(), person.to_string());
        }
        metadata.extend(more.clone());
        let unsealed = Unsealed {
            event_id: ledger.ids().internal(),
            event_type: Catalogue::event_type(fact),
            event_version: Catalogue::event_version(fact),
            payload: fact.payload(),
        };
        let draft = Draft::seal(unsealed, clinic.0, &stream, None, &metadata, ledger.sealer())
            .await
            .map_err(|_| AccessError::AuditUnavailable("cannot-seal".into()))?;
        events.push(draft);
    }
    let append = Append {
        clinic: clinic.0,
        command: CommandKey { id: command_id, request_hash: [0; 32] },
        streams: vec![StreamAppend { stream, expected: Expected::Any, events }],
        guards: Vec::new(),
    };
    let appended = ledger.append(append).await?;
    appended.events.into_iter().next().ok_or_else(|| AccessError::AuditUnavailable("nothing-written".into()))
}
