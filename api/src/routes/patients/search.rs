//! `POST /v1/patients/search`

use actix_web::post;
use chrono::NaiveDate;
use daybook_access::{Action, Disclosed, Resource};
use daybook_domain::{PatientId, Private, Text};
use daybook_ledger::sealing::{BlindIndex, normalize};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::person::{Person, people};
use crate::caller::Call;
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::shown::Shown;
use crate::state::State;

/// Patients found at most.
const MOST: i64 = 200;
/// Letters of a name by which it is also found: `BlindIndex::name_tokens`.
const PREFIX: usize = 4;

/// Whom to look for; all that is given has to fit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchPatientsRequest {
    /// A family name, or its beginning: two letters at least.
    family_name: Option<Text<100>>,
    /// A medical record number, whole.
    mrn: Option<Text<40>>,
    /// A date of birth.
    birth_date: Option<Private<NaiveDate>>,
}

/// Patients that were found.
#[derive(Serialize, JsonSchema)]
pub struct PatientsFound {
    /// By family name; 200 at most.
    patients: Vec<PatientFound>,
    /// Whether there may be more: narrow the search.
    more: bool,
}

#[derive(Serialize, JsonSchema)]
struct PatientFound {
    /// The patient.
    patient_id: PatientId,
    #[serde(flatten)]
    person: Person,
}

/// Look patients up.
///
/// A POST, because a name or number in a URL ends up in logs and histories. The names of all that are found are recorded
/// as read.
#[utoipa::path(
    tag = "patients",
    request_body(content = ref("#/components/schemas/SearchPatientsRequest"), content_type = "application/json"),
    responses((status = 200, description = "Who was found.", body = ref("#/components/schemas/PatientsFound")), Refusals)
)]
#[post("/v1/patients/search")]
pub async fn search_patients(call: Call) -> Result<Shown, Problem> {
    let request = call.read::<SearchPatientsRequest>()?;
    call.detached(move |call| async move {
        let resource = Resource::clinic(call.principal.clinic);
        // Asked before the index is, so that nobody learns from the time it takes.
        let _ = call.state.access.permit(&call.asking(), Action::FindPatient, &resource).await?;
        let found = find(&call.state, call.clinic(), &request).await?;
        let receipt = call.state.access.read(&call.asking(), Action::FindPatient, &resource, &found).await?;
        let people = people(&call.state, &receipt, &found).await?;
        let mut patients: Vec<_> = people
            .into_iter()
            .filter(|(_, person)| fits(person, &request))
            .map(|(patient_id, person)| PatientFound { patient_id, person })
            .collect();
        patients
            .sort_by_cached_key(|found| (found.person.family_name.to_string(), found.person.given_name.to_string()));
        let shown = PatientsFound { patients, more: found.len() as i64 >= MOST };
        Shown::disclosed(&Disclosed::new(&receipt, shown))
    })
    .await
}

/// Patients under every token, as far as the index can tell.
async fn find(state: &State, clinic: uuid::Uuid, request: &SearchPatientsRequest) -> Result<Vec<PatientId>, Problem> {
    let sealer = state.ledger.sealer();
    let tokens = tokens(&sealer.index(clinic)?, request)?;
    let mut found: Option<Vec<PatientId>> = None;
    for (field, token) in tokens {
        let under = sealer.find(clinic, field, &token, MOST).await?;
        found = Some(match found {
            Some(before) => before.into_iter().filter(|patient| under.contains(patient)).collect(),
            None => under,
        });
    }
    found.ok_or_else(|| {
        Problem::new(
            actix_web::http::StatusCode::UNPROCESSABLE_ENTITY,
            "invalid-body",
            "a search needs something to look for",
        )
        .field("", "missing", Some("family_name, mrn or birth_date".into()))
    })
}

/// The most telling first.
fn tokens(index: &BlindIndex, request: &SearchPatientsRequest) -> Result<Vec<(&'static str, [u8; 16])>, Problem> {
    let mut tokens = Vec::new();
    if let Some(mrn) = &request.mrn {
        tokens.push(("mrn", index.token("mrn", mrn.as_str())));
    }
    if let Some(Private(date)) = &request.birth_date {
        tokens.push(("birth-date", index.token("birth-date", &date.to_string())));
    }
    if let Some(name) = &request.family_name {
        let letters = normalize(name.as_str());
        if letters.chars().count() < 2 {
            return Err(Problem::new(
                actix_web::http::StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-body",
                "family_name does not fit: too short",
            )
            .field("family_name", "too-short", Some("two letters at least".into())));
        }
        let prefix: String = letters.chars().take(PREFIX).collect();
        tokens.push(("family", index.token("family", &prefix)));
    }
    Ok(tokens)
}

/// Whether a patient found by a name's first letters has the rest of them too.
fn fits(person: &Person, request: &SearchPatientsRequest) -> bool {
    let Some(name) = &request.family_name else { return true };
    let letters = normalize(name.as_str());
    person.family_name.as_str().is_some_and(|family| normalize(family).starts_with(&letters))
}
