//! Carrying out a command and answering it: find whose it is, ask the policies, look up the facts, execute, and say what
//! was written where.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use chrono::{DateTime, Utc};
use daybook_access::{AccessError, Action, Resource};
use daybook_domain::visit::{self, AdmitFacts, Visit};
use daybook_domain::{
    AddendumId, ChargeId, ClinicId, NoteId, PatientId, ProviderId, Refusal, Request, Role, Sha256Hex, VisitId,
};
use daybook_ledger::append::{Appended, Guard};
use daybook_ledger::cqrs::{self, ExecuteError, Execution};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::caller::{Call, Caller};
use crate::precondition;
use crate::problem::Problem;
use crate::state::{Parties, State};

/// What a command wrote. Only the ids that the command gave out or acted on are there.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Written {
    /// The clinic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clinic_id: Option<ClinicId>,
    /// The patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient_id: Option<PatientId>,
    /// The provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<ProviderId>,
    /// The visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_id: Option<VisitId>,
    /// The note and addendum or the charge that was made, and the hash a signer signs.
    #[serde(flatten)]
    pub parts: Parts,
    /// The stream's version after the command; also the `ETag`.
    pub sequence: u64,
    /// Position in the clinic's log of the last event written. Ask a view for at least it with `min_position`.
    pub position: u64,
    /// SHA-256 of that event, in hexadecimal.
    pub hash: String,
    /// When it was recorded.
    pub recorded_at: Option<DateTime<Utc>>,
    /// Whether this request had been carried out before; the answer is then that of the first time.
    pub repeated: bool,
    #[serde(skip)]
    pub(crate) location: Option<String>,
}

/// Ids and hashes that a command made, as its event says them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Parts {
    /// The note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note_id: Option<NoteId>,
    /// The addendum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addendum_id: Option<AddendumId>,
    /// The charge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charge_id: Option<ChargeId>,
    /// Hash of what the note or addendum says: what a signature has to name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_sha256: Option<Sha256Hex>,
}

/// A command's answer.
pub type Answer = Result<Written, Problem>;

impl Written {
    /// From what the ledger answered.
    pub fn new(appended: &Appended) -> Self {
        let Some(last) = appended.events.last() else { return Self::default() };
        Self {
            sequence: last.sequence,
            position: last.position,
            hash: hexadecimal(&last.hash),
            recorded_at: Some(last.recorded_at),
            repeated: appended.repeated,
            ..Self::default()
        }
    }

    /// The same, having made something that is found there.
    pub fn at(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }
}

impl Responder for Written {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = if self.location.is_some() { StatusCode::CREATED } else { StatusCode::OK };
        let mut response = HttpResponse::build(status);
        response.insert_header((header::ETAG, precondition::etag(self.sequence)));
        if let Some(location) = &self.location {
            response.insert_header((header::LOCATION, location.as_str()));
        }
        response.json(self)
    }
}

/// Lower-case hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl<const MAX: usize> Call<MAX> {
    /// The command as the ledger wants it. `id` is the stream's.
    pub fn execution<C>(&self, id: Uuid, command: C, guards: Vec<Guard>, policies: &[String]) -> Execution<Request<C>> {
        let request = Request { at: self.state.ledger.clock().now(), actor: self.principal.actor(), command };
        Execution {
            clinic: self.clinic(),
            id,
            command: request,
            key: self.key,
            expected: self.expected,
            guards,
            metadata: self.asking().metadata(self.key.id, policies),
        }
    }

    /// What the ledger answered, counted. `name` is what the measures call the command.
    pub fn outcome<E: Refusal>(
        &self,
        name: &'static str,
        result: Result<Appended, ExecuteError<E>>,
    ) -> Result<Appended, Problem> {
        let metrics = &self.state.metrics;
        match result {
            Ok(appended) => {
                metrics.command(name, appended.repeated);
                Ok(appended)
            }
            Err(error) => {
                let problem = Problem::from(error);
                if problem.status.is_server_error() {
                    metrics.append_error(problem.code);
                }
                Err(problem)
            }
        }
    }
}

/// A visit somebody may act on.
pub struct Addressed<const MAX: usize> {
    call: Call<MAX>,
    id: VisitId,
    parties: Parties,
    policies: Vec<String>,
}

impl<const MAX: usize> Call<MAX> {
    /// The visit a command is for, once the policies permit the command. A visit that does not exist, or is another
    /// clinic's, is put to them all the same, so that neither the answer nor its time tells it from one that is closed.
    pub async fn visit(self, id: VisitId, command: &'static str) -> Result<Addressed<MAX>, Problem> {
        let parties = self.parties(id).await?;
        let resource = visit_resource(&self, id, parties);
        let permit = self.state.access.permit(&self.asking(), Action::VisitCommand(command), &resource).await;
        let permit = permit.map_err(|_| hidden(&self, &resource))?;
        let parties = parties.ok_or_else(Problem::not_found)?;
        Ok(Addressed { call: self, id, parties, policies: permit.policies })
    }

    /// A command on a visit that needs no facts from elsewhere.
    pub async fn visit_command(self, id: VisitId, command: visit::Command) -> Answer {
        self.detached(move |call| async move {
            let visit = call.visit(id, command.name()).await?;
            visit.execute(command, Vec::new()).await
        })
        .await
    }

    /// The same, when the command makes something whose id the caller needs.
    pub async fn visit_command_with_parts(self, id: VisitId, command: visit::Command) -> Answer {
        self.detached(move |call| async move {
            let (state, clinic) = (call.state.clone(), call.clinic());
            let visit = call.visit(id, command.name()).await?;
            let mut written = visit.execute(command, Vec::new()).await?;
            written.parts = parts(&state, clinic, written.position).await?;
            Ok(written)
        })
        .await
    }
}

/// What the policies need to know of a visit.
pub fn visit_resource(caller: &Caller, id: VisitId, parties: Option<Parties>) -> Resource {
    let (patient, provider) = parties.map(|parties| (parties.patient, parties.provider)).unzip();
    Resource::visit(caller.principal.clinic, id, patient, provider)
}

/// How a denial is told. Staff may know that something exists which they may not act on; a patient may not know of other
/// patients' things, and is told the same as of one that does not exist.
pub fn hidden(caller: &Caller, resource: &Resource) -> Problem {
    let own = resource.patient.is_some() && resource.patient == caller.principal.patient();
    match caller.principal.role {
        Role::Patient if !own => Problem::not_found(),
        _ => Problem::denied(),
    }
}

/// A denied read, told as [`hidden`] says; anything else as it is.
pub fn hidden_if_denied(caller: &Caller, resource: &Resource, error: AccessError) -> Problem {
    match error {
        AccessError::Denied(_) => hidden(caller, resource),
        error => error.into(),
    }
}

/// Reads back what a command made: after a repeated request these are the ids of the first time.
async fn parts(state: &State, clinic: Uuid, position: u64) -> Result<Parts, Problem> {
    let events = state.ledger.read_positions(clinic, &[position]).await?;
    let payload = events.first().map(|event| event.payload.as_slice()).unwrap_or(b"{}");
    serde_json::from_slice(payload).map_err(|_| Problem::internal())
}

impl<const MAX: usize> Addressed<MAX> {
    /// The licences of the visit's provider, and the guard that they are still those when the event is written.
    pub async fn licences(&self) -> Result<(AdmitFacts, Guard), Problem> {
        self.call.state.licences(self.call.clinic(), self.parties.provider).await
    }

    /// The server's state and the clinic.
    pub fn caller(&self) -> &Caller {
        &self.call
    }

    /// Carries it out.
    pub async fn execute(self, command: visit::Command, guards: Vec<Guard>) -> Answer {
        let name = command.name();
        let execution = self.call.execution(self.id.0, command, guards, &self.policies);
        let appended = self.call.outcome(name, cqrs::execute::<Visit>(&self.call.state.ledger, execution).await)?;
        Ok(Written { visit_id: Some(self.id), ..Written::new(&appended) })
    }
}
