//! When a provider can be registered and a licence recorded.

use super::{
    Command, Event, GrantLicence, Licence, LicenceGranted, NewProvider, Provider, ProviderRegistered, Register,
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
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::AlreadyRegistered => "already-registered",
            Error::NotRegistered => "not-registered",
            Error::LicenceEndsBeforeItBegins => "licence-ends-before-it-begins",
            Error::LicenceAlreadyGranted => "licence-already-granted",
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
        let GrantLicence { jurisdiction, number, kind, from, to } = command;
        if to < from {
            return Err(Error::LicenceEndsBeforeItBegins);
        }
        if self.licences().contains(&Licence { jurisdiction, number: number.clone(), kind, from, to }) {
            return Err(Error::LicenceAlreadyGranted);
        }
        Ok(vec![LicenceGranted { provider_id, jurisdiction, number, kind, from, to }.into()])
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

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

    fn grant(from: &str, to: &str) -> Command {
        Command::GrantLicence(GrantLicence {
            jurisdiction: Jurisdiction::try_from("WI").unwrap(),
            number: text("12345-20"),
            kind: LicenceKind::Full,
            from: day(from),
            to: day(to),
        })
    }

    fn granted(from: &str, to: &str) -> Event {
        LicenceGranted {
            provider_id: id(2),
            jurisdiction: Jurisdiction::try_from("WI").unwrap(),
            number: text("12345-20"),
            kind: LicenceKind::Full,
            from: day(from),
            to: day(to),
        }
        .into()
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
