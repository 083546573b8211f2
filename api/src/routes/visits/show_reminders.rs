//! `GET /v1/visits/{visit_id}/reminders`

use actix_web::get;
use actix_web::web::Path;
use daybook_access::{Action, Disclosed};
use daybook_domain::VisitId;
use daybook_domain::visit::{Reminder, Visit};
use daybook_ledger::Loaded;
use serde::Serialize;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::{Refusals, VisitPath};
use crate::shown::Shown;

#[derive(Serialize)]
struct RemindersShown {
    visit_id: VisitId,
    /// The visit's version that is shown.
    sequence: u64,
    /// Oldest first.
    reminders: Vec<ReminderShown>,
}

#[derive(Serialize)]
struct ReminderShown {
    #[serde(flatten)]
    reminder: Reminder,
    /// Whether the visit is no longer expected at that start.
    superseded: bool,
}

/// The reminders of a visit that were intended, and why they were not sent. Intended is not sent.
#[utoipa::path(
    tag = "visits",
    responses((status = 200, description = "The reminders.", body = ref("#/components/schemas/Reminders")), Refusals)
)]
#[get("/v1/visits/{visit_id}/reminders")]
pub async fn show_reminders(path: Path<VisitPath>, caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let visit_id = path.visit_id;
            let visit: Loaded<Visit> = caller.load(visit_id.0).await?;
            let receipt = caller.read_visit(Action::ReadVisit, visit_id, &visit).await?;
            if !visit.exists() {
                return Err(Problem::not_found());
            }
            let reminders = visit.reminders().iter();
            let reminders = reminders
                .map(|reminder| ReminderShown { reminder: *reminder, superseded: visit.superseded(reminder) })
                .collect();
            let sequence = visit.sequence();
            let shown = RemindersShown { visit_id, sequence, reminders };
            Ok(Shown::disclosed(&Disclosed::new(&receipt, shown))?.version(sequence))
        })
        .await
}
