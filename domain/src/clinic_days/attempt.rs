//! One attempt at a command, as the server makes it: load what it is about and what it relies on, decide, and append all of
//! it as long as nothing of that has changed.

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, Utc};
use uuid::Uuid;

use super::asks::{Ask, PATIENTS, PROVIDERS, What};
use super::log::{Attempt, Loaded, Part, Stream};
use super::records::Records;
use crate::calendar::{Booking, OverbookReason};
use crate::given::{actor, code, id, text};
use crate::history;
use crate::law::{Law, Standing};
use crate::visit::example::{commands as example, place};
use crate::visit::*;
use crate::{
    Actor, AuthorityId, HoldId, PatientId, ProviderId, Request, Role, SessionId, Visit, VisitId, calendar, clinic,
    patient, provider, session,
};

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

    /// What there is before the first patient comes, one step after another; `None` when all of it is there.
    pub fn opening(&self, step: usize, simulated: bool) -> Option<Decided> {
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

    fn register_clinic(&self, simulated: bool) -> Decided {
        let time_zone = "America/Chicago".try_into().unwrap();
        let command = clinic::Register { name: text("Lakeside"), time_zone, grace_minutes: 15, simulated };
        let command = clinic::Command::Register(command, clinic::NewClinic { clinic_id: id(9) });
        self.alone(self.records.clinic().decides(self.request(Role::Administrator, command)))
    }

    fn register_provider(&self, number: u128) -> Decided {
        let command = provider::Register { name: text("Dr. Example"), credentials: None };
        let command = provider::Command::Register(command, provider::NewProvider { provider_id: id(number) });
        self.alone(self.records.provider(id(number)).decides(self.request(Role::Administrator, command)))
    }

    fn register_patient(&self, (number, born): (u128, &str)) -> Decided {
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
        self.records.clinic().state.time_zone().cloned().unwrap_or_default().day(self.at)
    }

    fn quarter(&self, quarter: i64) -> DateTime<Utc> {
        self.day + Duration::minutes(15 * quarter)
    }

    /// The days' calendars, having decided.
    fn calendars(&self, booking: &Booking, by: &Actor) -> Result<Vec<Part>, &'static str> {
        let decided = booking.days().into_iter().map(|day| {
            let (command, relies_on_others) = booking.command(day);
            let request = Request { at: self.at, actor: by.clone(), command };
            let part = self.records.calendar(booking.provider_id, day).decides(request)?;
            Ok(if relies_on_others { part } else { part.wherever_it_ends() })
        });
        decided.collect()
    }

    fn schedule(&self, patient: usize, number: u128, quarter: i64, overbook: bool, hold: Option<usize>) -> Decided {
        let Command::Schedule(command, _) = example::schedule() else { unreachable!() };
        let (patient_id, provider_id) = (id(PATIENTS[patient].0), id(number));
        let (visit_id, starts_at): (VisitId, _) = (id(self.fresh), self.quarter(quarter));
        let overbook = overbook.then_some(OverbookReason::Urgent);
        let hold_id = hold.and_then(|index| self.holds(provider_id).nth(index));
        let command = Schedule { patient_id, provider_id, starts_at: starts_at.into(), overbook, hold_id, ..command };
        let (patient, provider) = (self.records.patient(patient_id), self.records.provider(provider_id));
        let zone = self.records.clinic().state.time_zone().cloned().unwrap_or_default();
        let when = When::of(Ok(starts_at), command.duration_minutes, &provider.state, &zone);
        let facts = ScheduleFacts::of(&patient.state, &provider.state, when);
        let to = Some((starts_at, command.duration_minutes));
        let booking = Booking { provider_id, visit_id, from: None, to, overbook, hold_id };
        let desk = actor(Role::FrontDesk);
        let mut parts = self.calendars(&booking, &desk)?;
        let visit = self.records.visit(visit_id);
        parts.push(visit.decides(self.request(Role::FrontDesk, Command::Schedule(command, facts)))?);
        Ok(self.decided(parts, vec![provider.guard()]))
    }

    /// On demand: the patient's stream says so too, so that two requests at once meet there.
    fn ask_for_a_visit(&self, patient_id: PatientId, jurisdiction: &str) -> Decided {
        let Command::RequestVisit(command, _) = example::request() else { unreachable!() };
        let patient = self.records.patient(patient_id);
        let (visit_id, jurisdiction) = (id(self.fresh), place(jurisdiction));
        let command = RequestVisit { patient_id, jurisdiction, earliest: None, latest: None, ..command };
        let open = |visit: &VisitId| self.records.visit(*visit).state.state() == State::Requested;
        let newest_is_open = patient.state.newest_request().is_some_and(|newest| open(&newest));
        let noted = patient::Command::RequestVisit(patient::NewRequest { visit_id, newest_is_open });
        let noted = patient.decides(self.request(Role::FrontDesk, noted))?;
        let command = Command::RequestVisit(command, RequestFacts::of(&patient.state));
        let visit = self.records.visit(visit_id).decides(self.request(Role::FrontDesk, command))?;
        Ok(self.decided(vec![noted, visit], vec![]))
    }

    /// Whoever claims is licensed where the patient says to be, and takes their own time for it.
    fn claim(&self, provider_id: ProviderId, overbook: bool) -> Decided {
        let open = |(_, visit): &(&VisitId, &Visit)| visit.state() == State::Requested;
        let visit_id = *self.records.visits.iter().find(open).ok_or(NOTHING)?.0;
        let Command::Claim(command, _) = example::claim() else { unreachable!() };
        let overbook = overbook.then_some(OverbookReason::Urgent);
        let command = Claim { overbook, starts_at: None, ..command };
        let (provider, clinic) = (self.records.provider(provider_id), self.records.clinic());
        let to = Some((self.at, command.duration_minutes));
        let booking = Booking { provider_id, visit_id, from: None, to, overbook, hold_id: None };
        let by = Actor { person: Some(provider_id.0), ..actor(Role::Provider) };
        let mut parts = self.calendars(&booking, &by)?;
        let facts = ClaimFacts::of(self.at, command.duration_minutes, &provider.state, &clinic.state);
        let request = Request { at: self.at, actor: by, command: Command::Claim(command, facts) };
        parts.push(self.records.visit(visit_id).decides(request)?);
        Ok(self.decided(parts, vec![provider.guard(), clinic.guard()]))
    }

    fn holds(&self, provider: ProviderId) -> impl Iterator<Item = HoldId> {
        let of_provider = self.records.calendars.iter().filter(move |((id, _), _)| *id == provider);
        of_provider.flat_map(|(_, calendar)| calendar.held(self.at).map(|(hold, _)| hold))
    }

    fn hold(&self, provider_id: ProviderId, quarter: i64) -> Decided {
        let (starts_at, duration_minutes, hold_id) = (self.quarter(quarter), 20, id(self.fresh));
        let parts = calendar::days(starts_at, duration_minutes).into_iter().map(|day| {
            let hold = calendar::Hold { provider_id, day, hold_id, starts_at, duration_minutes };
            let calendar = self.records.calendar(provider_id, day);
            calendar.decides(self.request(Role::FrontDesk, calendar::Command::Hold(hold)))
        });
        Ok(self.decided(parts.collect::<Result<_, _>>()?, vec![]))
    }

    fn verify_authority(&self, patient: PatientId, days: u64) -> Decided {
        let command = patient::example::verify_authority(self.fresh);
        let patient::Command::VerifyProxyAuthority(command, new) = command else { unreachable!() };
        let expires_on = self.today() + Days::new(days);
        let command = patient::VerifyProxyAuthority { expires_on, ..command };
        let new = patient::NewAuthority { today: self.today(), ..new };
        let command = patient::Command::VerifyProxyAuthority(command, new);
        self.alone(self.records.patient(patient).decides(self.request(Role::FrontDesk, command)))
    }

    fn end_authority(&self, patient: usize) -> Decided {
        let patient = self.records.patient(id(PATIENTS[patient].0));
        let authority_id = patient.state.proxy_authorities().next().ok_or(NOTHING)?.authority_id;
        let command = patient::EndProxyAuthority { authority_id, reason: patient::AuthorityEnd::GroundsEnded };
        self.alone(patient.decides(self.request(Role::FrontDesk, patient::Command::EndProxyAuthority(command))))
    }

    fn license(&self, number: u128, jurisdiction: &str, from: i64, to: i64) -> Decided {
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

    fn revoke(&self, number: u128, jurisdiction: &str) -> Decided {
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

    fn set_hours(&self, number: u128, opens: u32) -> Decided {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let weekly = provider::Weekday::of(self.today());
        let weekly = vec![provider::Hours { weekday: weekly, opens: hour(opens), closes: hour(opens + 8) }];
        let command = provider::SetAvailability { from: self.today(), weekly };
        let command = provider::Command::SetAvailability(command);
        self.alone(self.records.provider(id(number)).decides(self.request(Role::Administrator, command)))
    }

    fn review(&self, id: &str, verdict: crate::law::ReviewVerdict) -> Decided {
        let rule = Law::current().rule(&code(id)).ok_or(NOTHING)?;
        let command = clinic::ReviewRule { content_sha256: rule.content_sha256.clone(), verdict };
        let command = clinic::Command::ReviewRule(rule.id.clone(), command);
        self.alone(self.records.clinic().decides(self.request(Role::Compliance, command)))
    }

    fn import(&self, resource: u128, patient_id: PatientId, content: u8) -> Decided {
        let origin = history::example::origin(1, &[content]);
        let read = history::HistoryImported { patient_id, origin, ..history::example::imported() };
        let command = history::Command::Import(Box::new(read));
        self.alone(self.records.history(resource).decides(self.request(Role::System, command)))
    }

    fn open_session(&self, provider_id: ProviderId) -> Decided {
        let command = session::OpenSession { provider_id, starts_at: self.at, capacity: 2 };
        let session_id: SessionId = id(self.fresh);
        let provider_registered = self.records.provider(provider_id).state.is_registered();
        let command = session::Command::Open(command, session::NewSession { session_id, provider_registered });
        self.alone(self.records.session(session_id).decides(self.request(Role::FrontDesk, command)))
    }

    fn nth_session(&self, index: usize) -> Result<Loaded<session::Session>, &'static str> {
        let chosen = self.records.sessions.keys().rev().nth(index).ok_or(NOTHING)?;
        Ok(self.records.session(*chosen))
    }

    fn close_session(&self, index: usize) -> Decided {
        let close = session::Command::Close(session::CloseSession {});
        self.alone(self.nth_session(index)?.decides(self.request(Role::Provider, close)))
    }

    /// Which command it is, and who would ask for it.
    fn of_visit(&self, visit: &Visit, ask: &Ask) -> Result<(Role, Command), &'static str> {
        Ok(match ask.what {
            What::Next => self.next(visit)?,
            What::Attest(place) => (Role::Patient, example::attest_location(place)),
            What::Admit => (Role::Provider, example::admit()),
            What::NoShow => (Role::FrontDesk, example::record_no_show()),
            What::ProviderNoShow => (Role::FrontDesk, example::record_provider_no_show()),
            What::Cancel => (Role::FrontDesk, example::cancel()),
            What::Consent => (Role::Patient, example::give_consent(ConsentKind::Telehealth, "telehealth/3")),
            What::Charge => (Role::Billing, self.charge(visit)),
            What::LeaveSession => (Role::FrontDesk, example::leave_session()),
            What::Join(index) => {
                let session_id = self.nth_session(index)?.state.id().ok_or(NOTHING)?;
                (Role::FrontDesk, Command::JoinSession(JoinSession { session_id }))
            }
            What::Reschedule { quarter, overbook } => {
                let Command::Reschedule(command, when) = example::reschedule() else { unreachable!() };
                let overbook = overbook.then_some(OverbookReason::Urgent);
                let starts_at = self.quarter(quarter).into();
                (Role::FrontDesk, Command::Reschedule(Reschedule { starts_at, overbook, ..command }, when))
            }
            What::HandOver { provider, overbook } => {
                let Command::HandOver(command, facts) = example::hand_over() else { unreachable!() };
                let overbook = overbook.then_some(OverbookReason::Urgent);
                let to_provider_id = id(PROVIDERS[provider]);
                (Role::FrontDesk, Command::HandOver(HandOver { to_provider_id, overbook, ..command }, facts))
            }
            What::Cosigner { provider } => {
                let Command::RequestCosign(command, facts) = example::request_cosign() else { unreachable!() };
                let cosigner_id = id(PROVIDERS[provider]);
                (Role::Provider, Command::RequestCosign(RequestCosign { cosigner_id, ..command }, facts))
            }
            What::VerifyProxy(_) => {
                let Command::VerifyProxy(command, facts, _) = example::verify_proxy() else { unreachable!() };
                let patient = self.records.patient(visit.patient().ok_or(NOTHING)?);
                let authority_id = patient.state.proxy_authorities().last().ok_or(NOTHING)?.authority_id;
                let new = NewParticipant { participant_id: id(self.fresh) };
                (Role::FrontDesk, Command::VerifyProxy(VerifyProxy { authority_id, ..command }, facts, new))
            }
            What::ProxyConsent => {
                let command =
                    example::record_proxy_consent(ConsentKind::Telehealth, ProxyAnswer::Given, "telehealth/3");
                let Command::RecordProxyConsent(command, facts) = command else { unreachable!() };
                let participant_id = match visit.proxies().iter().last() {
                    Some((participant_id, _)) => participant_id,
                    None => return self.of_visit(visit, &Ask { what: What::VerifyProxy(0), ..ask.clone() }),
                };
                (Role::FrontDesk, Command::RecordProxyConsent(RecordProxyConsent { participant_id, ..command }, facts))
            }
            What::Example(index) => example::all().swap_remove(index),
            _ => return Err(NOTHING),
        })
    }

    /// The next step on the straight path.
    fn next(&self, visit: &Visit) -> Result<(Role, Command), &'static str> {
        let (desk, provider, patient, billing) = (Role::FrontDesk, Role::Provider, Role::Patient, Role::Billing);
        let note = visit.notes().get(id(example_note()));
        Ok(match visit.state() {
            State::Scheduled | State::Left => (patient, example::arrive()),
            State::Arrived if !visit.identity_verified() => (desk, example::verify_identity()),
            State::Arrived if visit.location().is_none() => (patient, example::attest_location("WI")),
            State::Arrived if !visit.contacts().callback_number => (patient, example::give_callback_number()),
            State::Arrived if visit.contacts().emergency_contact.is_none() => {
                (patient, example::record_emergency_contact())
            }
            State::Arrived => (patient, example::check_in()),
            State::Held => (desk, example::return_to_waiting()),
            State::CheckedIn if visit.readiness() != Readiness::Ready => (provider, example::report_provider_ready()),
            State::CheckedIn | State::Roomed => (provider, example::admit()),
            State::Admitted if note.is_none() => (provider, example::draft_note()),
            State::Admitted if visit.diagnoses().iter().next().is_none() => (provider, example::record_diagnosis()),
            State::Admitted if visit.orders().iter().next().is_none() => (provider, example::draft_prescription()),
            State::Admitted if visit.orders().iter().all(|(_, order)| order.signer.is_none()) => {
                (provider, example::sign_order())
            }
            State::Admitted => (provider, example::end()),
            State::Ended if note.is_none() => (provider, example::draft_note()),
            State::Ended if note.is_some_and(|note| note.signed_sha256.is_none()) => (provider, example::sign_note()),
            State::Ended if visit.charges().iter().next().is_none() => (billing, self.charge(visit)),
            State::Ended => (billing, example::bill()),
            State::NoShow => (desk, example::reverse_no_show()),
            _ => return Err(NOTHING),
        })
    }

    /// For the first diagnosis of the visit's list, where there is one.
    fn charge(&self, visit: &Visit) -> Command {
        let command = example::capture_charge(self.fresh);
        let (Command::CaptureCharge(command, facts), Some(first)) = (command.clone(), visit.diagnoses().iter().next())
        else {
            return command;
        };
        let (diagnoses, diagnosis_pointers) = (vec![], vec![first.diagnosis_number]);
        Command::CaptureCharge(CaptureCharge { diagnoses, diagnosis_pointers, ..command }, facts)
    }

    /// The command with what it relies on, and what is decided beside it.
    fn on_visit(
        &self,
        visit_id: VisitId,
        visit: Loaded<Visit>,
        role: Role,
        command: Command,
        stranger: bool,
    ) -> Decided {
        let by = self.person(&visit.state, role, stranger);
        let (mut guards, mut parts) = (Vec::new(), Vec::new());
        let clinic = self.records.clinic();
        let zone = clinic.state.time_zone().cloned().unwrap_or_default();
        let time = visit.state.starts_at().map(|starts_at| (starts_at, visit.state.duration_minutes()));
        let own = visit.state.provider().unwrap_or_default();
        let mut licences = || {
            let provider = self.records.provider(own);
            guards.extend([provider.guard(), clinic.guard()]);
            let facts = AdmitFacts::of(&provider.state, &clinic.state);
            let Some(supervision) = visit.state.supervision() else { return facts };
            let supervisor = self.records.provider(supervision.supervisor);
            guards.push(supervisor.guard());
            facts.supervised_by(&supervisor.state)
        };
        let command = match command {
            Command::Admit(command, _) => Command::Admit(command, licences()),
            Command::AttestLocation(command, _) => Command::AttestLocation(command, licences()),
            Command::RecordNoShow(command, _) => Command::RecordNoShow(command, NoShowFacts::of(&clinic.state)),
            Command::RecordProviderNoShow(command, _) => {
                Command::RecordProviderNoShow(command, NoShowFacts::of(&clinic.state))
            }
            Command::CaptureCharge(command, facts) => {
                guards.push(clinic.guard());
                Command::CaptureCharge(command, ChargeFacts::of(facts.charge_id, &clinic.state))
            }
            Command::CorrectCharge(command, facts) => {
                guards.push(clinic.guard());
                Command::CorrectCharge(command, ChargeFacts::of(facts.charge_id, &clinic.state))
            }
            Command::SignOrder(command, facts) => {
                guards.push(clinic.guard());
                let (on, reliance) = (self.today(), clinic.state.reliance());
                Command::SignOrder(command, SignOrderFacts { on, reliance, ..facts })
            }
            Command::RequestCosign(command, _) => {
                let cosigner = self.records.provider(command.cosigner_id);
                guards.push(cosigner.guard());
                Command::RequestCosign(command, CosignerFacts::of(&cosigner.state))
            }
            Command::NameSupervisor(command, _) => {
                let supervisor = self.records.provider(command.supervisor_id);
                guards.extend([supervisor.guard(), clinic.guard()]);
                Command::NameSupervisor(command, SupervisorFacts::of(&supervisor.state, &clinic.state))
            }
            Command::GiveConsent(command, _) => {
                let (standing, relied_on) = self.standing(&visit.state);
                guards.extend(relied_on);
                Command::GiveConsent(command, ConsentFacts { standing })
            }
            Command::VerifyProxy(command, _, new) => {
                let (facts, relied_on) = self.proxy(&visit.state, Some(command.authority_id));
                guards.extend(relied_on);
                Command::VerifyProxy(command, facts, new)
            }
            Command::RecordProxyConsent(command, _) => {
                let authority = visit.state.proxies().get(command.participant_id).map(|proxy| proxy.authority_id);
                let (facts, relied_on) = self.proxy(&visit.state, authority);
                guards.extend(relied_on);
                Command::RecordProxyConsent(command, facts)
            }
            Command::WithdrawProxyConsent(command, _) => {
                let authority = visit.state.proxies().get(command.participant_id).map(|proxy| proxy.authority_id);
                let (facts, relied_on) = self.proxy(&visit.state, authority);
                guards.extend(relied_on);
                Command::WithdrawProxyConsent(command, facts)
            }
            Command::Cancel(command) => {
                parts = self.calendars(&Booking::freeing(own, visit_id, time), &by)?;
                Command::Cancel(command)
            }
            Command::Reschedule(command, _) => {
                let minutes = command.duration_minutes.unwrap_or(visit.state.duration_minutes());
                let starts_at = command.starts_at.resolve(&zone);
                let to = starts_at.ok().map(|starts_at| (starts_at, minutes));
                let (overbook, hold_id) = (command.overbook, command.hold_id);
                let provider = self.records.provider(own);
                guards.push(provider.guard());
                let booking = Booking { provider_id: own, visit_id, from: time, to, overbook, hold_id };
                parts = self.calendars(&booking, &by)?;
                Command::Reschedule(command, When::of(starts_at, minutes, &provider.state, &zone))
            }
            Command::HandOver(command, _) => {
                let (to_provider_id, overbook) = (command.to_provider_id, command.overbook);
                if own != to_provider_id {
                    parts = self.calendars(&Booking::freeing(own, visit_id, time), &by)?;
                }
                let provider_id = to_provider_id;
                let taken = Booking { provider_id, visit_id, from: None, to: time, overbook, hold_id: None };
                parts.extend(self.calendars(&taken, &by)?);
                let provider = self.records.provider(to_provider_id);
                guards.push(provider.guard());
                Command::HandOver(command, HandOverFacts::of(&visit.state, &provider.state, &zone))
            }
            Command::JoinSession(command) => {
                let seat = session::SeatVisit { visit_id, provider_id: visit.state.provider() };
                let seat = Request { at: self.at, actor: by.clone(), command: session::Command::Seat(seat) };
                parts.push(self.records.session(command.session_id).decides(seat)?);
                Command::JoinSession(command)
            }
            Command::LeaveSession(command) => {
                if let Some(session) = visit.state.session() {
                    let unseat = session::Command::Unseat(visit_id);
                    let unseat = Request { at: self.at, actor: by.clone(), command: unseat };
                    parts.push(self.records.session(session).decides(unseat)?);
                }
                Command::LeaveSession(command)
            }
            other => other,
        };
        parts.push(visit.decides(Request { at: self.at, actor: by, command })?);
        Ok(self.decided(parts, guards))
    }

    /// Who asks: of this visit, or sometimes somebody else in the same role.
    fn person(&self, visit: &Visit, role: Role, stranger: bool) -> Actor {
        let person = match role {
            Role::Patient if stranger => Some(Uuid::from_u128(PATIENTS[1].0)),
            Role::Provider if stranger => Some(Uuid::from_u128(PROVIDERS[1])),
            Role::Patient => visit.patient().map(|patient| patient.0),
            Role::Provider => visit.provider().map(|provider| provider.0),
            _ => None,
        };
        Actor { person, ..actor(role) }
    }

    fn standing(&self, visit: &Visit) -> (Standing, Vec<(Stream, u64)>) {
        let patient_id = visit.patient().unwrap_or_default();
        let (patient, clinic) = (self.records.patient(patient_id), self.records.clinic());
        let zone = clinic.state.time_zone().cloned().unwrap_or_default();
        let born = PATIENTS.iter().find(|(number, _)| patient_id == id(*number)).map(|(_, born)| born.parse().unwrap());
        let on = zone.day(visit.starts_at().unwrap_or(self.at));
        let place = visit.location().map(|location| location.jurisdiction);
        let standing = Law::current().standing(born.unwrap_or_default(), place, None, on, &clinic.state.reliance());
        (standing, vec![patient.guard(), clinic.guard()])
    }

    fn proxy(&self, visit: &Visit, authority: Option<AuthorityId>) -> (ProxyFacts, Vec<(Stream, u64)>) {
        let (standing, guards) = self.standing(visit);
        let patient = self.records.patient(visit.patient().unwrap_or_default());
        (ProxyFacts::of(authority, &patient.state, standing, self.today()), guards)
    }
}

/// The note that the examples write.
fn example_note() -> u128 {
    crate::visit::example::NOTE
}
