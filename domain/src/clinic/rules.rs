//! When a clinic can be registered.

use super::{Clinic, ClinicRegistered, Command, Event, NewClinic, Register};
use crate::{Refusal, Request, Rules};

/// Longest grace period a clinic may set: a longer one would hide no-shows, not forgive lateness.
const MOST_GRACE_MINUTES: u16 = 240;

/// Why a request about a clinic's record is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The stream has a clinic already.
    #[error("this clinic is already registered")]
    AlreadyRegistered,
    /// Too long a grace period.
    #[error("the grace period must be between 0 and 240 minutes")]
    GraceOutOfRange,
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::AlreadyRegistered => "already-registered",
            Error::GraceOutOfRange => "grace-out-of-range",
        }
    }
}

impl Rules for Clinic {
    type Command = Command;
    type Error = Error;

    fn decide(&self, request: Request<Command>) -> Result<Vec<Event>, Error> {
        match request.command {
            Command::Register(command, new) => self.register(command, new),
        }
    }

    fn evolve(&mut self, event: &Event) {
        self.apply_event(event);
    }
}

impl Clinic {
    fn register(&self, command: Register, new: NewClinic) -> Result<Vec<Event>, Error> {
        if self.is_registered() {
            return Err(Error::AlreadyRegistered);
        }
        let Register { name, time_zone, grace_minutes, simulated } = command;
        if grace_minutes > MOST_GRACE_MINUTES {
            return Err(Error::GraceOutOfRange);
        }
        Ok(vec![ClinicRegistered { clinic_id: new.clinic_id, name, time_zone, grace_minutes, simulated }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{given, id, text};
    use crate::{Role, TimeZone};

    fn register(grace_minutes: u16) -> Command {
        let time_zone = TimeZone::try_from("America/Chicago").unwrap();
        let command = Register { name: text("Lakeside"), time_zone, grace_minutes, simulated: true };
        Command::Register(command, NewClinic { clinic_id: id(3) })
    }

    fn registered(grace_minutes: u16) -> Event {
        let time_zone = TimeZone::try_from("America/Chicago").unwrap();
        ClinicRegistered { clinic_id: id(3), name: text("Lakeside"), time_zone, grace_minutes, simulated: true }.into()
    }

    #[test]
    fn a_clinic_is_registered_once() {
        given::<Clinic>([]).when(Role::Administrator, register(15)).then([registered(15)]);
        given::<Clinic>([registered(15)]).when(Role::Administrator, register(15)).refused("already-registered");
    }

    #[test]
    fn grace_has_an_end() {
        given::<Clinic>([]).when(Role::Administrator, register(240)).then([registered(240)]);
        given::<Clinic>([]).when(Role::Administrator, register(241)).refused("grace-out-of-range");
    }
}
