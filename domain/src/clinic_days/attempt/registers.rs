//! What the clinic keeps beside its visits: itself, providers and their licences, patients and who acts for them, sessions,
//! rules, and what other systems recorded.

use chrono::{Days, Duration, NaiveTime};

use super::super::asks::{PATIENTS, PROVIDERS};
use super::super::log::Loaded;
use super::{Asked, Decided, NOTHING};
use crate::given::{code, id, text};
use crate::history;
use crate::law::Law;
use crate::visit::example::place;
use crate::{PatientId, ProviderId, Role, SessionId, clinic, patient, provider, session};

impl Asked<'_> {
    /// What there is before the first patient comes, one step after another; `None` when all of it is there.
    pub(in crate::clinic_days) fn opening(&self, step: usize, simulated: bool) -> Option<Decided> {
        const LICENCES: [(u128, &str, i64); 3] = [(2, "WI", 400), (88, "WI", 0), (89, "MN", 400)];
        Some(match step {
            0 => self.register_clinic(simulated),
            1..4 => self.register_provider(PROVIDERS[step - 1]),
            4..7 => self.register_patient(PATIENTS[step - 4]),
            7..10 => {
                let (number, place, to) = LICENCES[step - 7];
                self.license(number, place, -400, to)
            }
            _ => return None,
        })
    }

    pub(super) fn register_clinic(&self, simulated: bool) -> Decided {
        let time_zone = "America/Chicago".try_into().unwrap();
        let command = clinic::Register { name: text("Lakeside"), time_zone, grace_minutes: 15, simulated };
        let command = clinic::Command::Register(command, clinic::NewClinic { clinic_id: id(9) });
        self.alone(self.records.clinic().decides(self.request(Role::Administrator, command)))
    }

    pub(super) fn register_provider(&self, number: u128) -> Decided {
        let command = provider::Register { name: text("Dr. Example"), credentials: None };
        let command = provider::Command::Register(command, provider::NewProvider { provider_id: id(number) });
        self.alone(self.records.provider(id(number)).decides(self.request(Role::Administrator, command)))
    }

    pub(super) fn register_patient(&self, (number, born): (u128, &str)) -> Decided {
        let command = patient::Register {
            given_name: text("Ada"),
            family_name: text("Muster"),
            birth_date: crate::Private(born.parse().unwrap()),
            mrn: None,
            phone: None,
            preferred_language: None,
        };
        let command = patient::Command::Register(command, patient::NewPatient { patient_id: id(number) });
        self.alone(self.records.patient(id(number)).decides(self.request(Role::FrontDesk, command)))
    }
    pub(super) fn verify_authority(&self, patient: PatientId, days: u64) -> Decided {
        let command = patient::example::verify_authority(self.fresh);
        let patient::Command::VerifyProxyAuthority(command, new) = command else { unreachable!() };
        let expires_on = self.today() + Days::new(days);
        let command = patient::VerifyProxyAuthority { expires_on, ..command };
        let new = patient::NewAuthority { today: self.today(), ..new };
        let command = patient::Command::VerifyProxyAuthority(command, new);
        self.alone(self.records.patient(patient).decides(self.request(Role::FrontDesk, command)))
    }

    pub(super) fn end_authority(&self, patient: usize) -> Decided {
        let patient = self.records.patient(id(PATIENTS[patient].0));
        let authority_id = patient.state.proxy_authorities().next().ok_or(NOTHING)?.authority_id;
        let command = patient::EndProxyAuthority { authority_id, reason: patient::AuthorityEnd::GroundsEnded };
        self.alone(patient.decides(self.request(Role::FrontDesk, patient::Command::EndProxyAuthority(command))))
    }

    pub(super) fn license(&self, number: u128, jurisdiction: &str, from: i64, to: i64) -> Decided {
        let day = |offset| (self.at + Duration::days(offset)).date_naive();
        let command = provider::GrantLicence {
            jurisdiction: place(jurisdiction),
            number: text(&format!("{number}-{}", self.fresh)),
            kind: provider::LicenceKind::Full,
            from: day(from),
            to: day(from.max(to)),
            compact: None,
            home: None,
            exception: None,
        };
        let command = provider::Command::GrantLicence(command);
        self.alone(self.records.provider(id(number)).decides(self.request(Role::Administrator, command)))
    }

    pub(super) fn revoke(&self, number: u128, jurisdiction: &str) -> Decided {
        let provider = self.records.provider(id(number));
        let there = |licence: &&provider::Licence| licence.jurisdiction == place(jurisdiction);
        let licence = provider.state.licences().iter().find(there).ok_or(NOTHING)?;
        let command = provider::Command::RevokeLicence(provider::RevokeLicence {
            jurisdiction: licence.jurisdiction,
            number: licence.number.clone(),
            on: self.today(),
            reason: provider::RevocationReason::Suspended,
        });
        self.alone(provider.decides(self.request(Role::Administrator, command)))
    }

    pub(super) fn set_hours(&self, number: u128, opens: u32) -> Decided {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let weekly = provider::Weekday::of(self.today());
        let weekly = vec![provider::Hours { weekday: weekly, opens: hour(opens), closes: hour(opens + 8) }];
        let command = provider::SetAvailability { from: self.today(), weekly };
        let command = provider::Command::SetAvailability(command);
        self.alone(self.records.provider(id(number)).decides(self.request(Role::Administrator, command)))
    }

    pub(super) fn review(&self, id: &str, verdict: crate::law::ReviewVerdict) -> Decided {
        let rule = Law::current().rule(&code(id)).ok_or(NOTHING)?;
        let command = clinic::ReviewRule { content_sha256: rule.content_sha256.clone(), verdict };
        let command = clinic::Command::ReviewRule(rule.id.clone(), command);
        self.alone(self.records.clinic().decides(self.request(Role::Compliance, command)))
    }

    pub(super) fn import(&self, resource: u128, patient_id: PatientId, content: u8) -> Decided {
        let origin = history::example::origin(1, &[content]);
        let read = history::HistoryImported { patient_id, origin, ..history::example::imported() };
        let command = history::Command::Import(Box::new(read));
        self.alone(self.records.history(resource).decides(self.request(Role::System, command)))
    }

    pub(super) fn open_session(&self, provider_id: ProviderId) -> Decided {
        let command = session::OpenSession { provider_id, starts_at: self.at, capacity: 2 };
        let session_id: SessionId = id(self.fresh);
        let provider_registered = self.records.provider(provider_id).state.is_registered();
        let command = session::Command::Open(command, session::NewSession { session_id, provider_registered });
        self.alone(self.records.session(session_id).decides(self.request(Role::FrontDesk, command)))
    }

    pub(super) fn nth_session(&self, index: usize) -> Result<Loaded<session::Session>, &'static str> {
        let chosen = self.records.sessions.keys().rev().nth(index).ok_or(NOTHING)?;
        Ok(self.records.session(*chosen))
    }

    pub(super) fn close_session(&self, index: usize) -> Decided {
        let close = session::Command::Close(session::CloseSession {});
        self.alone(self.nth_session(index)?.decides(self.request(Role::Provider, close)))
    }
}
