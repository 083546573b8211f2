//! When a patient can be registered, and when another system's record of one can be imported.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    Command, Event, Known, NewPatient, NewRequest, Patient, PatientImported, PatientRegistered, Register,
    VisitRequested,
};
use crate::law::Unanswered;
use crate::{Phi, Refusal, Request, Rules, VisitId};

/// Why a request about a patient's record is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The stream has a patient already.
    #[error("this patient is already registered")]
    AlreadyRegistered,
    /// In the future, or further back than anyone lives.
    #[error("the birth date must lie between 1890 and today")]
    BirthDateUnreasonable,
    /// The stream has no patient.
    #[error("this patient is not registered")]
    NotRegistered,
    /// In no matter.
    #[error("a proxy acts in one matter at least")]
    ScopeEmpty,
    /// In the past, or further ahead than anyone is a minor.
    #[error("an authority expires today or later, and within 22 years")]
    ExpiryUnreasonable,
    /// The id was given out before.
    #[error("this id is already in use in this record; ask for a fresh one")]
    IdAlreadyUsed,
    /// More than any patient has.
    #[error("a record holds at most 100 authorities")]
    TooManyAuthorities,
    /// No such authority.
    #[error("this patient's record has no such authority")]
    UnknownAuthority,
    /// It was ended before.
    #[error("this authority is ended already")]
    AuthorityAlreadyEnded,
    /// The keys are destroyed.
    #[error("this patient's record was erased; nothing more is added to it")]
    RecordErased,
    /// More than any record has.
    #[error("a record has at most 100 legal holds")]
    TooManyLegalHolds,
    /// No such hold.
    #[error("this patient's record has no such legal hold")]
    UnknownLegalHold,
    /// It was ended before.
    #[error("this legal hold is released already")]
    LegalHoldAlreadyReleased,
    /// Nobody proposed it.
    #[error("nobody proposed to release this hold; one person proposes it and another releases it")]
    ReleaseNotProposed,
    /// The same person twice.
    #[error("whoever proposed this may not also agree to it; another person has to")]
    SecondPersonNeeded,
    /// Something holds it.
    #[error("this record is under a legal hold; nothing of it may be destroyed before the hold is released")]
    UnderLegalHold,
    /// A visit is under way or ahead.
    #[error("a visit of this patient is not over; a record that is in use is not erased")]
    RecordInUse,
    /// Not yet. The day itself is not told here: of a minor it tells when they were born.
    #[error("this record still has to be kept; GET /v1/patients/{{id}}/retention says until when and by which rule")]
    RetentionRunning,
    /// Unknown means keep.
    #[error("until when this record has to be kept is not known, so it is kept: {why}")]
    RetentionUnknown {
        /// What is not known.
        why: Unanswered,
    },
    /// Nobody proposed it, or a hold was placed since.
    #[error("nobody proposed to erase this record since it was last held; one person proposes it and another confirms")]
    ErasureNotProposed,
    /// Not yet.
    #[error("a disclosure is recorded once it was made, by the clinic's day")]
    DisclosureInFuture,
    /// More than fit one fact.
    #[error("one disclosure names at most 100 visits")]
    TooManyVisitsDisclosed,
    /// Of another patient, or of nobody.
    #[error("one of these visits is not this patient's")]
    VisitOfAnother,
    /// No such disclosure.
    #[error("this patient's record has no such disclosure")]
    UnknownDisclosure,
    /// Only oversight and law enforcement may ask for it.
    #[error(
        "only a disclosure for health oversight or law enforcement may be left out for a time (45 CFR 164.528(a)(2))"
    )]
    NotSuspendable,
    /// Stated tomorrow, or over before it was stated.
    #[error("a suspension was asked for today or earlier, and ends on that day or later")]
    SuspensionUnreasonable,
    /// Longer than a spoken word is good for.
    #[error("asked for by word of mouth, a suspension lasts 30 days at most; longer only in writing")]
    OralSuspensionTooLong,
    /// Too short or too long.
    #[error("the glass is broken for 1 to 240 minutes")]
    GlassMinutesOutOfRange,
    /// It stands.
    #[error("you broke the glass before this record already, and its time is not over")]
    GlassAlreadyBroken,
    /// No such broken glass.
    #[error("nobody broke the glass before this record under this id")]
    UnknownGlass,
    /// It was reviewed before.
    #[error("this was reviewed already")]
    GlassAlreadyReviewed,
    /// One at a time.
    #[error("the patient has an open request already, visit {visit_id}; wait for it, or call it off")]
    RequestAlreadyOpen {
        /// The visit that was asked for.
        visit_id: VisitId,
    },
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::AlreadyRegistered => "already-registered",
            Error::BirthDateUnreasonable => "birth-date-unreasonable",
            Error::NotRegistered => "not-registered",
            Error::ScopeEmpty => "scope-empty",
            Error::ExpiryUnreasonable => "expiry-unreasonable",
            Error::IdAlreadyUsed => "id-already-used",
            Error::TooManyAuthorities => "too-many-authorities",
            Error::UnknownAuthority => "unknown-authority",
            Error::AuthorityAlreadyEnded => "authority-already-ended",
            Error::RecordErased => "record-erased",
            Error::TooManyLegalHolds => "too-many-legal-holds",
            Error::UnknownLegalHold => "unknown-legal-hold",
            Error::LegalHoldAlreadyReleased => "legal-hold-already-released",
            Error::ReleaseNotProposed => "release-not-proposed",
            Error::SecondPersonNeeded => "second-person-needed",
            Error::UnderLegalHold => "under-legal-hold",
            Error::RecordInUse => "record-in-use",
            Error::RetentionRunning => "retention-running",
            Error::RetentionUnknown { .. } => "retention-unknown",
            Error::ErasureNotProposed => "erasure-not-proposed",
            Error::DisclosureInFuture => "disclosure-in-future",
            Error::TooManyVisitsDisclosed => "too-many-visits-disclosed",
            Error::VisitOfAnother => "visit-of-another",
            Error::UnknownDisclosure => "unknown-disclosure",
            Error::NotSuspendable => "not-suspendable",
            Error::SuspensionUnreasonable => "suspension-unreasonable",
            Error::OralSuspensionTooLong => "oral-suspension-too-long",
            Error::GlassMinutesOutOfRange => "glass-minutes-out-of-range",
            Error::GlassAlreadyBroken => "glass-already-broken",
            Error::UnknownGlass => "unknown-glass",
            Error::GlassAlreadyReviewed => "glass-already-reviewed",
            Error::RequestAlreadyOpen { .. } => "request-already-open",
        }
    }
}

impl Rules for Patient {
    type Command = Command;
    type Error = Error;

    fn decide(&self, request: Request<Command>) -> Result<Vec<Event>, Error> {
        if self.is_erased() {
            return Err(Error::RecordErased);
        }
        let by = &request.actor;
        match request.command {
            Command::Register(command, new) => self.register(command, new, request.at),
            Command::Import(read) => self.import(*read, request.at),
            Command::VerifyProxyAuthority(command, new) => self.verify_proxy_authority(command, new, &request.actor),
            Command::EndProxyAuthority(command) => self.end_proxy_authority(command, &request.actor),
            Command::RequestVisit(new) => self.request_visit(new),
            _ if !self.is_registered() => Err(Error::NotRegistered),
            Command::PlaceLegalHold(command, new) => self.place_legal_hold(command, new, by),
            Command::ProposeHoldRelease(command) => self.propose_hold_release(command, by),
            Command::ReleaseLegalHold(command) => self.release_legal_hold(command, by),
            Command::ProposeErasure(command, facts) => self.propose_erasure(command, &facts, by),
            Command::ConfirmErasure(facts) => self.confirm_erasure(facts, by),
            Command::RecordDisclosure(command, facts) => self.record_disclosure(command, facts),
            Command::SuspendAccounting(id, command, today) => self.suspend_accounting(id, command, today),
            Command::BreakGlass(command, new) => self.break_glass(command, new, by, request.at),
            Command::ReviewGlass(command) => self.review_glass(command, by),
        }
    }

    fn evolve(&mut self, event: &Event) {
        self.apply_event(event);
    }
}

impl Patient {
    fn register(&self, command: Register, new: NewPatient, at: DateTime<Utc>) -> Result<Vec<Event>, Error> {
        if self.is_registered() {
            return Err(Error::AlreadyRegistered);
        }
        if !is_plausible_birth_date(command.birth_date.0, at) {
            return Err(Error::BirthDateUnreasonable);
        }
        Ok(vec![
            PatientRegistered {
                patient_id: new.patient_id,
                given_name: Phi::Clear(command.given_name),
                family_name: Phi::Clear(command.family_name),
                birth_date: Phi::Clear(command.birth_date.0),
                mrn: command.mrn.map(Phi::Clear),
                phone: command.phone.map(Phi::Clear),
                preferred_language: command.preferred_language,
            }
            .into(),
        ])
    }
}

impl Patient {
    /// Two requests of one patient meet here, so that one is open at most.
    fn request_visit(&self, new: NewRequest) -> Result<Vec<Event>, Error> {
        if !self.is_registered() {
            return Err(Error::NotRegistered);
        }
        match self.newest_request().filter(|_| new.newest_is_open) {
            Some(visit_id) => Err(Error::RequestAlreadyOpen { visit_id }),
            None => Ok(vec![VisitRequested { visit_id: new.visit_id }.into()]),
        }
    }
}

impl Patient {
    /// No event where exactly this content was imported before. What somebody here took from the patient stands above
    /// what another system says.
    fn import(&self, read: PatientImported, at: DateTime<Utc>) -> Result<Vec<Event>, Error> {
        if self.known() == Some(Known::Registered) {
            return Err(Error::AlreadyRegistered);
        }
        if self.has_imported(&read.origin.content_key) {
            return Ok(Vec::new());
        }
        if !read.birth_date.clear().is_some_and(|date| is_plausible_birth_date(*date, at)) {
            return Err(Error::BirthDateUnreasonable);
        }
        Ok(vec![read.into()])
    }
}

fn is_plausible_birth_date(date: NaiveDate, at: DateTime<Utc>) -> bool {
    NaiveDate::from_ymd_opt(1890, 1, 1).is_some_and(|earliest| (earliest..=at.date_naive()).contains(&date))
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;
    use crate::given::{self, given, id, text};
    use crate::history::example::origin;
    use crate::patient::example::imported;
    use crate::{Private, Role};

    fn register(birth_date: NaiveDate) -> Command {
        let command = Register {
            given_name: text("Ada"),
            family_name: text("Muster"),
            birth_date: Private(birth_date),
            mrn: None,
            phone: None,
            preferred_language: None,
        };
        Command::Register(command, NewPatient { patient_id: id(1) })
    }

    fn registered(birth_date: NaiveDate) -> Event {
        PatientRegistered {
            patient_id: id(1),
            given_name: Phi::Clear(text("Ada")),
            family_name: Phi::Clear(text("Muster")),
            birth_date: Phi::Clear(birth_date),
            mrn: None,
            phone: None,
            preferred_language: None,
        }
        .into()
    }

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_patient_is_registered_once() {
        let born = day(1980, 2, 29);
        given::<Patient>([]).when(Role::FrontDesk, register(born)).then([registered(born)]);
        given::<Patient>([registered(born)]).when(Role::FrontDesk, register(born)).refused("already-registered");
    }

    #[test]
    fn nobody_is_born_tomorrow_or_before_1890() {
        let today = given::now().date_naive();
        given::<Patient>([]).when(Role::FrontDesk, register(today)).then([registered(today)]);
        given::<Patient>([]).when(Role::FrontDesk, register(today + Days::new(1))).refused("birth-date-unreasonable");
        given::<Patient>([]).when(Role::FrontDesk, register(day(1889, 12, 31))).refused("birth-date-unreasonable");
    }

    fn import(read: PatientImported) -> Command {
        Command::Import(Box::new(read))
    }

    #[test]
    fn a_patient_is_imported_once_with_the_same_content_and_again_when_the_source_changed_it() {
        given::<Patient>([]).when(Role::System, import(imported())).then([imported().into()]);
        given::<Patient>([imported().into()]).when(Role::System, import(imported())).then([]);
        let mut newer = imported();
        newer.origin = origin(9, b"married");
        newer.family_name = Phi::Clear(text("Beispiel"));
        given::<Patient>([imported().into()]).when(Role::System, import(newer.clone())).then([newer.clone().into()]);
        let both = [imported().into(), newer.clone().into()];
        given::<Patient>(both.clone()).when(Role::System, import(imported())).then([]);
        let patient = Patient::replay(&both);
        assert!(patient.was_last_imported_as(&newer.origin.content_key));
        assert!(!patient.was_last_imported_as(&imported().origin.content_key));
    }

    #[test]
    fn an_imported_patient_is_not_registered_again_and_a_registered_one_not_overwritten() {
        let born = day(1980, 2, 29);
        given::<Patient>([imported().into()]).when(Role::FrontDesk, register(born)).refused("already-registered");
        given::<Patient>([registered(born)]).when(Role::System, import(imported())).refused("already-registered");
    }

    #[test]
    fn an_impossible_birth_date_is_not_imported() {
        let mut read = imported();
        read.birth_date = Phi::Clear(given::now().date_naive() + Days::new(1));
        given::<Patient>([]).when(Role::System, import(read)).refused("birth-date-unreasonable");
    }

    #[test]
    fn a_patient_has_one_open_request_at_most() {
        let ask = |visit, newest_is_open| Command::RequestVisit(NewRequest { visit_id: id(visit), newest_is_open });
        let asked = |visit| -> Event { VisitRequested { visit_id: id(visit) }.into() };
        let known = registered(day(1980, 2, 29));
        given::<Patient>([known.clone()]).when(Role::Patient, ask(20, false)).then([asked(20)]);
        let before = given::<Patient>([known, asked(20)]);
        before.when(Role::Patient, ask(21, true)).refused("request-already-open");
        before.when(Role::Patient, ask(21, false)).then([asked(21)]);
        given::<Patient>([]).when(Role::Patient, ask(20, false)).refused("not-registered");
    }

    #[test]
    fn the_record_says_how_the_clinic_came_to_know_the_patient() {
        assert_eq!(Patient::replay(&[registered(day(1980, 2, 29))]).known(), Some(Known::Registered));
        assert_eq!(Patient::replay(&[imported().into()]).known(), Some(Known::Imported));
    }

    #[test]
    fn a_command_does_not_show_who_it_is_about() {
        let shown = format!("{:?}", register(day(1980, 2, 29)));
        assert!(!shown.contains("Ada") && !shown.contains("1980"), "{shown}");
    }
}
