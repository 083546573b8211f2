//! What the streams of a clinic add up to.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::log::{Fact, Loaded, Stream};
use crate::{
    Calendar, Clinic, History, Patient, PatientId, Provider, ProviderId, Rules, Session, SessionId, Visit, VisitId,
};

/// Every aggregate of one clinic, with its version.
#[derive(Clone, Default)]
pub struct Records {
    versions: BTreeMap<Stream, u64>,
    clinic: Clinic,
    providers: BTreeMap<ProviderId, Provider>,
    patients: BTreeMap<PatientId, Patient>,
    pub visits: BTreeMap<VisitId, Visit>,
    pub calendars: BTreeMap<(ProviderId, NaiveDate), Calendar>,
    pub sessions: BTreeMap<SessionId, Session>,
    history: BTreeMap<u128, History>,
}

impl Records {
    pub fn version(&self, stream: Stream) -> u64 {
        self.versions.get(&stream).copied().unwrap_or_default()
    }

    fn loaded<A: Default + Clone>(&self, stream: Stream, state: Option<&A>) -> Loaded<A> {
        Loaded { stream, version: self.version(stream), state: state.cloned().unwrap_or_default() }
    }

    pub fn clinic(&self) -> Loaded<Clinic> {
        self.loaded(Stream::Clinic, Some(&self.clinic))
    }

    pub fn provider(&self, id: ProviderId) -> Loaded<Provider> {
        self.loaded(Stream::Provider(id), self.providers.get(&id))
    }

    pub fn patient(&self, id: PatientId) -> Loaded<Patient> {
        self.loaded(Stream::Patient(id), self.patients.get(&id))
    }

    pub fn visit(&self, id: VisitId) -> Loaded<Visit> {
        self.loaded(Stream::Visit(id), self.visits.get(&id))
    }

    pub fn calendar(&self, provider: ProviderId, day: NaiveDate) -> Loaded<Calendar> {
        self.loaded(Stream::Calendar(provider, day), self.calendars.get(&(provider, day)))
    }

    pub fn session(&self, id: SessionId) -> Loaded<Session> {
        self.loaded(Stream::Session(id), self.sessions.get(&id))
    }

    pub fn history(&self, resource: u128) -> Loaded<History> {
        self.loaded(Stream::History(resource), self.history.get(&resource))
    }

    pub fn apply(&mut self, stream: Stream, fact: &Fact) {
        *self.versions.entry(stream).or_default() += 1;
        match (stream, fact) {
            (Stream::Clinic, Fact::Clinic(event)) => self.clinic.evolve(event),
            (Stream::Provider(id), Fact::Provider(event)) => self.providers.entry(id).or_default().evolve(event),
            (Stream::Patient(id), Fact::Patient(event)) => self.patients.entry(id).or_default().evolve(event),
            (Stream::Visit(id), Fact::Visit(event)) => self.visits.entry(id).or_default().evolve(event),
            (Stream::Calendar(id, day), Fact::Calendar(event)) => {
                self.calendars.entry((id, day)).or_default().evolve(event);
            }
            (Stream::Session(id), Fact::Session(event)) => self.sessions.entry(id).or_default().evolve(event),
            (Stream::History(id), Fact::History(event)) => self.history.entry(id).or_default().evolve(event),
            (stream, fact) => panic!("{fact:?} in {stream:?}"),
        }
    }
}
