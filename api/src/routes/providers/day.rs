//! `GET /v1/providers/{provider_id}/day`

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::{Path, Query};
use chrono::NaiveDate;
use daybook_access::{Action, Disclosed, Resource};
use daybook_domain::PatientId;
use daybook_projections::DayVisit;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::IntoParams;

use super::ProviderPath;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::routes::Refusals;
use crate::routes::patients::person::{Person, people};
use crate::shown::{Shown, plain};

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DayQuery {
    /// The date on which visits start, counted in UTC.
    date: NaiveDate,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

#[derive(Serialize)]
struct DayShown {
    position: u64,
    date: NaiveDate,
    visits: Vec<VisitOfDay>,
    /// Of whatever day, the oldest first: some of their results nobody has reviewed.
    results_to_review: Vec<VisitOfDay>,
}

#[derive(Serialize)]
struct VisitOfDay {
    #[serde(flatten)]
    visit: DayVisit,
    patient: Option<Person>,
    reason: Option<Value>,
}

/// A provider's day: the visits that start on a date, whatever became of them; and beside them those of whatever day that have
/// results nobody has reviewed.
#[utoipa::path(
    tag = "providers",
    params(DayQuery),
    responses((status = 200, description = "The day.", body = ref("#/components/schemas/Day")), Refusals)
)]
#[get("/v1/providers/{provider_id}/day")]
pub async fn show_day(path: Path<ProviderPath>, caller: Caller, question: Query<DayQuery>) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (state, clinic) = (&caller.state, caller.clinic());
            query::wait_for(&caller, question.min_position).await?;
            let day = state.views.day(clinic, path.provider_id, question.date).await?;
            let all = || day.visits.iter().chain(&day.results_to_review);
            let patients: Vec<PatientId> = all().map(|visit| visit.patient_id).collect();
            let resource = Resource::day(caller.principal.clinic, Some(path.provider_id));
            let receipt = state.access.read(&caller.asking(), Action::ReadDay, &resource, &patients).await?;
            let reasons: Vec<u64> =
                all().filter(|visit| visit.has_reason).map(|visit| visit.scheduled_position).collect();
            let people = people(state, &receipt, &patients).await?;
            let events = state.ledger.read_positions(clinic, &reasons).await?;
            let opened = state.access.open(&receipt, &events).await?;
            let reasons: BTreeMap<u64, Value> =
                opened.into_iter().map(|mut event| (event.position, plain(event.payload["reason"].take()))).collect();
            let shown = |visits: Vec<DayVisit>| {
                let visits = visits.into_iter().map(|visit| VisitOfDay {
                    patient: people.get(&visit.patient_id).cloned(),
                    reason: reasons.get(&visit.scheduled_position).cloned(),
                    visit,
                });
                visits.collect()
            };
            let shown = DayShown {
                position: day.position,
                date: day.date,
                visits: shown(day.visits),
                results_to_review: shown(day.results_to_review),
            };
            Shown::disclosed(&Disclosed::new(&receipt, shown))
        })
        .await
}
