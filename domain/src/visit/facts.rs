//! What a visit's rules need to know of other records, as those records tell it. Whoever carries a command out loads them,
//! and has the append hold only while they still say so.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    AdmitFacts, ChargeFacts, ClaimFacts, CosignerFacts, HandOverFacts, LateFacts, LatenessRules, NoShowFacts,
    ProxyFacts, ReminderFacts, RequestFacts, ScheduleFacts, SupervisorFacts, Visit, When,
};
use crate::calendar::Slot;
use crate::law::Standing;
use crate::{AuthorityId, ChargeId, Clinic, NoInstant, Patient, Provider, TimeZone};

impl When {
    /// What the provider's hours say about a moment that is asked for, if it is one.
    pub fn of(starts_at: Result<DateTime<Utc>, NoInstant>, minutes: u16, provider: &Provider, zone: &TimeZone) -> Self {
        let covers = |at| provider.availability().covers(Slot::new(at, minutes), zone);
        Self { starts_at, in_hours: starts_at.is_ok_and(covers) }
    }
}

impl ScheduleFacts {
    /// Whether the two who are to meet are registered, and what is known of the time.
    pub fn of(patient: &Patient, provider: &Provider, when: When) -> Self {
        Self { patient_registered: patient.is_registered(), provider_registered: provider.is_registered(), when }
    }
}

impl HandOverFacts {
    /// Whether this provider can take the visit over.
    pub fn of(visit: &Visit, provider: &Provider, zone: &TimeZone) -> Self {
        let covers = |at| provider.availability().covers(Slot::new(at, visit.duration_minutes()), zone);
        Self { provider_registered: provider.is_registered(), in_hours: visit.starts_at().is_none_or(covers) }
    }
}

impl NoShowFacts {
    /// How long the clinic waits.
    pub fn of(clinic: &Clinic) -> Self {
        Self { grace_minutes: clinic.grace_minutes() }
    }
}

impl RequestFacts {
    /// Whether whoever asks to be seen is registered.
    pub fn of(patient: &Patient) -> Self {
        Self { patient_registered: patient.is_registered() }
    }
}

impl ClaimFacts {
    /// Whether this provider works at a moment, and where they may practise then.
    pub fn of(starts_at: DateTime<Utc>, minutes: u16, provider: &Provider, clinic: &Clinic) -> Self {
        let licences = AdmitFacts::of(provider, clinic);
        let in_hours = When::of(Ok(starts_at), minutes, provider, &licences.time_zone).in_hours;
        Self { starts_at, in_hours, licences }
    }
}

impl ReminderFacts {
    /// What the clinic wants its patients to be reminded of.
    pub fn of(clinic: &Clinic) -> Self {
        Self { policy: clinic.reminder_policy().cloned() }
    }
}

impl LateFacts {
    /// What the clinic says of patients who come late.
    pub fn of(clinic: &Clinic) -> Self {
        Self { rules: LatenessRules::of(clinic) }
    }
}

impl AdmitFacts {
    /// Where and when the provider who treats may practise, by the clinic's clocks and the rules it may rely on.
    pub fn of(provider: &Provider, clinic: &Clinic) -> Self {
        Self {
            licences: provider.licences().to_vec(),
            supervisor_licences: Vec::new(),
            time_zone: clinic.time_zone(),
            reliance: clinic.reliance(),
        }
    }

    /// The same, of a provider whom this one supervises.
    pub fn supervised_by(self, supervisor: &Provider) -> Self {
        Self { supervisor_licences: supervisor.licences().to_vec(), ..self }
    }
}

impl SupervisorFacts {
    /// Whether they are of this clinic, and where and when they may practise.
    pub fn of(supervisor: &Provider, clinic: &Clinic) -> Self {
        let AdmitFacts { licences, time_zone, reliance, .. } = AdmitFacts::of(supervisor, clinic);
        Self { registered: supervisor.is_registered(), licences, time_zone, reliance }
    }
}

impl ProxyFacts {
    /// What the patient's record says of an authority on the clinic's day.
    pub fn of(authority: Option<AuthorityId>, patient: &Patient, standing: Standing, today: NaiveDate) -> Self {
        let authority = authority.and_then(|id| patient.proxy_authority(id)).cloned();
        Self { authority, standing, today }
    }
}

impl CosignerFacts {
    /// Whether whoever is asked is of this clinic.
    pub fn of(cosigner: &Provider) -> Self {
        Self { registered: cosigner.is_registered() }
    }
}

impl ChargeFacts {
    /// For a new charge in this clinic.
    pub fn of(charge_id: ChargeId, clinic: &Clinic) -> Self {
        Self { charge_id, reliance: clinic.reliance() }
    }
}
