//! `GET /v1/patients/{patient_id}`

use std::collections::BTreeSet;

use actix_web::{get, web::Path};
use chrono::NaiveDate;
use daybook_access::{Action, Disclosed, Opened};
use daybook_domain::patient::{AuthorityEnd, Event, ProxyDocument, ProxyKind, ProxyMatter};
use daybook_domain::{AuthorityId, PatientId};
use daybook_ledger::Stream;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::PatientPath;
use super::person::{Person, says_who};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::shown::{Shown, plain};

/// A patient's record.
#[derive(Serialize, JsonSchema)]
pub struct PatientShown {
    /// The patient.
    patient_id: PatientId,
    #[serde(flatten)]
    person: Person,
    /// Who may act for the patient, or might once, oldest first.
    proxy_authorities: Vec<AuthorityShown>,
    /// The record's version.
    sequence: u64,
    /// Position in the clinic's log of its newest event.
    position: u64,
}

/// Somebody's authority to act for the patient.
#[derive(Serialize, JsonSchema)]
pub struct AuthorityShown {
    /// The authority.
    authority_id: AuthorityId,
    /// What makes the proxy one.
    kind: ProxyKind,
    /// Their name.
    name: Value,
    /// On what it was seen.
    document: ProxyDocument,
    /// In what they may act.
    scope: BTreeSet<ProxyMatter>,
    /// The clinic's day on which it was seen.
    verified_on: NaiveDate,
    /// The last day on which it stands.
    expires_on: NaiveDate,
    /// Why it ended before that day, if it did.
    ended: Option<AuthorityEnd>,
}

/// Who a patient is, how to reach them, and who may act for them.
#[utoipa::path(
    tag = "patients",
    responses((status = 200, description = "The record.", body = ref("#/components/schemas/PatientShown")), Refusals)
)]
#[get("/v1/patients/{patient_id}")]
pub async fn show_patient(path: Path<PatientPath>, caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (state, patient) = (&caller.state, path.patient_id);
            let events = state.ledger.read_stream(caller.clinic(), &Stream::new("patient", patient.0), 0).await?;
            let resource = super::resource(&caller, patient, !events.is_empty()).await?;
            let patients = if events.is_empty() { Vec::new() } else { vec![patient] };
            let receipt = state.access.read(&caller.asking(), Action::ReadPatient, &resource, &patients).await;
            let receipt = receipt.map_err(|error| caller.hidden_if_denied(&resource, error))?;
            let newest = events.last().map(|event| (event.sequence, event.position)).ok_or_else(Problem::not_found)?;
            let mut opened = state.access.open(&receipt, &events).await?;
            let proxy_authorities = authorities(&opened)?;
            opened.retain(|event| says_who(&event.event_type));
            let opened = opened.pop().ok_or_else(Problem::not_found)?;
            let (sequence, position) = newest;
            let shown =
                PatientShown { patient_id: patient, person: Person::of(opened), proxy_authorities, sequence, position };
            Ok(Shown::disclosed(&Disclosed::new(&receipt, shown))?.version(sequence))
        })
        .await
}

fn authorities(opened: &[Opened]) -> Result<Vec<AuthorityShown>, Problem> {
    let mut shown: Vec<AuthorityShown> = Vec::new();
    for event in opened {
        match event.decode::<Event>()? {
            Event::ProxyAuthorityVerified(verified) => shown.push(AuthorityShown {
                authority_id: verified.authority_id,
                kind: verified.kind,
                name: plain(event.payload["name"].clone()),
                document: verified.document,
                scope: verified.scope,
                verified_on: verified.verified_on,
                expires_on: verified.expires_on,
                ended: None,
            }),
            Event::ProxyAuthorityEnded(ended) => {
                let this = shown.iter_mut().find(|authority| authority.authority_id == ended.authority_id);
                this.into_iter().for_each(|authority| authority.ended = Some(ended.reason));
            }
            Event::PatientRegistered(_)
            | Event::PatientImported(_)
            | Event::VisitRequested(_)
            | Event::LegalHoldPlaced(_)
            | Event::LegalHoldReleaseProposed(_)
            | Event::LegalHoldReleased(_)
            | Event::ErasureProposed(_)
            | Event::PatientKeyDestroyed(_)
            | Event::DisclosureMade(_)
            | Event::AccountingSuspended(_)
            | Event::GlassBroken(_)
            | Event::GlassReviewed(_) => {}
        }
    }
    Ok(shown)
}
