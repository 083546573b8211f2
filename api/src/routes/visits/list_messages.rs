//! `GET /v1/visits/{visit_id}/messages`

use actix_web::get;
use actix_web::web::{Path, Query};
use chrono::{DateTime, Utc};
use daybook_access::{Action, Disclosed};
use daybook_domain::visit::{CannedMessage, Event, MessageFrom, MessageWithdrawn, Visit, WithdrawalReason};
use daybook_domain::{MessageId, Role, Rules, VisitId};
use daybook_ledger::{Loaded, Recorded};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::routes::{Refusals, VisitPath};
use crate::shown::{Shown, plain};
use crate::state::decode;

/// Messages in one answer, at most.
const MOST: usize = 200;

/// Which stretch.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MessagesQuery {
    /// Messages after this position; from the beginning if absent.
    after: Option<u64>,
    /// How many, 1 to 200; 100 if absent.
    limit: Option<usize>,
}

#[derive(Serialize)]
struct MessagesShown {
    visit_id: VisitId,
    messages: Vec<MessageShown>,
    /// What to name as `after` for those that follow; null where none do.
    more_after: Option<u64>,
    /// The version of the visit that is shown.
    sequence: u64,
}

#[derive(Serialize)]
struct MessageShown {
    message_id: MessageId,
    from: MessageFrom,
    sent_by: Role,
    sent_at: DateTime<Utc>,
    position: u64,
    /// Null of a message that has a name, and of one that was withdrawn.
    text: Option<Value>,
    canned: Option<CannedMessage>,
    read: bool,
    withdrawn: Option<Withdrawn>,
}

#[derive(Clone, Copy, Serialize)]
struct Withdrawn {
    reason: WithdrawalReason,
    by: Role,
    at: DateTime<Utc>,
}

/// What patient and staff wrote to each other, oldest first.
///
/// At any time, also long after the visit. Of a withdrawn message is told that there was one.
#[utoipa::path(
    tag = "visits",
    params(VisitPath, MessagesQuery),
    responses((status = 200, description = "A stretch of it.", body = ref("#/components/schemas/Messages")), Refusals)
)]
#[get("/v1/visits/{visit_id}/messages")]
pub async fn list_messages(
    path: Path<VisitPath>,
    caller: Caller,
    question: Query<MessagesQuery>,
) -> Result<Shown, Problem> {
    let limit = question.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::parameter("limit", "between 1 and 200"));
    }
    caller
        .detached(move |caller| async move {
            let (state, clinic, visit_id) = (&caller.state, caller.clinic(), path.visit_id);
            query::written(&caller, "after", question.after).await?;
            let visit: Loaded<Visit> = caller.load(visit_id.0).await?;
            let receipt = caller.read_visit(Action::ReadMessages, visit_id, &visit).await?;
            let events = state.ledger.read_stream(clinic, visit.stream(), 0).await?;
            let sequence = events.last().ok_or_else(Problem::not_found)?.sequence;
            let decoded = decode::<Event>(&events)?;
            let visit = Visit::replay(&decoded);
            let withdrawn = |id: MessageId| {
                events.iter().zip(&decoded).find_map(|(recorded, event)| match event {
                    Event::MessageWithdrawn(MessageWithdrawn { message_id, reason, withdrawn_by, .. })
                        if *message_id == id =>
                    {
                        Some(Withdrawn { reason: *reason, by: *withdrawn_by, at: recorded.recorded_at })
                    }
                    _ => None,
                })
            };
            let asked = |event: &&Recorded| {
                event.event_type == "message-sent" && question.after.is_none_or(|after| event.position > after)
            };
            let mut sent: Vec<Recorded> = events.iter().filter(asked).take(limit + 1).cloned().collect();
            let more = sent.len() > limit;
            sent.truncate(limit);
            let mut messages = Vec::with_capacity(sent.len());
            for (recorded, opened) in sent.iter().zip(state.access.open(&receipt, &sent).await?) {
                let Event::MessageSent(message) = recorded.decode()? else { continue };
                let (message_id, withdrawn) = (message.message_id, withdrawn(message.message_id));
                let said = message.text.is_some() && withdrawn.is_none();
                messages.push(MessageShown {
                    message_id,
                    from: message.from,
                    sent_by: message.sent_by,
                    sent_at: recorded.recorded_at,
                    position: recorded.position,
                    text: said.then(|| plain(opened.payload)["text"].take()),
                    canned: message.canned.filter(|_| withdrawn.is_none()),
                    read: visit.messages().get(message_id).is_some_and(|message| message.read),
                    withdrawn,
                });
            }
            let more_after = messages.last().filter(|_| more).map(|last| last.position);
            let shown = MessagesShown { visit_id, messages, more_after, sequence };
            Ok(Shown::disclosed(&Disclosed::new(&receipt, shown))?.version(sequence))
        })
        .await
}
