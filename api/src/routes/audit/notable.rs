//! `GET /v1/audit/notable`

use std::collections::{BTreeMap, BTreeSet};

use actix_web::get;
use actix_web::web::Query;
use chrono::{DateTime, NaiveTime, Utc};
use daybook_access::Resource;
use daybook_audit::Form;
use daybook_audit::reports::{Circumstances, family_name, notable_accesses};
use daybook_domain::Role;
use daybook_projections::{Reading, Whose};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{period, receipt, whole};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::report::Report;
use crate::routes::Refusals;

/// Namesakes of one provider, at most.
const MOST_NAMESAKES: i64 = 1_000;

/// From when to when, by which measures, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NotableQuery {
    /// From this time on; thirty days before `to` if absent.
    from: Option<DateTime<Utc>>,
    /// Up to this time, not including it; now if absent.
    to: Option<DateTime<Utc>>,
    /// When the clinic opens by its clocks, such as 07:00:00, which is meant if absent.
    #[param(value_type = Option<String>)]
    opens: Option<NaiveTime>,
    /// When it closes; 19:00:00 if absent.
    #[param(value_type = Option<String>)]
    closes: Option<NaiveTime>,
    /// Beyond how many patients within an hour it is bulk; 30 if absent.
    bulk: Option<usize>,
    /// `json`, `csv`, `html` or `table`; JSON if absent.
    #[param(value_type = Option<String>)]
    form: Option<Form>,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

/// Access worth a second look: after hours, in bulk, of a namesake, of one's own record, without a relation.
#[utoipa::path(
    tag = "audit",
    params(NotableQuery),
    responses((status = 200, description = "The report.", body = ref("#/components/schemas/Report")), Refusals)
)]
#[get("/v1/audit/notable")]
pub async fn show_notable_accesses(caller: Caller, question: Query<NotableQuery>) -> Result<Report, Problem> {
    let question = question.into_inner();
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    let hours = (question.opens.unwrap_or(hour(7)), question.closes.unwrap_or(hour(19)));
    if hours.0 >= hours.1 {
        return Err(Problem::parameter("closes", "a time after `opens`"));
    }
    caller
        .detached(move |caller| async move {
            let period = period(&caller, question.from, question.to)?;
            query::wait_for(&caller, question.min_position).await?;
            let receipt = receipt(&caller, &Resource::log(caller.principal.clinic)).await?;
            let found = whole(&caller, Whose::Everybody, period).await?;
            let staff: BTreeSet<&str> =
                found.readings.iter().filter(|it| it.role != Role::Patient).map(|it| &*it.reader).collect();
            let known = Circumstances {
                zone: caller.time_zone().await?,
                hours,
                bulk: question.bulk.unwrap_or(30),
                namesakes: namesakes(&caller, &found.readings).await?,
                also_patients: caller.state.views.patients_behind(caller.clinic(), &staff).await?,
            };
            Report::of(&caller, &receipt, notable_accesses(&found, &known), question.form).await
        })
        .await
}

/// Patients with the family name of a provider who read: by the blind index, which opens nothing.
async fn namesakes(
    caller: &Caller,
    readings: &[Reading],
) -> Result<BTreeMap<Uuid, BTreeSet<daybook_domain::PatientId>>, Problem> {
    let (state, clinic) = (&caller.state, caller.clinic());
    let readers: BTreeSet<Uuid> = readings.iter().filter_map(|reading| reading.person).collect();
    let (sealer, mut namesakes) = (state.ledger.sealer(), BTreeMap::new());
    let index = sealer.index(clinic)?;
    for provider in state.views.providers(clinic).await? {
        let family = family_name(provider.name.as_str());
        let Some(family) = family.filter(|_| readers.contains(&provider.provider_id.0)) else { continue };
        let found = sealer.find(clinic, "family", &index.token("family", family), MOST_NAMESAKES).await?;
        namesakes.insert(provider.provider_id.0, found.into_iter().collect());
    }
    Ok(namesakes)
}
