//! One attempt at a command, as the server makes it: load what it is about and what it relies on, decide, and append all of
//! it as long as nothing of that has changed.

mod booking;
mod registers;
mod visiting;

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::asks::{Ask, PATIENTS, PROVIDERS, What};
use super::log::{Attempt, Part, Stream};
use super::records::Records;
use crate::given::{actor, id};
use crate::{Request, Role};

/// Who decides when, on what.
pub struct Asked<'a> {
    pub records: &'a Records,
    pub at: DateTime<Utc>,
    /// When the day began: bookings are at quarters of an hour from then.
    pub day: DateTime<Utc>,
    /// A number nobody has used.
    pub fresh: u128,
}

type Decided = Result<Attempt, &'static str>;

/// Why there was nothing to ask.
const NOTHING: &str = "nothing-to-ask";

impl Asked<'_> {
    /// What comes of it.
    pub fn attempt(&self, ask: &Ask) -> Decided {
        let visits: Vec<_> = self.records.visits.keys().copied().collect();
        let chosen = visits.iter().rev().nth(ask.visit).or(visits.first()).copied();
        let visit = || chosen.map(|id| (id, self.records.visit(id))).ok_or(NOTHING);
        match ask.what {
            What::Schedule { patient, provider, quarter, overbook, hold } => {
                self.schedule(patient, PROVIDERS[provider], quarter, overbook, hold)
            }
            What::Request { patient, place } => self.ask_for_a_visit(id(PATIENTS[patient].0), place),
            What::Claim { provider, overbook } => self.claim(id(PROVIDERS[provider]), overbook),
            What::Hold { provider, quarter } => self.hold(id(PROVIDERS[provider]), quarter),
            What::Authority { patient, days } => self.verify_authority(id(PATIENTS[patient].0), days),
            What::EndAuthority(patient) => self.end_authority(patient),
            What::License { provider, place, from, to } => self.license(PROVIDERS[provider], place, from, to),
            What::Revoke { provider, place } => self.revoke(PROVIDERS[provider], place),
            What::Hours { provider, opens } => self.set_hours(PROVIDERS[provider], opens),
            What::Review(rule, verdict) => self.review(rule, verdict),
            What::Import { resource, patient, content } => self.import(resource, id(PATIENTS[patient].0), content),
            What::OpenSession { provider } => self.open_session(id(PROVIDERS[provider])),
            What::CloseSession(index) => self.close_session(index),
            _ => {
                let (visit_id, visit) = visit()?;
                if let (What::VerifyProxy(days), Some(patient)) = (&ask.what, visit.state.patient())
                    && self.records.patient(patient).state.proxy_authorities().next().is_none()
                {
                    return self.verify_authority(patient, *days);
                }
                let (role, command) = self.of_visit(&visit.state, ask)?;
                self.on_visit(visit_id, visit, role, command, ask.stranger)
            }
        }
    }

    fn decided(&self, parts: Vec<Part>, guards: Vec<(Stream, u64)>) -> Attempt {
        Attempt { at: self.at, parts, guards }
    }

    /// Of a command of one aggregate, which relies on nothing else.
    fn alone(&self, part: Result<Part, &'static str>) -> Decided {
        Ok(self.decided(vec![part?], vec![]))
    }

    fn request<C>(&self, role: Role, command: C) -> Request<C> {
        Request { at: self.at, actor: actor(role), command }
    }

    fn today(&self) -> NaiveDate {
        self.records.clinic().state.time_zone().day(self.at)
    }

    fn quarter(&self, quarter: i64) -> DateTime<Utc> {
        self.day + Duration::minutes(15 * quarter)
    }
}
