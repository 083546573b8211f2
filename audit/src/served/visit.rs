//! What `GET /v1/visits/{visit_id}` shows. The same function answers the request and, later, a replay that asks what was
//! shown: as far as this program is the one that answered then.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use daybook_access::{Opened, plain};
use daybook_domain::visit::{
    Consents, ContactAnswer, DeviceCheck, Diagnoses, Emergencies, Event, IdentityConfirmation, Interpretation,
    InvitationState, InviteeKind, LateArrival, LatenessRules, Location, Modality, ModalityChange, Note, Order, Outcome,
    Participant, PresenceState, Proposal, Proxy, Readiness, Results, State, Supervision, TimePart, TimeSpent, Visit,
    VisitRequest,
};
use daybook_domain::{
    ChargeId, DecodeError, NoteId, OrderId, ParticipantId, PatientId, ProviderId, Rules, SessionId, VisitId,
};
use daybook_ledger::Recorded;
use daybook_ledger::format::hexadecimal;
use serde::Serialize;
use serde_json::Value;

/// Name and version of what is shown. Raise it with every change of what a reader gets to see.
pub const TEMPLATE: &str = "visit/1";

/// Who is shown it.
pub enum Viewer<'a> {
    Patient,
    /// Anybody else whom the policies permit, with what the clinic calls late.
    Staff(&'a LatenessRules),
}

/// The answer.
#[derive(Serialize)]
pub struct VisitShown {
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

/// The events with the protected values that are shown, of those that had happened by then.
pub fn protected(events: &[Recorded]) -> Vec<Recorded> {
    let kinds = [REASON, REQUEST, ADDRESS, CALLBACK, CONTACT, NO_INTERPRETER];
    let newest = kinds.into_iter().filter_map(|kind| newest(events, kind));
    newest.chain(events.iter().filter(|event| event.event_type == INVITED)).cloned().collect()
}

const REASON: &str = "scheduled";
const REQUEST: &str = "requested";
const ADDRESS: &str = "location-attested";
const CALLBACK: &str = "callback-number-given";
const CONTACT: &str = "emergency-contact-recorded";
const NO_INTERPRETER: &str = "interpreter-declined";
const INVITED: &str = "participant-invited";

/// The visit as these events leave it, which are all of its first ones, told as of `until`. `opened` are those that
/// [`protected`] names. None where nothing had happened yet; an error where an event cannot be read.
pub fn show(
    visit_id: VisitId,
    events: &[Recorded],
    opened: &[Opened],
    until: DateTime<Utc>,
    viewer: &Viewer<'_>,
) -> Result<Option<VisitShown>, DecodeError> {
    let Some(last) = events.last() else { return Ok(None) };
    let (mut visit, mut time) = (Visit::default(), TimeSpent::default());
    for recorded in events {
        let event: Event = recorded.decode()?;
        visit.evolve(&event);
        time.observe(recorded.recorded_at, &event, &visit);
    }
    let mut shown = shown(visit_id, &visit, values(events, opened), time.parts(until), last);
    match viewer {
        Viewer::Patient => shown.request.iter_mut().for_each(|request| request.declined_by.clear()),
        Viewer::Staff(rules) => shown.proposals = Some(visit.proposals(until, rules)),
    }
    Ok(Some(shown))
}

/// The newest event of a type, if there is one.
fn newest<'a>(events: &'a [Recorded], kind: &str) -> Option<&'a Recorded> {
    events.iter().rev().find(|event| event.event_type == kind)
}

fn values(events: &[Recorded], opened: &[Opened]) -> SealedValues {
    let value = |kind: &str, name: &str| {
        let position = newest(events, kind).map(|event| event.position);
        let found = opened.iter().find(|event| Some(event.position) == position);
        found.and_then(|event| plain(event.payload.clone()).get(name).cloned()).unwrap_or_default()
    };
    let names = opened.iter().filter(|event| event.event_type == INVITED).filter_map(|event| {
        let invited = plain(event.payload.clone());
        Some((serde_json::from_value(invited["participant_id"].clone()).ok()?, invited["name"].clone()))
    });
    SealedValues {
        names: names.collect(),
        // A visit that was asked for has its reason there.
        reason: match value(REASON, "reason") {
            Value::Null => value(REQUEST, "reason"),
            reason => reason,
        },
        address: value(ADDRESS, "address"),
        callback_number: value(CALLBACK, "number"),
        emergency_contact: value(CONTACT, "contact"),
        interpreter_declined_reason: value(NO_INTERPRETER, "reason"),
    }
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
