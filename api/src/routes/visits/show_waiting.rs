//! `GET /v1/visits/{visit_id}/waiting`

use actix_web::get;
use actix_web::web::{Path, Query};
use chrono::{DateTime, Utc};
use daybook_access::{Action, Disclosed, Receipt, Resource};
use daybook_domain::visit::{
    CannedMessage, Command, Event, MessageFrom, Readiness, State, TellEstimate, Told, ToldFacts, Visit,
};
use daybook_domain::{Actor, MessageId, ProviderId, Rules, VisitId};
use daybook_ledger::append::CommandKey;
use daybook_ledger::cqrs::{self, Execution};
use daybook_ledger::{Intent, Loaded, Recorded, Stream};
use daybook_projections::{Estimate, WaitingRow};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::routes::{Refusals, VisitPath};
use crate::shown::{Shown, plain};
use crate::state::decode;

/// Which moment to wait for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WaitingQuery {
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

/// Of the patient's own visit; nothing about anybody else but how many are ahead.
#[derive(Serialize)]
pub(super) struct WaitingShown {
    visit_id: VisitId,
    provider_id: Option<ProviderId>,
    state: State,
    /// In words.
    status: &'static str,
    starts_at: Option<DateTime<Utc>>,
    /// When a late provider is expected now.
    provider_expected_at: Option<DateTime<Utc>>,
    provider_readiness: Readiness,
    /// Place among those waiting for this provider, from 1; null for who is not waiting.
    place: Option<u32>,
    waited_seconds: u64,
    /// How much longer, measured; null where too few waits are known, or this one already took longer.
    estimate: Option<Estimate>,
    /// What was measured. It was recorded that the patient was told so.
    measured: Option<Told>,
    /// Oldest first.
    messages: Vec<MessageShown>,
    as_of: DateTime<Utc>,
    /// Position of the newest event in it.
    position: u64,
}

#[derive(Serialize)]
struct MessageShown {
    message_id: MessageId,
    from: MessageFrom,
    text: Value,
    canned: Option<CannedMessage>,
    withdrawn: bool,
    sent_at: DateTime<Utc>,
    read: bool,
}

/// The patient's own wait: where they stand, whether the provider is late, how long it takes or that nobody can say, and what
/// was written.
///
/// Estimates are percentiles of this provider's own recent visits, and there is none where fewer than 8 were measured. What
/// the patient is told is recorded, whenever it is something new, before it is shown.
#[utoipa::path(
    tag = "waiting room",
    params(WaitingQuery),
    responses((status = 200, description = "The wait.", body = ref("#/components/schemas/Waiting")), Refusals)
)]
#[get("/v1/visits/{visit_id}/waiting")]
pub async fn show_waiting(
    path: Path<VisitPath>,
    caller: Caller,
    question: Query<WaitingQuery>,
) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let id = path.visit_id;
            let visit: Loaded<Visit> = caller.load(id.0).await?;
            let receipt = caller.read_visit(Action::ReadWaiting, id, &visit).await?;
            if !visit.exists() {
                return Err(Problem::not_found());
            }
            query::wait_for(&caller, question.min_position).await?;
            let (_, wait) = wait(&caller, &receipt, id).await?;
            Shown::disclosed(&Disclosed::new(&receipt, wait))
        })
        .await
}

/// The wait as it stands, and the position of the room it was taken from. Whatever is new in what the patient is told is on
/// the record when this returns.
pub(super) async fn wait(caller: &Caller, receipt: &Receipt, id: VisitId) -> Result<(u64, WaitingShown), Problem> {
    let (state, clinic) = (&caller.state, caller.clinic());
    let room = state.views.waiting_room(clinic, None).await?;
    let row = room.rows.into_iter().find(|row| row.visit_id == id);
    let events = state.ledger.read_stream(clinic, &Stream::new("visit", id.0), 0).await?;
    let visit = Visit::replay(&decode::<Event>(&events)?);
    // The queue is a little behind the log: a row of another state says nothing of this one.
    let row = row.filter(|row| row.state == visit.state());
    if let Some(measured) = row.as_ref().and_then(|row| row.measured).filter(|now| visit.told() != Some(*now)) {
        tell(caller, id, measured, row.as_ref().and_then(|row| row.place)).await?;
    }
    let sealed: Vec<Recorded> = events.iter().filter(|event| event.event_type == "message-sent").cloned().collect();
    let opened = state.access.open(receipt, &sealed).await?;
    let messages = opened.into_iter().filter_map(|event| {
        let Ok(Event::MessageSent(sent)) = event.decode::<Event>() else { return None };
        let told = visit.messages().get(sent.message_id);
        let withdrawn = told.is_some_and(|message| message.withdrawn);
        Some(MessageShown {
            message_id: sent.message_id,
            from: sent.from,
            canned: sent.canned.filter(|_| !withdrawn),
            sent_at: event.recorded_at,
            read: told.is_some_and(|message| message.read),
            withdrawn,
            text: if withdrawn { Value::Null } else { plain(event.payload)["text"].take() },
        })
    });
    let position = events.last().map_or(0, |event| event.position);
    Ok((room.position, shown(id, &visit, row.as_ref(), messages.collect(), room.as_of, position)))
}

fn shown(
    visit_id: VisitId,
    visit: &Visit,
    row: Option<&WaitingRow>,
    messages: Vec<MessageShown>,
    as_of: DateTime<Utc>,
    position: u64,
) -> WaitingShown {
    WaitingShown {
        visit_id,
        provider_id: visit.provider(),
        state: visit.state(),
        status: status(visit),
        starts_at: visit.starts_at(),
        provider_expected_at: visit.expected_at(),
        provider_readiness: visit.readiness(),
        place: row.and_then(|row| row.place),
        waited_seconds: row.map_or(0, |row| row.waited_seconds),
        estimate: row.and_then(|row| row.estimate),
        measured: row.and_then(|row| row.measured),
        messages,
        as_of,
        position,
    }
}

/// Where a patient stands, in words for the patient.
fn status(visit: &Visit) -> &'static str {
    match (visit.state(), visit.readiness()) {
        (State::NotScheduled, _) => "There is no visit.",
        (State::Requested, _) => "You asked to be seen. We are looking for a provider who is free.",
        (State::Expired, _) => "No provider was free in the time you gave. Ask again, or call the clinic.",
        (State::Scheduled, _) => "Your visit is set up. Open this page when it is time.",
        (State::Arrived, _) => "You are here. We are checking you in.",
        (State::CheckedIn, Readiness::Ready) => "You are in the waiting room, and your provider is ready.",
        (State::CheckedIn, _) if visit.expected_at().is_some() => {
            "You are in the waiting room. Your provider is running late."
        }
        (State::CheckedIn, _) => "You are in the waiting room.",
        (State::Roomed, Readiness::Ready) => "Our staff are with you, and your provider is ready.",
        (State::Roomed, _) => "Our staff are with you and make your visit ready.",
        (State::Held, _) => "You are in the waiting room, on hold for the moment.",
        (State::Admitted, _) => "Your provider has taken you in.",
        (State::Ended | State::Closed, _) => "Your visit is over.",
        (State::Cancelled, _) => "Your visit was called off.",
        (State::NoShow, _) => "Your visit was missed.",
        (State::Left, _) => "You left the waiting room. You may come back.",
        (State::ProviderNoShow, _) => "Your provider did not come. The clinic will call you.",
    }
}

/// Records what the patient is about to be told, before they are. Somebody may have told it at the same moment through another
/// window, or the visit may have moved on: then the refusal is the answer, and nothing is missing from the record.
async fn tell(caller: &Caller, id: VisitId, told: Told, place: Option<u32>) -> Result<(), Problem> {
    // No caller can repeat it: the key is this request's own.
    let key = CommandKey { id: caller.state.ledger.ids().public(), request_hash: [0; 32] };
    let execution = Execution { clinic: caller.clinic(), key, expected: None };
    let attempt = || async {
        let visit: Loaded<Visit> = caller.load(id.0).await?;
        let resource = Resource::visit(caller.principal.clinic, id, &visit);
        let permit =
            caller.state.access.permit(&caller.asking(), Action::VisitCommand("tell-estimate"), &resource).await?;
        let actor: Actor = caller.principal.actor();
        let command = Command::TellEstimate(TellEstimate {}, ToldFacts { told, place });
        let request = daybook_domain::Request { at: caller.state.ledger.clock().now(), actor, command };
        let metadata = caller.asking().metadata(key.id, &permit.policies);
        Ok::<_, Problem>(Intent::new(visit, request, metadata))
    };
    match cqrs::execute(&caller.state.ledger, execution, attempt).await {
        Ok(_) => Ok(()),
        Err(problem) if problem.code == "wrong-state" => Ok(()),
        Err(problem) => Err(problem),
    }
}
