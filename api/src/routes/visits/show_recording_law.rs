//! `GET /v1/visits/{visit_id}/recording-law`

use actix_web::get;
use actix_web::web::{Path, Query};
use chrono::NaiveDate;
use daybook_access::{Action, Disclosed};
use daybook_domain::law::{ConsentFloor, Explained, Unanswered};
use daybook_domain::visit::{ConsentAnswer, Heard, Visit};
use daybook_domain::{Clinic, Jurisdiction, Law, VisitId};
use daybook_ledger::Loaded;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::{Refusals, VisitPath};
use crate::shown::Shown;

/// What to suppose.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RecordingLawQuery {
    /// Where to suppose everybody is whose place nobody attested. Without it their places are unknown, which leaves the
    /// question without an answer unless the patient's place asks for everybody's consent.
    #[param(value_type = Option<String>)]
    suppose: Option<Jurisdiction>,
}

/// Where somebody is, and how that is known.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum PlaceKnown {
    Attested,
    Supposed,
    Unknown,
}

#[derive(Serialize)]
struct HeardShown {
    #[serde(flatten)]
    heard: Heard,
    place_known: PlaceKnown,
    consent_stands: bool,
}

#[derive(Serialize)]
struct RecordingLawShown {
    visit_id: VisitId,
    /// The day whose rules are asked.
    on: NaiveDate,
    /// The legal floor with the rows it rests on; null where there is no answer.
    floor: Option<Explained<ConsentFloor>>,
    /// Why there is none.
    unanswered: Option<UnansweredShown>,
    participants: Vec<HeardShown>,
    /// Whether everybody's consent stands, which is asked for whatever the floor. Nothing here starts a recording.
    everybody_consents: bool,
    sequence: u64,
}

/// Why the rules do not answer.
#[derive(Serialize)]
pub(crate) struct UnansweredShown {
    code: &'static str,
    detail: String,
}

impl From<Unanswered> for UnansweredShown {
    fn from(why: Unanswered) -> Self {
        Self { code: why.code(), detail: why.to_string() }
    }
}

/// Whose consent the law asks for before this visit is recorded, and whose stands.
///
/// The strictest place of anybody who would be heard governs. Each row says what it says, where that is written and whether
/// the clinic may rely on it. Everybody's consent is asked for, whatever the floor.
#[utoipa::path(
    tag = "visits",
    params(RecordingLawQuery),
    responses((status = 200, description = "The answer.", body = ref("#/components/schemas/RecordingLaw")), Refusals)
)]
#[get("/v1/visits/{visit_id}/recording-law")]
pub async fn show_recording_law(
    path: Path<VisitPath>,
    caller: Caller,
    question: Query<RecordingLawQuery>,
) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let id = path.visit_id;
            let (visit, clinic): (Loaded<Visit>, Loaded<Clinic>) = caller.load((id.0, caller.clinic())).await?;
            let receipt = caller.read_visit(Action::ReadRecordingLaw, id, &visit).await?;
            if !visit.exists() {
                return Err(Problem::not_found());
            }
            let zone = clinic.time_zone();
            let on = visit.date_of_service().unwrap_or_else(|| zone.day(caller.state.ledger.clock().now()));
            let participants: Vec<_> =
                visit.heard().into_iter().map(|heard| supposing(heard, question.suppose)).collect();
            let places: Vec<_> = participants.iter().map(|one| one.heard.place).collect();
            let (floor, unanswered) = match Law::current().recording_consent(&places, on, &clinic.reliance()) {
                Ok(floor) => (Some(floor), None),
                Err(why) => (None, Some(why.into())),
            };
            let everybody_consents = participants.iter().all(|one| one.consent_stands);
            let sequence = visit.sequence();
            let shown =
                RecordingLawShown { visit_id: id, on, floor, unanswered, participants, everybody_consents, sequence };
            Shown::disclosed(&Disclosed::new(&receipt, shown))
        })
        .await
}

fn supposing(heard: Heard, suppose: Option<Jurisdiction>) -> HeardShown {
    let place_known = match (heard.place, suppose) {
        (Some(_), _) => PlaceKnown::Attested,
        (None, Some(_)) => PlaceKnown::Supposed,
        (None, None) => PlaceKnown::Unknown,
    };
    let consent_stands = heard.consent == Some(ConsentAnswer::Given);
    HeardShown { heard: Heard { place: heard.place.or(suppose), ..heard }, place_known, consent_stands }
}
