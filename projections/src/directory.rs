//! The directory: who is registered, and whose each visit is. Names of providers stand here; those of patients are
//! sealed in the event at the position given.

use std::collections::{BTreeMap, BTreeSet};

use daybook_domain::visit::{Event, LateResponse, LatenessRules};
use daybook_domain::{Licence, PatientId, ProviderId, Text, TimeZone, VisitId, clinic, patient, provider};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{CLINIC, Fact, PATIENT, PROVIDER, Seen, VISIT};
use crate::store;
use crate::views::Views;

/// A clinic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClinicEntry {
    pub clinic_id: Uuid,
    pub name: Text<200>,
    pub time_zone: TimeZone,
    pub grace_minutes: u16,
    /// What may be done of patients who come late.
    pub late_responses: BTreeSet<LateResponse>,
    pub simulated: bool,
}

impl ClinicEntry {
    /// Its rules about who is late.
    pub fn lateness(&self) -> LatenessRules {
        LatenessRules { grace_minutes: self.grace_minutes, responses: self.late_responses.clone() }
    }
}

/// A provider and the licences on record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProviderEntry {
    pub provider_id: ProviderId,
    pub name: Text<200>,
    pub credentials: Option<Text<60>>,
    pub licences: Vec<Licence>,
}

/// Whose visit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitParties {
    pub visit_id: VisitId,
    pub patient_id: PatientId,
    pub provider_id: ProviderId,
}

/// A stored row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Entry {
    Clinic(ClinicEntry),
    Provider(ProviderEntry),
    Patient { registered: u64 },
    Visit(VisitParties),
}

pub(crate) struct Directory;

impl Projection for Directory {
    const VIEW: View = View::Directory;
    const VERSION: u32 = 6;
    const INDEXES: &'static [&'static str] = &["(clinic_id, owner)"];
    const STREAMS: &'static [&'static str] = &[VISIT, PATIENT, PROVIDER, CLINIC];
    const KINDS: &'static [&'static str] = &[VISIT, PATIENT, PROVIDER, CLINIC];
    type Row = Entry;

    fn keys(seen: &Seen) -> Vec<Key> {
        match seen.fact {
            Ok(Fact::Provider(_)) => vec![Key { kind: PROVIDER, id: seen.recorded.stream.id }],
            Ok(Fact::Visit(Event::Scheduled(_) | Event::HandedOver(_))) => {
                vec![Key { kind: VISIT, id: seen.recorded.stream.id }]
            }
            Ok(Fact::Patient(_)) => vec![Key { kind: PATIENT, id: seen.recorded.stream.id }],
            Ok(Fact::Clinic(_)) => vec![Key { kind: CLINIC, id: seen.recorded.stream.id }],
            _ => Vec::new(),
        }
    }

    fn fold(rows: &mut Rows<Entry>, seen: &Seen) {
        let (position, id) = (seen.position(), seen.recorded.stream.id);
        let (kind, entry) = match &seen.fact {
            Ok(Fact::Clinic(clinic::Event::ClinicRegistered(registered))) => (
                CLINIC,
                Entry::Clinic(ClinicEntry {
                    clinic_id: id,
                    name: registered.name.clone(),
                    time_zone: registered.time_zone.clone(),
                    grace_minutes: registered.grace_minutes,
                    late_responses: LateResponse::all(),
                    simulated: registered.simulated,
                }),
            ),
            Ok(Fact::Clinic(clinic::Event::LateArrivalPolicySet(set))) => {
                let Some(Entry::Clinic(clinic)) = rows.get(Key { kind: CLINIC, id }).cloned() else { return };
                (CLINIC, Entry::Clinic(ClinicEntry { late_responses: set.responses.clone(), ..clinic }))
            }
            Ok(Fact::Patient(patient::Event::PatientRegistered(_) | patient::Event::PatientImported(_))) => {
                (PATIENT, Entry::Patient { registered: position })
            }
            Ok(Fact::Visit(Event::Scheduled(scheduled))) => (
                VISIT,
                Entry::Visit(VisitParties {
                    visit_id: VisitId(id),
                    patient_id: scheduled.patient_id,
                    provider_id: scheduled.provider_id,
                }),
            ),
            // Who handed a visit over no longer treats its patient by it.
            Ok(Fact::Visit(Event::HandedOver(handed))) => {
                let Some(Entry::Visit(parties)) = rows.get(Key { kind: VISIT, id }).cloned() else { return };
                (VISIT, Entry::Visit(VisitParties { provider_id: handed.to_provider_id, ..parties }))
            }
            Ok(Fact::Provider(event)) => {
                let before = match rows.get(Key { kind: PROVIDER, id }) {
                    Some(Entry::Provider(provider)) => Some(provider.clone()),
                    _ => None,
                };
                let Some(provider) = provider_after(before, event) else { return };
                (PROVIDER, Entry::Provider(provider))
            }
            _ => return,
        };
        rows.set(Key { kind, id }, position, entry);
    }

    fn columns(row: &Entry) -> Columns {
        match row {
            // A visit is found by its patient, to know who has treated or is to treat them.
            Entry::Visit(parties) => Columns { owner: Some(parties.patient_id.0), ..Columns::default() },
            _ => Columns::default(),
        }
    }
}

fn provider_after(before: Option<ProviderEntry>, event: &provider::Event) -> Option<ProviderEntry> {
    match event {
        provider::Event::ProviderRegistered(registered) => Some(ProviderEntry {
            provider_id: registered.provider_id,
            name: registered.name.clone(),
            credentials: registered.credentials.clone(),
            licences: before.map(|before| before.licences).unwrap_or_default(),
        }),
        _ => {
            let mut provider = before?;
            provider::record(&mut provider.licences, event);
            Some(provider)
        }
    }
}

impl Views {
    async fn entries(&self, clinic: Uuid, filter: &str, ids: Vec<Uuid>) -> Result<Vec<store::Found<Entry>>, Error> {
        Ok(store::read(&self.pool, View::Directory, clinic, filter, "id", |q| q.bind(ids)).await?.1)
    }

    /// The clinic's record, once it is opened.
    pub async fn clinic(&self, clinic: Uuid) -> Result<Option<ClinicEntry>, Error> {
        let found = self.entries(clinic, "kind = 'clinic' AND id = ANY($2)", vec![clinic]).await?;
        Ok(found.into_iter().find_map(|found| match found.row {
            Entry::Clinic(entry) => Some(entry),
            _ => None,
        }))
    }

    /// Every provider of the clinic, by name.
    pub async fn providers(&self, clinic: Uuid) -> Result<Vec<ProviderEntry>, Error> {
        let found = self.entries(clinic, "kind = 'provider' AND $2::uuid[] IS NOT NULL", Vec::new()).await?;
        let mut providers: Vec<_> = found
            .into_iter()
            .filter_map(|found| match found.row {
                Entry::Provider(entry) => Some(entry),
                _ => None,
            })
            .collect();
        providers.sort_by(|a, b| (a.name.as_str(), a.provider_id).cmp(&(b.name.as_str(), b.provider_id)));
        Ok(providers)
    }

    /// Whose visit it is.
    pub async fn visit_parties(&self, clinic: Uuid, visit: VisitId) -> Result<Option<VisitParties>, Error> {
        let found = self.entries(clinic, "kind = 'visit' AND id = ANY($2)", vec![visit.0]).await?;
        Ok(found.into_iter().find_map(|found| match found.row {
            Entry::Visit(parties) => Some(parties),
            _ => None,
        }))
    }

    /// The visits of a patient and who treats, by id. What a relation to a patient rests on.
    pub async fn visits_of(&self, clinic: Uuid, patient: PatientId) -> Result<Vec<VisitParties>, Error> {
        let found = self.entries(clinic, "kind = 'visit' AND owner = ANY($2)", vec![patient.0]).await?;
        let parties = found.into_iter().filter_map(|found| match found.row {
            Entry::Visit(parties) => Some(parties),
            _ => None,
        });
        Ok(parties.collect())
    }

    /// Of these patients, those registered or imported, with the position of the event that says who they are.
    pub async fn registered(&self, clinic: Uuid, patients: &[PatientId]) -> Result<BTreeMap<PatientId, u64>, Error> {
        let ids = patients.iter().map(|patient| patient.0).collect();
        let found = self.entries(clinic, "kind = 'patient' AND id = ANY($2)", ids).await?;
        let known = found.into_iter().filter_map(|found| match found.row {
            Entry::Patient { registered } => Some((PatientId(found.id), registered)),
            _ => None,
        });
        Ok(known.collect())
    }
}
