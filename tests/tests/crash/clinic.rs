//! A clinic and the people of one caller: a patient, a provider and the staff around them.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::Caller;
use crate::installation::Doors;

/// Longer than any trial.
const TOKEN: Duration = Duration::from_secs(24 * 3_600);

/// Opens a clinic's record.
pub async fn open(caller: &Caller, doors: &Doors, clinic: Uuid) {
    let administrator = token(doors, clinic, "administrator", "administrator-1", None).await;
    let record = json!({ "name": "Lakeside", "time_zone": "America/Chicago", "grace_minutes": 15, "simulated": true });
    caller.command((clinic, &administrator), "/v1/clinics", &record).await;
}

/// Who takes part in a caller's visits. Those who act hold a token, which either server believes.
pub struct People {
    pub clinic: Uuid,
    pub patient: (Uuid, String),
    pub provider: (Uuid, String),
    pub desk: String,
    pub billing: String,
    pub program: String,
}

impl People {
    pub async fn gather(caller: &Caller, doors: &Doors, clinic: Uuid) -> Self {
        let desk = token(doors, clinic, "front-desk", "front-desk-1", None).await;
        let administrator = token(doors, clinic, "administrator", "administrator-1", None).await;
        let provider = provider(caller, (clinic, &administrator)).await;
        let patient = patient(caller, (clinic, &desk)).await;
        Self {
            clinic,
            patient: (patient, token(doors, clinic, "patient", &format!("patient-{patient}"), Some(patient)).await),
            provider: (
                provider,
                token(doors, clinic, "provider", &format!("provider-{provider}"), Some(provider)).await,
            ),
            desk,
            billing: token(doors, clinic, "billing", "billing-1", None).await,
            program: token(doors, clinic, "system", "system:demo", None).await,
        }
    }
}

/// With a licence in Wisconsin.
async fn provider(caller: &Caller, administrator: (Uuid, &str)) -> Uuid {
    let record = json!({ "name": "Ada Brook", "credentials": "MD" });
    let id = caller.command(administrator, "/v1/providers", &record).await.id("provider_id");
    let licence =
        json!({ "jurisdiction": "WI", "number": "12345-20", "kind": "full", "from": "2020-01-01", "to": "2099-12-31" });
    caller.command(administrator, &format!("/v1/providers/{id}/licences"), &licence).await;
    id
}

async fn patient(caller: &Caller, desk: (Uuid, &str)) -> Uuid {
    let record = json!({ "given_name": "Xanthippe", "family_name": "Quillfeather", "birth_date": "1971-08-23" });
    caller.command(desk, "/v1/patients", &record).await.id("patient_id")
}

/// Asked for while nothing is killed yet.
async fn token(doors: &Doors, clinic: Uuid, role: &str, subject: &str, person: Option<Uuid>) -> String {
    let who = json!({
        "subject": subject, "role": role, "clinic": clinic, "person": person, "valid_for_seconds": TOKEN.as_secs(),
    });
    let request = doors.http.post(format!("{}/development/token", doors.of(0))).json(&who);
    let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    answer["token"].as_str().expect("a token").to_owned()
}
