//! What the facts tell, one after another, kept apart from the state that the rules use; and what must hold between streams
//! whenever one more is told.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::asks::PATIENTS;
use super::log::{Fact, Stream};
use crate::given::id;
use crate::history;
use crate::law::{Because, ReviewVerdict, RuleId};
use crate::patient::ProxyMatter;
use crate::visit::Participant;
use crate::{
    AuthorityId, Jurisdiction, PatientId, Phi, ProviderId, SessionId, Sha256Hex, Text, TimeZone, VisitId, calendar,
    clinic, patient, provider, session, visit,
};

/// From when to when, to the second.
type Span = (DateTime<Utc>, DateTime<Utc>);

fn span(starts_at: DateTime<Utc>, minutes: u16) -> Span {
    (starts_at, starts_at + Duration::minutes(minutes.into()))
}

fn overlap(one: Span, other: Span) -> bool {
    one.0 < other.1 && other.0 < one.1
}

#[derive(Clone, Copy)]
struct Visit {
    patient: PatientId,
    provider: ProviderId,
    time: Span,
    /// Not called off.
    stands: bool,
    place: Option<Jurisdiction>,
    admitted: bool,
    ended: bool,
    session: Option<SessionId>,
}

struct Licence {
    jurisdiction: Jurisdiction,
    number: Text<40>,
    from: NaiveDate,
    to: NaiveDate,
}

struct Authority {
    patient: PatientId,
    scope: BTreeSet<ProxyMatter>,
    expires_on: NaiveDate,
    ended: bool,
}

struct Session {
    provider: ProviderId,
    places: usize,
    visits: BTreeSet<VisitId>,
    closed: bool,
}

/// Everything told so far.
#[derive(Default)]
pub struct Told {
    zone: TimeZone,
    grace: i64,
    simulated: bool,
    reviews: BTreeMap<RuleId, (Sha256Hex, ReviewVerdict)>,
    registered: BTreeSet<Stream>,
    licences: BTreeMap<ProviderId, Vec<Licence>>,
    authorities: BTreeMap<AuthorityId, Authority>,
    visits: BTreeMap<VisitId, Visit>,
    booked: BTreeMap<(ProviderId, NaiveDate), BTreeMap<VisitId, Span>>,
    holds: Vec<(crate::HoldId, ProviderId, Span, DateTime<Utc>)>,
    sessions: BTreeMap<SessionId, Session>,
    /// Visits that a patient's stream says were asked for, in an append that has not said what for.
    asked: BTreeMap<VisitId, PatientId>,
    /// Open requests: whose, and where they are.
    requests: BTreeMap<VisitId, (PatientId, Jurisdiction)>,
    /// Imported resources: about whom, and with which contents.
    imports: BTreeMap<u128, (PatientId, BTreeSet<Sha256Hex>)>,
    /// Requests that nobody took.
    closed: BTreeSet<VisitId>,
    /// Visits that were admitted or moved where no licence is valid, and whose stream must say so in the same append.
    gaps: BTreeSet<VisitId>,
}

impl Told {
    /// Takes one append in, fact by fact.
    pub fn observe(&mut self, facts: &[(Stream, Fact)], at: DateTime<Utc>) {
        for (stream, fact) in facts {
            match (*stream, fact) {
                (Stream::Clinic, Fact::Clinic(event)) => self.clinic(event),
                (Stream::Provider(id), Fact::Provider(event)) => self.provider(id, event),
                (Stream::Patient(id), Fact::Patient(event)) => self.patient(id, event),
                (Stream::Calendar(id, day), Fact::Calendar(event)) => self.calendar(id, day, event, at),
                (Stream::Session(id), Fact::Session(event)) => self.session(id, event),
                (Stream::History(id), Fact::History(event)) => self.imported(id, event),
                (Stream::Visit(id), Fact::Visit(event)) => self.visit(id, event, at),
                (stream, fact) => panic!("{fact:?} in {stream:?}"),
            }
        }
        assert!(self.asked.is_empty(), "a request that only the patient's stream knows of");
        assert!(self.gaps.is_empty(), "nobody was told that no licence is valid where the patient is now");
        self.calendars_and_visits_agree();
        self.sessions_and_visits_agree();
    }

    fn clinic(&mut self, event: &clinic::Event) {
        match event {
            clinic::Event::ClinicRegistered(registered) => {
                self.zone = registered.time_zone.clone();
                self.grace = registered.grace_minutes.into();
                self.simulated = registered.simulated;
            }
            clinic::Event::LateArrivalPolicySet(_)
            | clinic::Event::ReminderPolicySet(_)
            | clinic::Event::StaffNamingSet(_) => {}
            clinic::Event::RuleReviewed(reviewed) => {
                let review = (reviewed.content_sha256.clone(), reviewed.verdict);
                self.reviews.insert(reviewed.rule.clone(), review);
            }
        }
    }

    fn provider(&mut self, id: ProviderId, event: &provider::Event) {
        let licences = self.licences.entry(id).or_default();
        match event {
            provider::Event::ProviderRegistered(_) => {
                self.registered.insert(Stream::Provider(id));
            }
            provider::Event::LicenceGranted(granted) => licences.push(Licence {
                jurisdiction: granted.jurisdiction,
                number: granted.number.clone(),
                from: granted.from,
                to: granted.to,
            }),
            provider::Event::LicenceRevoked(revoked) => {
                let meant = |licence: &&mut Licence| {
                    licence.jurisdiction == revoked.jurisdiction && licence.number == revoked.number
                };
                let last = revoked.on.pred_opt().unwrap();
                licences.iter_mut().filter(meant).for_each(|licence| licence.to = licence.to.min(last));
            }
            provider::Event::LicenceCorrected(_) => panic!("nobody corrects a licence on these days"),
            provider::Event::AvailabilitySet(_) => {}
        }
    }

    fn patient(&mut self, patient: PatientId, event: &patient::Event) {
        match event {
            patient::Event::PatientRegistered(_) | patient::Event::PatientImported(_) => {
                self.registered.insert(Stream::Patient(patient));
            }
            patient::Event::VisitRequested(asked) => {
                let open = self.requests.values().any(|(whose, _)| *whose == patient);
                assert!(!open, "asked twice at once");
                // Where the patient is stands in the visit's own stream, in the same append.
                self.asked.insert(asked.visit_id, patient);
            }
            patient::Event::ProxyAuthorityVerified(verified) => {
                let scope = verified.scope.iter().copied().collect();
                let authority = Authority { patient, scope, expires_on: verified.expires_on, ended: false };
                self.authorities.insert(verified.authority_id, authority);
            }
            patient::Event::ProxyAuthorityEnded(ended) => {
                self.authorities.get_mut(&ended.authority_id).expect("an authority that was verified").ended = true;
            }
            patient::Event::LegalHoldPlaced(_)
            | patient::Event::LegalHoldReleaseProposed(_)
            | patient::Event::LegalHoldReleased(_)
            | patient::Event::ErasureProposed(_)
            | patient::Event::PatientKeyDestroyed(_)
            | patient::Event::DisclosureMade(_)
            | patient::Event::AccountingSuspended(_)
            | patient::Event::GlassBroken(_)
            | patient::Event::GlassReviewed(_) => panic!("nothing of this happens on these days"),
        }
    }

    fn calendar(&mut self, provider: ProviderId, day: NaiveDate, event: &calendar::Event, at: DateTime<Utc>) {
        match event {
            calendar::Event::SlotBooked(booked) => {
                let time = span(booked.starts_at, booked.duration_minutes);
                if booked.overbooked.is_none() {
                    let others = self.booked.iter().filter(|((whose, _), _)| *whose == provider);
                    for (other, taken) in others.flat_map(|(_, visits)| visits) {
                        assert!(*other == booked.visit_id || !overlap(*taken, time), "two visits share a time");
                    }
                    for (hold, whose, held, until) in &self.holds {
                        let used = booked.hold_id == Some(*hold);
                        let stands = *whose == provider && *until > at && !used;
                        assert!(!stands || !overlap(*held, time), "booked what somebody else held");
                    }
                }
                self.holds.retain(|(hold, ..)| booked.hold_id != Some(*hold));
                let before = self.booked.entry((provider, day)).or_default().insert(booked.visit_id, time);
                assert!(before.is_none(), "a visit booked twice on a day");
            }
            calendar::Event::SlotFreed(freed) => {
                let visits = self.booked.entry((provider, day)).or_default();
                visits.remove(&freed.visit_id).expect("freed what was not booked");
            }
            calendar::Event::SlotHeld(held) => {
                let time = span(held.starts_at, held.duration_minutes);
                self.holds.push((held.hold_id, provider, time, held.held_until));
            }
        }
    }

    /// A resource stays with its patient, and what was imported once is not imported again.
    fn imported(&mut self, resource: u128, event: &history::Event) {
        let history::Event::HistoryImported(imported) = event else { panic!("nobody imports a directory") };
        let (patient, contents) =
            self.imports.entry(resource).or_insert_with(|| (imported.patient_id, BTreeSet::new()));
        assert_eq!(*patient, imported.patient_id, "a resource of two patients");
        assert!(contents.insert(imported.origin.content_key.clone()), "imported twice");
    }

    fn session(&mut self, id: SessionId, event: &session::Event) {
        if let session::Event::SessionOpened(opened) = event {
            assert!(self.registered.contains(&Stream::Provider(opened.provider_id)), "led by nobody");
            let (provider, places) = (opened.provider_id, opened.capacity.into());
            self.sessions.insert(id, Session { provider, places, visits: BTreeSet::new(), closed: false });
            return;
        }
        let session = self.sessions.get_mut(&id).expect("a session that was opened");
        match event {
            session::Event::SessionOpened(_) => {}
            session::Event::VisitJoinedSession(joined) => {
                assert!(!session.closed, "joined what is over");
                assert!(session.visits.insert(joined.visit_id), "took two places");
                assert!(session.visits.len() <= session.places, "more than there are places");
            }
            session::Event::VisitLeftSession(left) => {
                assert!(session.visits.remove(&left.visit_id), "left a place it had not");
            }
            session::Event::SessionClosed(_) => session.closed = true,
        }
    }

    fn visit(&mut self, visit_id: VisitId, event: &visit::Event, at: DateTime<Utc>) {
        use visit::Event as E;
        if let E::Scheduled(scheduled) = event {
            let (patient, provider) = (scheduled.patient_id, scheduled.provider_id);
            assert!(self.registered.contains(&Stream::Patient(patient)), "for nobody");
            assert!(self.registered.contains(&Stream::Provider(provider)), "with nobody");
            let time = span(scheduled.starts_at, scheduled.duration_minutes);
            let (stands, place, admitted, ended, session) = (true, None, false, false, None);
            self.visits.insert(visit_id, Visit { patient, provider, time, stands, place, admitted, ended, session });
            return;
        }
        let today = self.zone.day(at);
        match event {
            E::Requested(requested) => {
                assert!(self.registered.contains(&Stream::Patient(requested.patient_id)), "asked for nobody");
                assert_eq!(self.asked.remove(&visit_id), Some(requested.patient_id), "the patient's stream is silent");
                self.requests.insert(visit_id, (requested.patient_id, requested.jurisdiction));
                return;
            }
            E::Claimed(claimed) => {
                let (_, place) = self.requests.remove(&visit_id).expect("claimed what is not open");
                assert!(self.licensed(claimed.provider_id, place, today), "claimed without a licence");
                return;
            }
            E::RequestExpired(_) | E::Cancelled(_) if self.requests.remove(&visit_id).is_some() => {
                self.closed.insert(visit_id);
                return;
            }
            // Nobody treats in it: what else is told of a request concerns no other stream.
            _ if self.requests.contains_key(&visit_id) || self.closed.contains(&visit_id) => return,
            _ => {}
        }
        let told = *self.visits.get(&visit_id).expect("a visit that was scheduled");
        let now = self.visits.get_mut(&visit_id).unwrap();
        match event {
            E::Rescheduled(moved) => {
                now.time = span(moved.starts_at, moved.duration_minutes);
                (now.place, now.admitted) = (None, false);
            }
            E::HandedOver(handed) => {
                assert!(self.registered.contains(&Stream::Provider(handed.to_provider_id)), "to nobody");
                now.provider = handed.to_provider_id;
            }
            E::Cancelled(_) => now.stands = false,
            E::Ended(_) => now.ended = true,
            E::SessionJoined(joined) => {
                now.session = Some(joined.session_id);
                assert_eq!(self.sessions[&joined.session_id].provider, told.provider, "led by somebody else");
            }
            E::SessionLeft(_) => now.session = None,
            E::LocationAttested(location) => {
                now.place = Some(location.jurisdiction);
                let gap = told.admitted && !told.ended && !self.licensed(told.provider, location.jurisdiction, today);
                if gap {
                    self.gaps.insert(visit_id);
                }
            }
            E::LicenceGapObserved(gap) => {
                assert!(!self.licensed(gap.provider_id, gap.jurisdiction, today), "a gap that is none");
                self.gaps.remove(&visit_id);
            }
            E::Admitted(admitted) => {
                now.admitted = true;
                let licensed = told.place.is_some_and(|place| self.licensed(told.provider, place, today));
                let overridden = admitted.overridden_gates.contains(&visit::Gate::Licence);
                assert_eq!(admitted.on, today, "another day than the clinic's");
                assert!(licensed != overridden, "admitted where no licence is valid, or said so although one is");
            }
            E::NoShowRecorded(_) => {
                assert!(at - told.time.0 >= Duration::minutes(self.grace), "nobody waited for them");
            }
            E::ConsentGiven(given) => match given.participant {
                Participant::Patient => assert!(of_age(told.patient), "a minor consented alone"),
                Participant::Proxy => self.acts(given.authority_id.unwrap(), told.patient, today),
                other => panic!("{other:?} consented"),
            },
            E::CosignRequested(requested) => {
                let registered = self.registered.contains(&Stream::Provider(requested.cosigner_id));
                assert!(registered, "asked somebody who is not of this clinic");
            }
            E::SupervisorNamed(named) => {
                let registered = self.registered.contains(&Stream::Provider(named.supervisor_id));
                assert!(registered, "supervised by somebody who is not of this clinic");
            }
            E::ChargeCaptured(captured) => self.relied_on(&captured.rules),
            E::OrderSigned(signed) => signed.rules.iter().for_each(|rules| self.relied_on(rules)),
            _ => {}
        }
    }

    fn licensed(&self, provider: ProviderId, place: Jurisdiction, on: NaiveDate) -> bool {
        let valid = |licence: &Licence| licence.jurisdiction == place && (licence.from..=licence.to).contains(&on);
        self.licences.get(&provider).is_some_and(|licences| licences.iter().any(valid))
    }

    fn acts(&self, authority: AuthorityId, patient: PatientId, today: NaiveDate) {
        let authority = &self.authorities[&authority];
        assert_eq!(authority.patient, patient, "on another patient's record");
        assert!(!authority.ended && authority.expires_on >= today, "without authority");
        assert!(authority.scope.contains(&ProxyMatter::Consent), "in another matter");
    }

    /// Where not everything is simulated the clinic relies on what it accepted alone; and nowhere on what it rejected.
    fn relied_on(&self, rules: &Phi<Vec<Because>>) {
        let Phi::Clear(rules) = rules else { panic!("open in memory") };
        for because in rules {
            let review = self.reviews.get(&because.rule).filter(|(content, _)| *content == because.content_sha256);
            match review {
                Some((_, verdict)) => assert_eq!(*verdict, ReviewVerdict::Accepted, "relied on what is rejected"),
                None => assert!(self.simulated, "relied on what nobody reviewed"),
            }
        }
    }

    fn calendars_and_visits_agree(&self) {
        let booked: BTreeSet<_> = self
            .booked
            .iter()
            .flat_map(|((provider, day), visits)| visits.iter().map(|(visit, time)| (*visit, *provider, *day, *time)))
            .collect();
        let stands = self.visits.iter().filter(|(_, visit)| visit.stands).flat_map(|(id, visit)| {
            let minutes = (visit.time.1 - visit.time.0).num_minutes();
            let days = calendar::days(visit.time.0, u16::try_from(minutes).unwrap());
            days.into_iter().map(|day| (*id, visit.provider, day, visit.time))
        });
        assert_eq!(booked, stands.collect(), "calendars and visits disagree");
    }

    fn sessions_and_visits_agree(&self) {
        let seated: BTreeSet<_> =
            self.sessions.iter().flat_map(|(id, session)| session.visits.iter().map(|visit| (*visit, *id))).collect();
        let told = self.visits.iter().filter_map(|(id, visit)| visit.session.map(|session| (*id, session)));
        assert_eq!(seated, told.collect(), "sessions and visits disagree");
    }
}

fn of_age(patient: PatientId) -> bool {
    patient == id(PATIENTS[0].0)
}
