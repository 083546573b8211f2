//! `GET /v1/visits/{visit_id}/files`

use actix_web::{get, web::Path};
use chrono::{DateTime, Utc};
use daybook_access::{Action, Disclosed};
use daybook_domain::visit::{Event, File, Visit};
use daybook_domain::{Role, Rules, VisitId};
use daybook_ledger::Loaded;
use serde::Serialize;
use serde_json::Value;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::{Refusals, VisitPath};
use crate::shown::{Shown, plain};
use crate::state::decode;

#[derive(Serialize)]
struct FilesShown {
    visit_id: VisitId,
    files: Vec<FileShown>,
    /// The version of the visit that is shown.
    sequence: u64,
}

#[derive(Serialize)]
struct FileShown {
    #[serde(flatten)]
    file: File,
    name: Value,
    sha256: Value,
    attached_at: DateTime<Utc>,
    position: u64,
}

/// The files of the visit, oldest first.
///
/// Removed ones are listed too, without their names, and say so. The front desk sees those that the front desk attached.
#[utoipa::path(
    tag = "visits",
    params(VisitPath),
    responses((status = 200, description = "The list.", body = ref("#/components/schemas/Files")), Refusals)
)]
#[get("/v1/visits/{visit_id}/files")]
pub async fn list_files(path: Path<VisitPath>, caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (state, clinic, visit_id) = (&caller.state, caller.clinic(), path.visit_id);
            let visit: Loaded<Visit> = caller.load(visit_id.0).await?;
            let desk = caller.principal.role == Role::FrontDesk;
            let action = if desk { Action::ReadFrontDeskFile } else { Action::ReadFile };
            let receipt = caller.read_visit(action, visit_id, &visit).await?;
            let mut events = state.ledger.read_stream(clinic, visit.stream(), 0).await?;
            let sequence = events.last().ok_or_else(Problem::not_found)?.sequence;
            let decoded = decode::<Event>(&events)?;
            let mut told = decoded.iter();
            let shown = |event: &Event| matches!(event, Event::FileAttached(attached) if !desk || attached.attached_by == Role::FrontDesk);
            events.retain(|_| told.next().is_some_and(shown));
            let visit = Visit::replay(&decoded);
            let opened = state.access.open(&receipt, &events).await?;
            let files = visit.files().iter().filter(|file| !desk || file.attached_by == Role::FrontDesk);
            // One event a file, both in the order in which they came.
            let files = files.zip(opened).map(|(file, event)| {
                let (attached_at, position) = (event.recorded_at, event.position);
                let mut said = plain(event.payload);
                // What was removed may be about somebody else, and its name too.
                let (name, sha256) = match file.removed {
                    true => (Value::Null, Value::Null),
                    false => (said["name"].take(), said["sha256"].take()),
                };
                FileShown { file: *file, name, sha256, attached_at, position }
            });
            let shown = FilesShown { visit_id, files: files.collect(), sequence };
            Ok(Shown::disclosed(&Disclosed::new(&receipt, shown))?.version(sequence))
        })
        .await
}
