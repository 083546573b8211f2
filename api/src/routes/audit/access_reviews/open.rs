//! `POST /v1/audit/access-reviews`

use std::time::Duration;

use actix_web::post;
use chrono::{DateTime, TimeDelta, Utc};
use daybook_access::Action;
use daybook_domain::access_review::{AccessLine, Command, MOST_LINES, NewAccessReview};
use daybook_domain::{AccessReview, AccessReviewId};
use daybook_ledger::Loaded;
use schemars::JsonSchema;
use serde::Deserialize;

use super::permit;
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::problem::Problem;
use crate::routes::{CommandHeaders, CreationAnswers};

/// How long it may take until the record of access has come to the end of the log.
const PATIENCE: Duration = Duration::from_secs(5);
/// A quarter of a year.
const QUARTER: TimeDelta = TimeDelta::days(92);

/// Of which time.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenAccessReviewRequest {
    /// From this time; 92 days before `to` if absent.
    from: Option<DateTime<Utc>>,
    /// Up to this time, not including it; now if absent.
    to: Option<DateTime<Utc>>,
}

/// Open an access review: a campaign that begins with who used which role in a time, and when last.
///
/// Each line is then kept or removed, and the review closed when all are decided.
#[utoipa::path(
    tag = "audit",
    request_body(content = ref("#/components/schemas/OpenAccessReviewRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CreationAnswers)
)]
#[post("/v1/audit/access-reviews")]
pub async fn open_access_review(call: Call) -> Answer {
    let request = call.read::<OpenAccessReviewRequest>()?;
    call.detached(move |call| async move {
        let permit = permit(&call, Action::OpenAccessReview).await?;
        let (views, ledger, clinic) = (&call.state.views, &call.state.ledger, call.clinic());
        let to = request.to.unwrap_or_else(|| ledger.clock().now());
        let from = request.from.unwrap_or_else(|| to - QUARTER);
        if from >= to {
            return Err(Problem::parameter("from", "a time before `to`"));
        }
        let last = ledger.head(clinic).await?.map_or(0, |head| head.size).saturating_sub(1);
        views.wait_for(clinic, last, PATIENCE).await?;
        // One more than may be, so that the rules see it.
        let used = views.used_roles(clinic, (from, to), MOST_LINES as u32 + 1).await?;
        let lines: Vec<AccessLine> = (1..)
            .zip(used)
            .map(|(line, used)| AccessLine {
                line,
                subject: used.subject,
                role: used.role,
                last_access: used.last_access,
                accesses: used.accesses,
            })
            .collect();
        let id = ledger.ids().public();
        let new = NewAccessReview { access_review_id: AccessReviewId(id), from, to, as_of_position: last, lines };
        let open = || async {
            let command = Command::Open(new.clone());
            Ok(call.intent::<AccessReview>(Loaded::fresh(id), command, &permit.policies))
        };
        let appended = call.execute("open-access-review", open).await?;
        let id = appended.last().map_or(id, |event| event.stream.id);
        let written = Written { access_review_id: Some(AccessReviewId(id)), ..Written::new(&appended) };
        Ok(written.at(format!("/v1/audit/access-reviews/{id}")))
    })
    .await
}
