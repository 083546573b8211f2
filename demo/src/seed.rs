//! Setting the clinics up through the API. Every command has a key of its own that stays the same from run to run, so a
//! second run is answered with the people of the first.

use std::collections::BTreeMap;

use anyhow::Context;
use futures::future::try_join_all;
use serde_json::json;
use uuid::Uuid;

use crate::client::{Caller, Client};
use crate::people::{CLINICS, ClinicData, EDITION, PatientData, ProviderData};
use crate::visit::{Company, Place};

/// A clinic at work, and everybody who may sign in to it.
pub struct Clinic {
    pub data: &'static ClinicData,
    pub client: Client,
    pub administrator: Caller,
    pub desk: Caller,
    /// A medical assistant.
    pub assistant: Caller,
    pub billing: Caller,
    /// The program that reports who is seen on a call.
    pub observer: Caller,
    pub providers: BTreeMap<&'static str, Member>,
    pub patients: BTreeMap<&'static str, Member>,
}

/// A provider or patient.
pub struct Member {
    pub id: Uuid,
    pub caller: Caller,
}

/// Both clinics, with all of their people.
pub async fn seed(client: &Client) -> anyhow::Result<Vec<Clinic>> {
    try_join_all(CLINICS.iter().map(|data| clinic(client, data))).await
}

impl Clinic {
    pub fn id(&self) -> Uuid {
        self.data.id
    }

    /// A provider of this clinic.
    pub fn provider(&self, key: &str) -> anyhow::Result<&Member> {
        self.providers.get(key).with_context(|| format!("{} has no provider {key}", self.data.short))
    }

    /// A patient of this clinic.
    pub fn patient(&self, key: &str) -> anyhow::Result<&Member> {
        self.patients.get(key).with_context(|| format!("{} has no patient {key}", self.data.short))
    }

    /// Everybody a visit of this patient with this provider needs.
    pub fn company(&self, patient: &str, provider: &str) -> anyhow::Result<Company> {
        let (patient, provider) = (self.patient(patient)?, self.provider(provider)?);
        Ok(Company {
            patient_id: patient.id,
            provider_id: provider.id,
            patient: patient.caller.clone(),
            provider: provider.caller.clone(),
            desk: self.desk.clone(),
            billing: self.billing.clone(),
        })
    }

    /// Where a patient of this clinic lives.
    pub fn home(&self, patient: &str) -> anyhow::Result<Place> {
        let data = self.data.patients.iter().find(|data| data.key == patient);
        let data = data.with_context(|| format!("{} has no patient {patient}", self.data.short))?;
        Ok(Place { jurisdiction: data.state.into(), address: data.address.into(), phone: data.phone.into() })
    }
}

async fn clinic(client: &Client, data: &'static ClinicData) -> anyhow::Result<Clinic> {
    let staff = |role: &'static str, subject: &'static str| client.sign_in(data.id, role, subject, None);
    let (administrator, desk, assistant, billing, observer) = futures::try_join!(
        staff("administrator", "administrator-1"),
        staff("front-desk", "front-desk-1"),
        staff("clinical-staff", "medical-assistant-1"),
        staff("billing", "billing-1"),
        staff("system", "system:demo"),
    )?;
    let body = json!({
        "name": data.name, "time_zone": data.time_zone, "grace_minutes": data.grace_minutes, "simulated": true,
    });
    administrator.post_once("/v1/clinics", &body, &format!("{EDITION}/clinic")).await?;
    let providers = try_join_all(data.providers.iter().map(|it| provider(client, data, &administrator, it)));
    let patients = try_join_all(data.patients.iter().map(|it| patient(client, data, &desk, it)));
    let (providers, patients) = futures::try_join!(providers, patients)?;
    Ok(Clinic {
        data,
        client: client.clone(),
        administrator,
        desk,
        assistant,
        billing,
        observer,
        providers: providers.into_iter().collect(),
        patients: patients.into_iter().collect(),
    })
}

async fn provider(
    client: &Client,
    clinic: &ClinicData,
    administrator: &Caller,
    data: &'static ProviderData,
) -> anyhow::Result<(&'static str, Member)> {
    let key = format!("{EDITION}/provider/{}", data.key);
    let body = json!({ "name": data.name, "credentials": data.credentials });
    let written = administrator.post_once("/v1/providers", &body, &key).await?;
    let id = written.provider_id.context("the answer names no provider")?;
    for (state, number) in data.licences {
        let body = json!({
            "jurisdiction": state, "number": number, "kind": "full", "from": "2020-01-01", "to": "2099-12-31",
        });
        administrator.post_once(&format!("/v1/providers/{id}/licences"), &body, &format!("{key}/{state}")).await?;
    }
    let caller = client.sign_in(clinic.id, "provider", data.key, Some(id)).await?;
    Ok((data.key, Member { id, caller }))
}

async fn patient(
    client: &Client,
    clinic: &ClinicData,
    desk: &Caller,
    data: &'static PatientData,
) -> anyhow::Result<(&'static str, Member)> {
    let body = json!({
        "given_name": data.given, "family_name": data.family, "birth_date": data.born, "mrn": data.mrn,
        "phone": data.phone, "preferred_language": data.language,
    });
    let written = desk.post_once("/v1/patients", &body, &format!("{EDITION}/patient/{}", data.key)).await?;
    let id = written.patient_id.context("the answer names no patient")?;
    let caller = client.sign_in(clinic.id, "patient", data.key, Some(id)).await?;
    Ok((data.key, Member { id, caller }))
}
