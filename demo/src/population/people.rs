//! Registering everybody, and a licence for each state in which a practitioner turns out to have a patient.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use chrono::NaiveDate;
use daybook_domain::TimeZone;
use daybook_import::fhir::{Patient, Practitioner};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::fhir::{self, Told};
use super::files::{Files, resources};
use super::{Staff, TIME_ZONE, Tally, count};
use crate::client::{Caller, Client};
use crate::visit::{Company, Place};

/// Everybody who was registered, by their id in the files.
pub struct People {
    pub patients: HashMap<String, Registered>,
    pub practitioners: HashMap<String, Registered>,
    /// What was left out, and why.
    pub skipped: Tally,
    staff: Staff,
    licences: Mutex<Licences>,
    zone: TimeZone,
}

/// Granted or being granted, by provider and state: visits that need one at the same time wait for the same grant.
type Licences = HashMap<(Uuid, String), Arc<OnceCell<()>>>;

/// Somebody with an id and a token of this clinic.
pub struct Registered {
    id: Uuid,
    caller: Caller,
    patient: Option<Person>,
}

/// What there is to know of a patient.
struct Person {
    home: Place,
    born: NaiveDate,
}

/// Somebody to register.
struct Newcomer {
    file_id: String,
    body: Value,
    patient: Option<Person>,
}

impl People {
    pub async fn register(
        files: &Files,
        clinic: Uuid,
        client: &Client,
        administrator: Caller,
        in_flight: usize,
    ) -> anyhow::Result<Self> {
        let desk = client.sign_in(clinic, "front-desk", "front-desk-1", None).await?;
        let billing = client.sign_in(clinic, "billing", "billing-1", None).await?;
        let mut skipped = Tally::new();
        let patients = resources::<Patient>(&files.patients).filter_map(|read| {
            let newcomer = read.map(|patient| (fhir::patient(&patient), patient.id));
            keep(newcomer, &mut skipped, |(body, home, born), file_id| Newcomer {
                file_id,
                body,
                patient: Some(Person { home, born }),
            })
        });
        let enrol = Enrol { client, clinic, by: &desk, path: "/v1/patients", role: "patient" };
        let patients = enrol.all(patients, in_flight).await?;
        let practitioners = resources::<Practitioner>(&files.practitioners).filter_map(|read| {
            let newcomer = read.map(|practitioner| (fhir::practitioner(&practitioner), practitioner.id));
            keep(newcomer, &mut skipped, |body, file_id| Newcomer { file_id, body, patient: None })
        });
        let enrol = Enrol { client, clinic, by: &administrator, path: "/v1/providers", role: "provider" };
        let practitioners = enrol.all(practitioners, in_flight).await?;
        let staff = Staff { desk, billing, administrator };
        let zone = TimeZone::try_from(TIME_ZONE)?;
        Ok(Self { patients, practitioners, skipped, staff, licences: Mutex::default(), zone })
    }

    /// Those who take part in a visit and where the patient is; who of them is missing otherwise.
    pub async fn company(&self, told: &Told) -> anyhow::Result<Result<(Company, Place), String>> {
        let Some(patient) = self.patients.get(&told.patient) else {
            return Ok(Err("encounter of a patient who was not registered".into()));
        };
        let Some(provider) = self.practitioners.get(&told.practitioner) else {
            return Ok(Err("encounter with a practitioner who was not registered".into()));
        };
        let Person { home, born } = patient.patient.as_ref().context("a patient without a home")?;
        if self.zone.day(told.start) < *born {
            return Ok(Err("encounter before its patient was born".into()));
        }
        self.license(provider.id, &home.jurisdiction).await?;
        let company = Company {
            patient_id: patient.id,
            provider_id: provider.id,
            patient: patient.caller.clone(),
            provider: provider.caller.clone(),
            desk: self.staff.desk.clone(),
            billing: self.staff.billing.clone(),
        };
        Ok(Ok((company, home.clone())))
    }

    /// The files know no licences: these are simulated, like everything here, and their numbers say so.
    async fn license(&self, provider: Uuid, state: &str) -> anyhow::Result<()> {
        let cell = {
            let mut licences = self.licences.lock().unwrap_or_else(PoisonError::into_inner);
            licences.entry((provider, state.to_owned())).or_default().clone()
        };
        let grant = || async {
            let number = format!("SIM-{state}-{}", &provider.simple().to_string()[..8]);
            let body = json!({
                "jurisdiction": state, "number": number, "kind": "full", "from": "2020-01-01", "to": "2099-12-31",
            });
            self.staff.administrator.post(&format!("/v1/providers/{provider}/licences"), &body).await.map(drop)
        };
        cell.get_or_try_init(grant).await.map(drop)
    }
}

/// A newcomer, or one more that is left out.
fn keep<T>(
    read: anyhow::Result<(Result<T, super::fhir::Unusable>, String)>,
    skipped: &mut Tally,
    newcomer: impl FnOnce(T, String) -> Newcomer,
) -> Option<Newcomer> {
    match read {
        Ok((Ok(usable), id)) => Some(newcomer(usable, id)),
        Ok((Err(reason), _)) => {
            count(skipped, reason);
            None
        }
        Err(_) => {
            count(skipped, "line that is no such resource");
            None
        }
    }
}

struct Enrol<'a> {
    client: &'a Client,
    clinic: Uuid,
    by: &'a Caller,
    path: &'static str,
    role: &'static str,
}

impl Enrol<'_> {
    async fn all(
        &self,
        newcomers: impl Iterator<Item = Newcomer>,
        in_flight: usize,
    ) -> anyhow::Result<HashMap<String, Registered>> {
        let mut done = stream::iter(newcomers.map(|newcomer| self.one(newcomer))).buffer_unordered(in_flight);
        let mut registered = HashMap::new();
        while let Some(one) = done.next().await {
            let (file_id, one) = one?;
            registered.insert(file_id, one);
        }
        Ok(registered)
    }

    async fn one(&self, newcomer: Newcomer) -> anyhow::Result<(String, Registered)> {
        let Newcomer { file_id, body, patient } = newcomer;
        let written = self.by.post(self.path, &body).await?;
        let id = written.patient_id.or(written.provider_id).context("the answer names nobody")?;
        let caller = self.client.sign_in(self.clinic, self.role, &file_id, Some(id)).await?;
        Ok((file_id, Registered { id, caller, patient }))
    }
}
