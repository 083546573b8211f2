//! What is asked for, with what the policies need to know about it.

use daybook_domain::{ClinicId, PatientId, ProviderId, Visit, VisitId};
use uuid::Uuid;

/// Kind of thing asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceKind {
    /// The clinic's own record.
    Clinic,
    /// A provider's record.
    Provider,
    /// A patient's record.
    Patient,
    /// A visit, with its notes and charges.
    Visit,
    /// The clinic's waiting room.
    WaitingRoom,
    /// A day's schedule.
    Day,
    /// The clinic's log.
    Log,
}

impl ResourceKind {
    /// Every kind.
    pub const ALL: [ResourceKind; 7] = [
        ResourceKind::Clinic,
        ResourceKind::Provider,
        ResourceKind::Patient,
        ResourceKind::Visit,
        ResourceKind::WaitingRoom,
        ResourceKind::Day,
        ResourceKind::Log,
    ];

    /// The name in the log.
    pub fn name(self) -> &'static str {
        match self {
            ResourceKind::Clinic => "clinic",
            ResourceKind::Provider => "provider",
            ResourceKind::Patient => "patient",
            ResourceKind::Visit => "visit",
            ResourceKind::WaitingRoom => "waiting-room",
            ResourceKind::Day => "day",
            ResourceKind::Log => "log",
        }
    }

    /// The name in the policies.
    pub(crate) fn entity_type(self) -> &'static str {
        match self {
            ResourceKind::Clinic => "Clinic",
            ResourceKind::Provider => "Provider",
            ResourceKind::Patient => "Patient",
            ResourceKind::Visit => "Visit",
            ResourceKind::WaitingRoom => "WaitingRoom",
            ResourceKind::Day => "Day",
            ResourceKind::Log => "Log",
        }
    }
}

/// One thing asked for. The server fills it in from what it knows, never from what the caller says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What kind of thing.
    pub kind: ResourceKind,
    /// Which one, where it is one.
    pub id: Option<Uuid>,
    /// Whose log it is in.
    pub clinic: ClinicId,
    /// The patient it is about, where it is one.
    pub patient: Option<PatientId>,
    /// The provider it belongs to: who treats in the visit, whose day it is. Of a patient: a provider who has a visit
    /// with them; the server looks up whether the one who asks is such a provider.
    pub provider: Option<ProviderId>,
    /// Of a visit: every provider who belongs to it, who treats among them.
    pub team: Vec<ProviderId>,
    /// Of a visit: who is asked to cosign one of its notes, or has.
    pub cosigners: Vec<ProviderId>,
    /// Of a visit: whether it was asked for on demand, of whoever is free.
    pub requested: bool,
    /// Of a patient or a visit: whether the one who asks broke the glass before that patient's record, and its time lasts.
    pub glass: bool,
}

impl Resource {
    fn of(kind: ResourceKind, id: Option<Uuid>, clinic: ClinicId) -> Self {
        Self {
            kind,
            id,
            clinic,
            patient: None,
            provider: None,
            team: Vec::new(),
            cosigners: Vec::new(),
            requested: false,
            glass: false,
        }
    }

    /// The clinic itself; also what new patients, providers and visits are registered at.
    pub fn clinic(clinic: ClinicId) -> Self {
        Self::of(ResourceKind::Clinic, Some(clinic.0), clinic)
    }

    /// A provider's record.
    pub fn provider(clinic: ClinicId, provider: ProviderId) -> Self {
        Self { provider: Some(provider), ..Self::of(ResourceKind::Provider, Some(provider.0), clinic) }
    }

    /// A patient's record, and a provider who has a visit with them.
    pub fn patient(clinic: ClinicId, patient: PatientId, treated_by: Option<ProviderId>) -> Self {
        Self {
            patient: Some(patient),
            provider: treated_by,
            ..Self::of(ResourceKind::Patient, Some(patient.0), clinic)
        }
    }

    /// A visit, as its stream tells it. One that does not exist is nobody's.
    pub fn visit(clinic: ClinicId, id: VisitId, visit: &Visit) -> Self {
        Self {
            patient: visit.patient(),
            provider: visit.provider(),
            team: visit.team().collect(),
            cosigners: visit.notes().cosigners().collect(),
            requested: visit.requested().is_some(),
            ..Self::of(ResourceKind::Visit, Some(id.0), clinic)
        }
    }

    /// The clinic's waiting room.
    pub fn waiting_room(clinic: ClinicId) -> Self {
        Self::of(ResourceKind::WaitingRoom, None, clinic)
    }

    /// A day's schedule: one provider's, or the whole clinic's.
    pub fn day(clinic: ClinicId, provider: Option<ProviderId>) -> Self {
        Self { provider, ..Self::of(ResourceKind::Day, None, clinic) }
    }

    /// The clinic's log.
    pub fn log(clinic: ClinicId) -> Self {
        Self::of(ResourceKind::Log, None, clinic)
    }
}
