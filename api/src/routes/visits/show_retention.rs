//! `GET /v1/visits/{visit_id}/retention`

use actix_web::{get, web::Path};
use chrono::NaiveDate;
use daybook_access::{Action, Disclosed};
use daybook_domain::law::{Explained, Keep, Unanswered};
use daybook_domain::visit::Visit;
use daybook_domain::{Clinic, Law, VisitId};
use daybook_ledger::Loaded;
use serde::Serialize;

use super::show_recording_law::UnansweredShown;
use crate::age::born;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::{Refusals, VisitPath};
use crate::shown::Shown;

#[derive(Serialize)]
struct RetentionShown {
    visit_id: VisitId,
    /// The clinic's day whose rules are asked.
    on: NaiveDate,
    keep: Kept,
    /// The day until which the record has to be kept at least, with the rows that say so; null where it is kept always.
    until: Option<Explained<NaiveDate>>,
    /// Why it is kept always.
    unanswered: Option<UnansweredShown>,
}

/// For how long.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Kept {
    Until,
    Always,
}

/// Until when this visit's record has to be kept, and by which rule.
///
/// By the rules of where the patient was, from the day of service and, of a minor, from the day they come of age. What no
/// rule answers is kept. Nothing here destroys anything; a patient's record as a whole is kept as long as its longest visit.
#[utoipa::path(
    tag = "visits",
    responses((status = 200, description = "The answer.", body = ref("#/components/schemas/Retention")), Refusals)
)]
#[get("/v1/visits/{visit_id}/retention")]
pub async fn show_retention(path: Path<VisitPath>, caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let id = path.visit_id;
            let (visit, clinic): (Loaded<Visit>, Loaded<Clinic>) = caller.load((id.0, caller.clinic())).await?;
            let receipt = caller.read_visit(Action::ReadRetention, id, &visit).await?;
            let patient = visit.patient().filter(|_| visit.exists()).ok_or_else(Problem::not_found)?;
            let on = clinic.time_zone().day(caller.state.ledger.clock().now());
            let born = born(&caller, patient, &receipt).await?;
            let missing = |fact| Unanswered::MissingFact { matter: "how long records are kept", fact };
            let keep = match (visit.location(), visit.date_of_service(), born) {
                (None, ..) => Keep::Always(missing("where the patient was")),
                (_, None, _) => Keep::Always(missing("a day of service")),
                (.., None) => Keep::Always(missing("the patient's date of birth")),
                (Some(location), Some(served), Some(born)) => {
                    Law::current().keep_record(location.jurisdiction, served, born, on, &clinic.reliance())
                }
            };
            let (keep, until, unanswered) = match keep {
                Keep::Until(until) => (Kept::Until, Some(until), None),
                Keep::Always(why) => (Kept::Always, None, Some(why.into())),
            };
            let shown = RetentionShown { visit_id: id, on, keep, until, unanswered };
            Shown::disclosed(&Disclosed::new(&receipt, shown))
        })
        .await
}
