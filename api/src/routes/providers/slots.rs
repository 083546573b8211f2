//! `GET /v1/providers/{provider_id}/slots`

use actix_web::get;
use actix_web::web::{Path, Query};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use daybook_access::{Action, Resource};
use daybook_domain::calendar::{self, Calendar, Slot};
use daybook_domain::{Provider, TimeZone};
use daybook_ledger::Loaded;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::ProviderPath;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::shown::Shown;

/// Which day, and how long.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SlotsQuery {
    /// The day, by the clinic's clocks.
    date: NaiveDate,
    /// How long the visit is to take, 5 to 480 minutes.
    minutes: u16,
}

#[derive(Serialize)]
struct SlotsShown {
    date: NaiveDate,
    time_zone: TimeZone,
    /// Whether anybody said when the provider works. If not, there are no slots to show, and every free time can be booked.
    hours_known: bool,
    slots: Vec<OpenSlot>,
}

#[derive(Serialize)]
struct OpenSlot {
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// What the clinic's clocks show then.
    starts_at_local: chrono::NaiveDateTime,
}

/// The times of a day at which a visit with the provider can still be booked.
///
/// A time that is shown may be gone when it is asked for: then booking it is refused. Nothing is said of who has the others.
#[utoipa::path(
    tag = "providers",
    params(SlotsQuery),
    responses((status = 200, description = "The open times.", body = ref("#/components/schemas/Slots")), Refusals)
)]
#[get("/v1/providers/{provider_id}/slots")]
pub async fn show_slots(
    path: Path<ProviderPath>,
    caller: Caller,
    question: Query<SlotsQuery>,
) -> Result<Shown, Problem> {
    let SlotsQuery { date, minutes } = question.into_inner();
    if !(5..=480).contains(&minutes) {
        return Err(Problem::parameter("minutes", "a number from 5 to 480"));
    }
    let id = path.provider_id;
    caller
        .detached(move |caller| async move {
            let resource = Resource::provider(caller.principal.clinic, id);
            // Nothing is written, so the permit's policies are not either.
            let _ = caller.state.access.permit(&caller.asking(), Action::ReadSlots, &resource).await?;
            let zone = caller.time_zone().await?;
            let calendars = calendars_of(date, &zone).into_iter().map(|day| calendar::id(id, day)).collect();
            let (provider, calendars): (Loaded<Provider>, Vec<Loaded<Calendar>>) =
                caller.load((id.0, calendars)).await?;
            if !provider.is_registered() {
                return Err(Problem::not_found());
            }
            let (length, now) = (Duration::minutes(minutes.into()), caller.state.ledger.clock().now());
            let booked = calendars.iter().flat_map(|calendar| calendar.slots().values().copied());
            let held = calendars.iter().flat_map(|calendar| calendar.held(now)).map(|(_, slot)| slot);
            let taken: Vec<Slot> = booked.chain(held).collect();
            let open = provider.availability().open_slots((date, &zone), length, &taken, now);
            let shown =
                |Slot { starts_at, ends_at }| OpenSlot { starts_at, ends_at, starts_at_local: zone.local(starts_at) };
            let hours_known = open.is_some();
            let slots = open.into_iter().flatten().map(shown).collect();
            Shown::plain(&SlotsShown { date, time_zone: zone, hours_known, slots })
        })
        .await
}

/// The days in UTC that a day of the clinic's, which has 25 hours at most, touches. What is booked across a midnight stands
/// on both sides of it.
fn calendars_of(date: NaiveDate, zone: &TimeZone) -> Vec<NaiveDate> {
    let begins = zone.first_moment(date.and_time(NaiveTime::MIN));
    let mut days: Vec<_> = [begins, begins + Duration::hours(25)].map(|at| at.date_naive()).into();
    days.dedup();
    days
}
