//! Commands on a visit: which it is, who asks, and what it relies on in other records.

use uuid::Uuid;

use super::super::asks::{Ask, PATIENTS, PROVIDERS, What};
use super::super::log::{Loaded, Stream};
use super::{Asked, Decided, NOTHING};
use crate::calendar::{Booking, OverbookReason};
use crate::given::{actor, id};
use crate::law::{Law, Standing};
use crate::visit::example::commands as example;
use crate::visit::*;
use crate::{Actor, AuthorityId, Request, Role, Visit, VisitId, session};

impl Asked<'_> {
    /// Which command it is, and who would ask for it.
    pub(super) fn of_visit(&self, visit: &Visit, ask: &Ask) -> Result<(Role, Command), &'static str> {
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
    pub(super) fn next(&self, visit: &Visit) -> Result<(Role, Command), &'static str> {
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
    pub(super) fn charge(&self, visit: &Visit) -> Command {
        let command = example::capture_charge(self.fresh);
        let (Command::CaptureCharge(command, facts), Some(first)) = (command.clone(), visit.diagnoses().iter().next())
        else {
            return command;
        };
        let (diagnoses, diagnosis_pointers) = (vec![], vec![first.diagnosis_number]);
        Command::CaptureCharge(CaptureCharge { diagnoses, diagnosis_pointers, ..command }, facts)
    }

    /// The command with what it relies on, and what is decided beside it.
    pub(super) fn on_visit(
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
        let zone = clinic.state.time_zone();
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
    pub(super) fn person(&self, visit: &Visit, role: Role, stranger: bool) -> Actor {
        let person = match role {
            Role::Patient if stranger => Some(Uuid::from_u128(PATIENTS[1].0)),
            Role::Provider if stranger => Some(Uuid::from_u128(PROVIDERS[1])),
            Role::Patient => visit.patient().map(|patient| patient.0),
            Role::Provider => visit.provider().map(|provider| provider.0),
            _ => None,
        };
        Actor { person, ..actor(role) }
    }

    pub(super) fn standing(&self, visit: &Visit) -> (Standing, Vec<(Stream, u64)>) {
        let patient_id = visit.patient().unwrap_or_default();
        let (patient, clinic) = (self.records.patient(patient_id), self.records.clinic());
        let zone = clinic.state.time_zone();
        let born = PATIENTS.iter().find(|(number, _)| patient_id == id(*number)).map(|(_, born)| born.parse().unwrap());
        let on = zone.day(visit.starts_at().unwrap_or(self.at));
        let place = visit.location().map(|location| location.jurisdiction);
        let standing = Law::current().standing(born.unwrap_or_default(), place, None, on, &clinic.state.reliance());
        (standing, vec![patient.guard(), clinic.guard()])
    }

    pub(super) fn proxy(&self, visit: &Visit, authority: Option<AuthorityId>) -> (ProxyFacts, Vec<(Stream, u64)>) {
        let (standing, guards) = self.standing(visit);
        let patient = self.records.patient(visit.patient().unwrap_or_default());
        (ProxyFacts::of(authority, &patient.state, standing, self.today()), guards)
    }
}

/// The note that the examples write.
fn example_note() -> u128 {
    crate::visit::example::NOTE
}
