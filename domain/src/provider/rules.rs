//! When a provider can be registered and a licence recorded.

use super::availability::{HoursFault, fault};
use super::{
    AvailabilitySet, Command, CorrectLicence, Event, GrantLicence, Licence, LicenceCorrected, LicenceGranted,
    LicenceRevoked, NewProvider, Provider, ProviderRegistered, Register, RevokeLicence, SetAvailability,
};
use crate::{Refusal, Request, Rules};

/// Why a request about a provider's record is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The stream has a provider already.
    #[error("this provider is already registered")]
    AlreadyRegistered,
    /// The stream has no provider yet.
    #[error("this provider is not registered; register the provider first")]
    NotRegistered,
    /// It would be valid on no day.
    #[error("the licence ends before it begins; its last day must not lie before its first")]
    LicenceEndsBeforeItBegins,
    /// The very same licence is on record.
    #[error("this licence is already on record")]
    LicenceAlreadyGranted,
    /// Its terms do not go with its kind.
    #[error("the terms do not fit the kind of licence: {0}")]
    LicenceTermsMisfit(&'static str),
    /// There is no such licence on record.
    #[error("no licence is on record under this jurisdiction and number; see GET /v1/clinic for those that are")]
    UnknownLicence,
    /// It no longer stands already, from that day or an earlier one.
    #[error("this licence no longer stands from that day or an earlier one already")]
    LicenceAlreadyRevoked,
    /// A week has too many stretches of work.
    #[error("a week has at most 50 stretches of work")]
    TooManyHours,
    /// A stretch of work is none.
    #[error("each stretch must open before it closes, on the same day; split one that goes past midnight")]
    HoursEndBeforeTheyBegin,
    /// Two stretches of work overlap.
    #[error("two stretches of the same day overlap")]
    HoursOverlap,
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::AlreadyRegistered => "already-registered",
            Error::NotRegistered => "not-registered",
            Error::LicenceEndsBeforeItBegins => "licence-ends-before-it-begins",
            Error::LicenceAlreadyGranted => "licence-already-granted",
            Error::LicenceTermsMisfit(_) => "licence-terms-misfit",
            Error::UnknownLicence => "unknown-licence",
            Error::LicenceAlreadyRevoked => "licence-already-revoked",
            Error::TooManyHours => "too-many-hours",
            Error::HoursEndBeforeTheyBegin => "hours-end-before-they-begin",
            Error::HoursOverlap => "hours-overlap",
        }
    }
}

impl Rules for Provider {
    type Command = Command;
    type Error = Error;

    fn decide(&self, request: Request<Command>) -> Result<Vec<Event>, Error> {
        match request.command {
            Command::Register(command, new) => self.register(command, new),
            Command::GrantLicence(command) => self.grant_licence(command),
            Command::RevokeLicence(command) => self.revoke_licence(command),
            Command::CorrectLicence(command) => self.correct_licence(command),
            Command::SetAvailability(command) => self.set_availability(command),
        }
    }

    fn evolve(&mut self, event: &Event) {
        self.apply_event(event);
    }
}

impl Provider {
    fn register(&self, command: Register, new: NewProvider) -> Result<Vec<Event>, Error> {
        if self.is_registered() {
            return Err(Error::AlreadyRegistered);
        }
        let Register { name, credentials } = command;
        Ok(vec![ProviderRegistered { provider_id: new.provider_id, name, credentials }.into()])
    }

    fn grant_licence(&self, command: GrantLicence) -> Result<Vec<Event>, Error> {
        let provider_id = self.id().ok_or(Error::NotRegistered)?;
        let Licence { jurisdiction, number, kind, from, to, compact, home, exception, revoked_on: _ } =
            self.checked(command)?;
        Ok(vec![LicenceGranted { provider_id, jurisdiction, number, kind, from, to, compact, home, exception }.into()])
    }

    /// A licence whose terms make sense and that is not on record as it is.
    fn checked(&self, command: GrantLicence) -> Result<Licence, Error> {
        let GrantLicence { jurisdiction, number, kind, from, to, compact, home, exception } = command;
        if to < from {
            return Err(Error::LicenceEndsBeforeItBegins);
        }
        let licence = Licence { jurisdiction, number, kind, from, to, compact, home, exception, revoked_on: None };
        if let Some(misfit) = licence.misfit() {
            return Err(Error::LicenceTermsMisfit(misfit));
        }
        if self.licences().contains(&licence) {
            return Err(Error::LicenceAlreadyGranted);
        }
        Ok(licence)
    }

    fn revoke_licence(&self, command: RevokeLicence) -> Result<Vec<Event>, Error> {
        let provider_id = self.id().ok_or(Error::NotRegistered)?;
        let RevokeLicence { jurisdiction, number, on, reason } = command;
        let mut meant = self
            .licences()
            .iter()
            .filter(|licence| licence.jurisdiction == jurisdiction && licence.number == number)
            .peekable();
        if meant.peek().is_none() {
            return Err(Error::UnknownLicence);
        }
        if meant.all(|licence| licence.revoked_on.is_some_and(|since| since <= on)) {
            return Err(Error::LicenceAlreadyRevoked);
        }
        Ok(vec![LicenceRevoked { provider_id, jurisdiction, number, on, reason }.into()])
    }

    fn correct_licence(&self, command: CorrectLicence) -> Result<Vec<Event>, Error> {
        let provider_id = self.id().ok_or(Error::NotRegistered)?;
        let CorrectLicence { jurisdiction, number, from, correct } = command;
        if !self.licences().iter().any(|licence| licence.is_recorded_as(jurisdiction, &number, from)) {
            return Err(Error::UnknownLicence);
        }
        let licence = self.checked(correct)?;
        let corrected = LicenceCorrected {
            provider_id,
            recorded_jurisdiction: jurisdiction,
            recorded_number: number,
            recorded_from: from,
            jurisdiction: licence.jurisdiction,
            number: licence.number,
            kind: licence.kind,
            from: licence.from,
            to: licence.to,
            compact: licence.compact,
            home: licence.home,
            exception: licence.exception,
        };
        Ok(vec![corrected.into()])
    }

    fn set_availability(&self, command: SetAvailability) -> Result<Vec<Event>, Error> {
        let provider_id = self.id().ok_or(Error::NotRegistered)?;
        let SetAvailability { from, weekly } = command;
        match fault(&weekly) {
            Some(HoursFault::TooMany) => Err(Error::TooManyHours),
            Some(HoursFault::EndBeforeTheyBegin) => Err(Error::HoursEndBeforeTheyBegin),
            Some(HoursFault::Overlap) => Err(Error::HoursOverlap),
            None => Ok(vec![AvailabilitySet { provider_id, from, weekly }.into()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::{Hours, RevocationReason, Weekday};
    use super::*;
    use crate::given::{given, id, text};
    use crate::{Jurisdiction, LicenceKind, Role};

    fn registered() -> Event {
        ProviderRegistered { provider_id: id(2), name: text("Dr. Chen"), credentials: Some(text("MD")) }.into()
    }

    fn register() -> Command {
        let command = Register { name: text("Dr. Chen"), credentials: Some(text("MD")) };
        Command::Register(command, NewProvider { provider_id: id(2) })
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn hours_are_set_of_a_registered_provider_and_must_make_sense() {
        let hours = |opens: &str, closes: &str| Hours {
            weekday: Weekday::Monday,
            opens: opens.parse().unwrap(),
            closes: closes.parse().unwrap(),
        };
        let set = |weekly: Vec<Hours>| Command::SetAvailability(SetAvailability { from: day("2026-01-01"), weekly });
        let weekly = vec![hours("09:00:00", "12:00:00")];
        let provider = || given::<Provider>([registered()]);
        let done = AvailabilitySet { provider_id: id(2), from: day("2026-01-01"), weekly: weekly.clone() };
        provider().when(Role::Administrator, set(weekly.clone())).then([done.into()]);
        given::<Provider>([]).when(Role::Administrator, set(weekly)).refused("not-registered");
        let refused = |weekly| provider().when(Role::Administrator, set(weekly));
        refused(vec![hours("12:00:00", "09:00:00")]).refused("hours-end-before-they-begin");
        refused(vec![hours("09:00:00", "12:00:00"), hours("11:00:00", "13:00:00")]).refused("hours-overlap");
        refused(vec![hours("09:00:00", "12:00:00"); 51]).refused("too-many-hours");
    }

    fn terms(from: &str, to: &str) -> GrantLicence {
        GrantLicence {
            jurisdiction: Jurisdiction::try_from("WI").unwrap(),
            number: text("12345-20"),
            kind: LicenceKind::Full,
            from: day(from),
            to: day(to),
            compact: None,
            home: None,
            exception: None,
        }
    }

    fn grant(from: &str, to: &str) -> Command {
        Command::GrantLicence(terms(from, to))
    }

    fn revoke(number: &str, on: &str) -> Command {
        Command::RevokeLicence(RevokeLicence {
            jurisdiction: Jurisdiction::try_from("WI").unwrap(),
            number: text(number),
            on: day(on),
            reason: RevocationReason::Suspended,
        })
    }

    fn revoked(on: &str) -> Event {
        LicenceRevoked {
            provider_id: id(2),
            jurisdiction: Jurisdiction::try_from("WI").unwrap(),
            number: text("12345-20"),
            on: day(on),
            reason: RevocationReason::Suspended,
        }
        .into()
    }

    fn granted(from: &str, to: &str) -> Event {
        LicenceGranted {
            provider_id: id(2),
            jurisdiction: Jurisdiction::try_from("WI").unwrap(),
            number: text("12345-20"),
            kind: LicenceKind::Full,
            from: day(from),
            to: day(to),
            compact: None,
            home: None,
            exception: None,
        }
        .into()
    }

    #[test]
    fn a_licence_whose_terms_do_not_go_with_its_kind_is_refused() {
        let exception = GrantLicence { kind: LicenceKind::Exception, ..terms("2026-01-01", "2026-12-31") };
        given::<Provider>([registered()])
            .when(Role::Administrator, Command::GrantLicence(exception))
            .refused("licence-terms-misfit");
    }

    #[test]
    fn a_licence_on_record_can_be_taken_away_and_from_an_earlier_day_too() {
        let on_record = given::<Provider>([registered(), granted("2026-01-01", "2026-12-31")]);
        on_record.when(Role::Administrator, revoke("12345-20", "2026-06-15")).then([revoked("2026-06-15")]);
        on_record.when(Role::Administrator, revoke("99999-20", "2026-06-15")).refused("unknown-licence");
        let taken = [registered(), granted("2026-01-01", "2026-12-31"), revoked("2026-06-15")];
        let after = || given::<Provider>(taken.clone());
        after().when(Role::Administrator, revoke("12345-20", "2026-06-15")).refused("licence-already-revoked");
        after().when(Role::Administrator, revoke("12345-20", "2026-06-14")).then([revoked("2026-06-14")]);
        given::<Provider>([]).when(Role::Administrator, revoke("12345-20", "2026-06-15")).refused("not-registered");

        let wisconsin = Jurisdiction::try_from("WI").unwrap();
        let valid = |events: &[Event], on: &str| {
            Provider::replay(events).licences().iter().any(|licence| licence.is_valid(wisconsin, day(on)))
        };
        assert!(valid(&taken, "2026-06-14") && !valid(&taken, "2026-06-15"));
        let anew: Vec<_> = taken.into_iter().chain([granted("2026-09-01", "2027-08-31")]).collect();
        assert!(!valid(&anew, "2026-08-31") && valid(&anew, "2026-09-01"));
    }

    #[test]
    fn what_was_recorded_wrongly_is_put_right() {
        let correct = |from: &str, to: &str| {
            Command::CorrectLicence(CorrectLicence {
                jurisdiction: Jurisdiction::try_from("WI").unwrap(),
                number: text("12345-20"),
                from: day(from),
                correct: terms("2026-02-01", to),
            })
        };
        let corrected: Event = LicenceCorrected {
            provider_id: id(2),
            recorded_jurisdiction: Jurisdiction::try_from("WI").unwrap(),
            recorded_number: text("12345-20"),
            recorded_from: day("2026-01-01"),
            jurisdiction: Jurisdiction::try_from("WI").unwrap(),
            number: text("12345-20"),
            kind: LicenceKind::Full,
            from: day("2026-02-01"),
            to: day("2026-12-31"),
            compact: None,
            home: None,
            exception: None,
        }
        .into();
        let on_record = given::<Provider>([registered(), granted("2026-01-01", "2026-12-31")]);
        on_record.when(Role::Administrator, correct("2026-01-01", "2026-12-31")).then([corrected.clone()]);
        on_record.when(Role::Administrator, correct("2026-01-02", "2026-12-31")).refused("unknown-licence");
        on_record
            .when(Role::Administrator, correct("2026-01-01", "2026-01-31"))
            .refused("licence-ends-before-it-begins");
        let provider = Provider::replay(&[registered(), granted("2026-01-01", "2026-12-31"), corrected]);
        assert_eq!(provider.licences().len(), 1);
        assert_eq!(provider.licences()[0].from, day("2026-02-01"));
    }

    #[test]
    fn a_provider_is_registered_once() {
        given::<Provider>([]).when(Role::Administrator, register()).then([registered()]);
        given::<Provider>([registered()]).when(Role::Administrator, register()).refused("already-registered");
    }

    #[test]
    fn a_licence_belongs_to_a_registered_provider_and_is_recorded_once() {
        let (from, to) = ("2025-01-01", "2027-12-31");
        given::<Provider>([]).when(Role::Administrator, grant(from, to)).refused("not-registered");
        given::<Provider>([registered()]).when(Role::Administrator, grant(from, to)).then([granted(from, to)]);
        given::<Provider>([registered(), granted(from, to)])
            .when(Role::Administrator, grant(from, to))
            .refused("licence-already-granted");
    }

    #[test]
    fn a_licence_is_valid_on_at_least_one_day() {
        given::<Provider>([registered()])
            .when(Role::Administrator, grant("2026-01-02", "2026-01-01"))
            .refused("licence-ends-before-it-begins");
        given::<Provider>([registered()])
            .when(Role::Administrator, grant("2026-01-01", "2026-01-01"))
            .then([granted("2026-01-01", "2026-01-01")]);
    }

    #[test]
    fn a_licence_counts_on_its_first_and_its_last_day_and_only_where_it_was_granted() {
        let licences = Provider::replay(&[registered(), granted("2026-01-01", "2026-12-31")]);
        let [licence] = licences.licences() else { panic!("one licence") };
        let (wisconsin, minnesota) = (Jurisdiction::try_from("WI").unwrap(), Jurisdiction::try_from("MN").unwrap());
        assert!(licence.is_valid(wisconsin, day("2026-01-01")) && licence.is_valid(wisconsin, day("2026-12-31")));
        assert!(!licence.is_valid(wisconsin, day("2025-12-31")) && !licence.is_valid(wisconsin, day("2027-01-01")));
        assert!(!licence.is_valid(minnesota, day("2026-06-01")));
    }
}
