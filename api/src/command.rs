//! Carrying out a command and answering it: attempt by attempt through the ledger, and then what was written where.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use chrono::{DateTime, Utc};
use daybook_domain::{
    AccessReviewId, AddendumId, AuthorityId, ChargeId, ClinicId, DisclosureId, EmergencyId, FileId, GlassId, HoldId,
    LegalHoldId, MessageId, NoteId, OrderId, ParticipantId, PatientId, Private, ProviderId, Request, ResultId, Rules,
    SessionId, Sha256Hex, VisitId,
};
use daybook_ledger::append::Appended;
use daybook_ledger::cqrs::{self, Executable, Execution};
use daybook_ledger::format::hexadecimal;
use daybook_ledger::{Intent, Loaded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::caller::Call;
use crate::precondition;
use crate::problem::Problem;

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
    /// The group session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The access review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_review_id: Option<AccessReviewId>,
    /// The visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_id: Option<VisitId>,
    /// The note and addendum, the diagnosis, order, charge, emergency or participant that was made, and the hash a signer
    /// signs.
    #[serde(flatten)]
    pub parts: Parts,
    /// The token of an invitation: shown once, and kept nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation_token: Option<Private<String>>,
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
    /// Positions of the events it wrote in its main aggregate's stream, oldest first.
    #[serde(skip)]
    pub(crate) positions: Vec<u64>,
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
    /// The order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// The result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_id: Option<ResultId>,
    /// The diagnosis's number on the visit's list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnosis_number: Option<u8>,
    /// The hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_id: Option<HoldId>,
    /// The legal hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_hold_id: Option<LegalHoldId>,
    /// The disclosure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disclosure_id: Option<DisclosureId>,
    /// The time the glass was broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glass_id: Option<GlassId>,
    /// When that ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// When the hold ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<DateTime<Utc>>,
    /// The emergency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency_id: Option<EmergencyId>,
    /// A proxy's authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority_id: Option<AuthorityId>,
    /// Somebody who takes part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant_id: Option<ParticipantId>,
    /// The message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<FileId>,
    /// Hash of what the note, addendum or order says: what a signature has to name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_sha256: Option<Sha256Hex>,
    /// What a signature commits to: what a correction or a cosigner has to name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_sha256: Option<Sha256Hex>,
}

/// A command's answer.
pub type Answer = Result<Written, Problem>;

impl Written {
    /// From what the ledger answered: where the command's main aggregate stands since.
    pub fn new(appended: &Appended) -> Self {
        let Some(last) = appended.last() else { return Self::default() };
        Self {
            sequence: last.sequence,
            position: last.position,
            hash: hexadecimal(&last.hash),
            recorded_at: Some(last.recorded_at),
            repeated: appended.repeated,
            positions: appended
                .events
                .iter()
                .filter(|event| event.stream == last.stream)
                .map(|it| it.position)
                .collect(),
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

impl<const MAX: usize> Call<MAX> {
    /// A command with its circumstances, as the rules want it.
    pub fn request<C>(&self, command: C) -> Request<C> {
        Request { at: self.state.ledger.clock().now(), actor: self.principal.actor(), command }
    }

    /// A command on what was loaded for it, as these policies permitted it.
    pub fn intent<A: Rules>(&self, main: Loaded<A>, command: A::Command, policies: &[String]) -> Intent<A> {
        Intent::new(main, self.request(command), self.asking().metadata(self.key.id, policies))
    }

    /// What all attempts at the command have in common.
    pub fn execution(&self) -> Execution {
        Execution { clinic: self.clinic(), key: self.key, expected: self.expected }
    }

    /// Carries a command out, attempt by attempt, and counts it. `name` is what the measures call it.
    pub async fn execute<A, F>(&self, name: &'static str, attempt: impl Fn() -> F) -> Result<Appended, Problem>
    where
        A: Executable,
        F: Future<Output = Result<Intent<A>, Problem>>,
    {
        self.counted(name, cqrs::execute(&self.state.ledger, self.execution(), attempt).await)
    }

    /// What became of a command, counted.
    pub fn counted(&self, name: &'static str, result: Result<Appended, Problem>) -> Result<Appended, Problem> {
        let metrics = &self.state.metrics;
        match &result {
            Ok(appended) => metrics.command(name, appended.repeated),
            Err(problem) if problem.status.is_server_error() => metrics.append_error(problem.code),
            Err(_) => {}
        }
        result
    }
}
