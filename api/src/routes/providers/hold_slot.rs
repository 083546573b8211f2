//! `POST /v1/providers/{provider_id}/holds`

use actix_web::{post, web::Path};
use daybook_access::{Action, Resource};
use daybook_domain::calendar::{self, Calendar, Command, Hold};
use daybook_domain::{HoldId, Provider, Time};
use daybook_ledger::Loaded;
use schemars::JsonSchema;
use serde::Deserialize;

use super::ProviderPath;
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::problem::Problem;
use crate::routes::{CommandAnswers, CommandHeaders};
use crate::visit::parts;

/// Keep a time of the provider's for the minutes it takes to book it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldSlot {
    /// When the time starts: an instant, or a time by the clinic's clocks.
    starts_at: Time,
    /// How long it is, 5 to 480 minutes.
    duration_minutes: u16,
}

/// Keep a time for the minutes it takes to book it.
///
/// Nobody else can book it meanwhile without overbooking. Name the hold's id when the visit is set up or moved; a hold that
/// is not used ends by itself after five minutes.
#[utoipa::path(
    tag = "providers",
    request_body(content = ref("#/components/schemas/HoldSlot"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/providers/{provider_id}/holds")]
pub async fn hold_slot(path: Path<ProviderPath>, call: Call) -> Answer {
    let HoldSlot { starts_at, duration_minutes } = call.read::<HoldSlot>()?;
    let provider_id = path.provider_id;
    call.detached(move |call| async move {
        let resource = Resource::clinic(call.principal.clinic);
        let permit = call.state.access.permit(&call.asking(), Action::ScheduleVisit, &resource).await?;
        let zone = call.time_zone().await?;
        let starts_at = starts_at.resolve(&zone).map_err(|none| Problem::refused(&none))?;
        let hold_id = HoldId(call.state.ledger.ids().public());
        let days = calendar::days(starts_at, duration_minutes);
        let hold = || async {
            let ids = days.iter().map(|day| calendar::id(provider_id, *day)).collect();
            let (provider, calendars): (Loaded<Provider>, Vec<Loaded<Calendar>>) =
                call.load((provider_id.0, ids)).await?;
            if !provider.is_registered() {
                return Err(Problem::not_found());
            }
            let asked = |day| Command::Hold(Hold { provider_id, day, hold_id, starts_at, duration_minutes });
            let mut calendars = days.iter().copied().zip(calendars);
            // A time touches one day at least.
            let (first, calendar) = calendars.next().ok_or_else(Problem::internal)?;
            let intent = call.intent(calendar, asked(first), &permit.policies);
            let others = calendars.map(|(day, calendar)| calendar.decides(call.request(asked(day))));
            Ok(intent.together_with(others))
        };
        let appended = call.execute("hold-slot", hold).await?;
        let written = Written { provider_id: Some(provider_id), ..Written::new(&appended) };
        let parts = parts(&call.state, call.clinic(), &written.positions).await?;
        Ok(Written { parts, ..written })
    })
    .await
}
