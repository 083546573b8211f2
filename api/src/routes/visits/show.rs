//! `GET /v1/visits/{visit_id}`

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::{Path, Query};
use chrono::{DateTime, Utc};
use daybook_access::{Action, Disclosed};
use daybook_domain::visit::{
    Consents, ContactAnswer, DeviceCheck, Diagnoses, Emergencies, Event, IdentityConfirmation, Interpretation,
    InvitationState, InviteeKind, LateArrival, LatenessRules, Location, Modality, ModalityChange, Note, Order, Outcome,
    Participant, PresenceState, Proposal, Proxy, Readiness, Results, State, Supervision, TimePart, TimeSpent, Visit,
    VisitRequest,
};
use daybook_domain::{
    ChargeId, Clinic, NoteId, OrderId, ParticipantId, PatientId, ProviderId, Role, Rules, SessionId, VisitId,
};
use daybook_ledger::{Loaded, Recorded, Stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::IntoParams;

use daybook_ledger::format::hexadecimal;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::{only_one, written};
use crate::routes::{Refusals, VisitPath};
use crate::shown::{Shown, plain};
use crate::state::decode;

/// At which moment.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct VisitQuery {
    /// As it stood at this time.
    as_of: Option<DateTime<Utc>>,
    /// As it stood after this event of its own.
    at_sequence: Option<u64>,
    /// Understood for the sake of callers who send it everywhere: this answer comes from the log and is never behind.
    min_position: Option<u64>,
}

#[derive(Serialize)]
struct VisitShown {
    visit_id: VisitId,
    patient_id: Option<PatientId>,
    provider_id: Option<ProviderId>,
    state: State,
    /// What it began with, where it was asked for on demand. To the patient it does not say who declined.
    request: Option<VisitRequest>,
    starts_at: Option<DateTime<Utc>>,
    duration_minutes: u16,
    modality: Option<Modality>,
    modality_changes: Vec<ModalityChange>,
    reason: Value,
    expected_at: Option<DateTime<Utc>>,
    provider_readiness: Readiness,
    late_arrival: LateArrival,
    /// What the system proposes to record of who is late or gone; only a person records it, and the patient is not shown it.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposals: Option<Vec<Proposal>>,
    identity_verified: bool,
    identity_confirmation: IdentityConfirmation,
    intake_recorded: bool,
    device_check: Option<DeviceCheck>,
    location: Option<Location>,
    address: Value,
    callback_number: Value,
    emergency_contact_answer: Option<ContactAnswer>,
    emergency_contact: Value,
    emergencies: Emergencies,
    interpretation: Interpretation,
    interpreter_declined_reason: Value,
    proxies: Vec<ProxyShown>,
    invitations: Vec<InvitationShown>,
    /// Under whose supervision the provider treats; null where nobody's.
    supervision: Option<Supervision>,
    session_id: Option<SessionId>,
    outcome: Option<Outcome>,
    consents: Consents,
    presence: Present,
    notes: Vec<NoteShown>,
    diagnoses: Diagnoses,
    orders: Vec<OrderShown>,
    /// What came of lab orders, by id: of which order, and who reviewed it. `GET …/orders/{order_id}` shows what it says.
    results: Results,
    charges: Vec<ChargeShown>,
    /// Where the time went until that moment, by state and on whose account; the parts add up to the whole.
    time: Vec<TimePart>,
    /// The version that is shown, and the event that made it.
    sequence: u64,
    position: u64,
    hash: String,
    recorded_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct Present {
    patient: PresenceState,
    provider: PresenceState,
    /// Who supervises the provider, if somebody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    supervisor: Option<PresenceState>,
    /// Everybody else who was seen on the call.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    participants: BTreeMap<ParticipantId, PresenceState>,
}

#[derive(Serialize)]
struct ProxyShown {
    participant_id: ParticipantId,
    #[serde(flatten)]
    proxy: Proxy,
}

#[derive(Serialize)]
struct InvitationShown {
    participant_id: ParticipantId,
    kind: InviteeKind,
    name: Value,
    expires_at: DateTime<Utc>,
    state: InvitationState,
}

#[derive(Serialize)]
struct NoteShown {
    note_id: NoteId,
    #[serde(flatten)]
    note: Note,
}

/// Without what it says, and with whether it went out.
#[derive(Serialize)]
struct OrderShown {
    order_id: OrderId,
    #[serde(flatten)]
    order: Order,
}

#[derive(Serialize)]
struct ChargeShown {
    charge_id: ChargeId,
    #[serde(flatten)]
    charge: daybook_domain::visit::Charge,
}

/// A visit: where it stands now, or stood at a past moment.
///
/// Notes and orders are named here with the hash of what they say, diagnoses by number; `GET …/notes/{note_id}`,
/// `…/orders/{order_id}` and `…/diagnoses` show what that is. Every order says whether it went out.
#[utoipa::path(
    tag = "visits",
    params(VisitQuery),
    responses((status = 200, description = "The visit.", body = ref("#/components/schemas/Visit")), Refusals)
)]
#[get("/v1/visits/{visit_id}")]
pub async fn show_visit(path: Path<VisitPath>, caller: Caller, question: Query<VisitQuery>) -> Result<Shown, Problem> {
    only_one(&[question.as_of.is_some(), question.at_sequence.is_some()], "as_of or at_sequence, not both")?;
    caller
        .detached(move |caller| async move {
            let (state, clinic, id) = (&caller.state, caller.clinic(), path.visit_id);
            written(&caller, "min_position", question.min_position).await?;
            let mut events = state.ledger.read_stream(clinic, &Stream::new("visit", id.0), 0).await?;
            // Who may see it is said by how it stands now, whichever moment is asked for.
            let visit = Visit::replay(&decode::<Event>(&events)?);
            let receipt = caller.read_visit(Action::ReadVisit, id, &visit).await?;
            events.retain(|event| question.as_of.is_none_or(|time| event.recorded_at <= time));
            events.retain(|event| question.at_sequence.is_none_or(|sequence| event.sequence <= sequence));
            let last = events.last().ok_or_else(Problem::not_found)?.clone();
            let reason = newest(&events, "scheduled");
            let requested = newest(&events, "requested");
            let address = newest(&events, "location-attested");
            let callback = newest(&events, "callback-number-given");
            let contact = newest(&events, "emergency-contact-recorded");
            let no_interpreter = newest(&events, "interpreter-declined");
            let sealed = [&reason, &requested, &address, &callback, &contact, &no_interpreter].map(Vec::clone).concat();
            let invited = events.iter().filter(|event| event.event_type == "participant-invited").cloned();
            let sealed: Vec<Recorded> = sealed.into_iter().chain(invited).collect();
            let opened = state.access.open(&receipt, &sealed).await?;
            let value = |sealed: &[Recorded], name: &str| {
                let position = sealed.first().map(|event| event.position);
                let found = opened.iter().find(|event| Some(event.position) == position);
                found.and_then(|event| plain(event.payload.clone()).get(name).cloned()).unwrap_or_default()
            };
            let names = opened.iter().filter(|event| event.event_type == "participant-invited").filter_map(|event| {
                let invited = plain(event.payload.clone());
                Some((serde_json::from_value(invited["participant_id"].clone()).ok()?, invited["name"].clone()))
            });
            let sealed = SealedValues {
                names: names.collect(),
                // A visit that was asked for has its reason there.
                reason: match value(&reason, "reason") {
                    Value::Null => value(&requested, "reason"),
                    reason => reason,
                },
                address: value(&address, "address"),
                callback_number: value(&callback, "number"),
                emergency_contact: value(&contact, "contact"),
                interpreter_declined_reason: value(&no_interpreter, "reason"),
            };
            let (mut visit, mut time) = (Visit::default(), TimeSpent::default());
            for (recorded, event) in events.iter().zip(decode::<Event>(&events)?) {
                visit.evolve(&event);
                time.observe(recorded.recorded_at, &event, &visit);
            }
            // A past version is told as of its own last event, unless a moment was asked for; nothing is told of the future.
            let now = state.ledger.clock().now();
            let until = match question.at_sequence {
                Some(_) => last.recorded_at,
                None => question.as_of.map_or(now, |time| time.min(now)),
            };
            let mut shown = shown(id, &visit, sealed, time.parts(until), &last);
            match caller.principal.role {
                Role::Patient => shown.request.iter_mut().for_each(|request| request.declined_by.clear()),
                _ => {
                    let clinic: Loaded<Clinic> = caller.load(clinic).await?;
                    shown.proposals = Some(visit.proposals(until, &LatenessRules::of(&clinic)));
                }
            }
            Ok(Shown::disclosed(&Disclosed::new(&receipt, shown))?.version(last.sequence))
        })
        .await
}

/// The newest event of a type, if there is one.
fn newest(events: &[Recorded], kind: &str) -> Vec<Recorded> {
    events.iter().rev().find(|event| event.event_type == kind).cloned().into_iter().collect()
}

/// What the newest event of its kind says.
struct SealedValues {
    reason: Value,
    address: Value,
    callback_number: Value,
    emergency_contact: Value,
    interpreter_declined_reason: Value,
    /// Names of those who were invited.
    names: BTreeMap<ParticipantId, Value>,
}

fn shown(visit_id: VisitId, visit: &Visit, sealed: SealedValues, time: Vec<TimePart>, last: &Recorded) -> VisitShown {
    let notes = visit.notes().iter().map(|(note_id, note)| NoteShown { note_id, note: note.clone() });
    let charges = visit.charges().iter().map(|(charge_id, charge)| ChargeShown { charge_id, charge: charge.clone() });
    let orders = visit.orders().iter().map(|(order_id, order)| OrderShown { order_id, order: order.clone() });
    let invitations = visit.invitations().iter().map(|(participant_id, invitation)| InvitationShown {
        participant_id,
        kind: invitation.kind,
        name: sealed.names.get(&participant_id).cloned().unwrap_or_default(),
        expires_at: invitation.expires_at,
        state: invitation.state,
    });
    VisitShown {
        visit_id,
        patient_id: visit.patient(),
        provider_id: visit.provider(),
        state: visit.state(),
        request: visit.requested().cloned(),
        starts_at: visit.starts_at(),
        duration_minutes: visit.duration_minutes(),
        modality: visit.modality(),
        modality_changes: visit.modality_changes().to_vec(),
        reason: sealed.reason,
        expected_at: visit.expected_at(),
        provider_readiness: visit.readiness(),
        late_arrival: visit.late_arrival(),
        proposals: None,
        identity_verified: visit.identity_verified(),
        identity_confirmation: visit.identity_confirmation(),
        intake_recorded: visit.intake_recorded(),
        device_check: visit.device_check(),
        location: visit.location(),
        address: sealed.address,
        callback_number: sealed.callback_number,
        emergency_contact_answer: visit.contacts().emergency_contact,
        emergency_contact: sealed.emergency_contact,
        emergencies: visit.emergencies().clone(),
        interpretation: visit.interpretation().clone(),
        interpreter_declined_reason: sealed.interpreter_declined_reason,
        proxies: visit.proxies().iter().map(|(participant_id, proxy)| ProxyShown { participant_id, proxy }).collect(),
        outcome: visit.outcome(),
        consents: visit.consents().clone(),
        presence: Present {
            patient: visit.presence().of(Participant::Patient),
            provider: visit.presence().of(Participant::Provider),
            supervisor: visit.supervision().map(|_| visit.presence().of(Participant::Supervisor)),
            participants: visit.presence().participants().collect(),
        },
        invitations: invitations.collect(),
        supervision: visit.supervision(),
        session_id: visit.session(),
        notes: notes.collect(),
        diagnoses: visit.diagnoses().clone(),
        orders: orders.collect(),
        results: visit.results().clone(),
        charges: charges.collect(),
        time,
        sequence: last.sequence,
        position: last.position,
        hash: hexadecimal(&last.hash),
        recorded_at: last.recorded_at,
    }
}
