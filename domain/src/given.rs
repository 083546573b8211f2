//! Given/when/then for tests: `given::<Visit>(events).when(role, command).then(events)` or `.refused(code)`.

use chrono::{DateTime, TimeZone, Utc};
use uuid::Uuid;

use crate::{Actor, Catalogue, Code, Refusal, Request, Role, Rules, Text};

/// The patient of every test visit, and who acts in the role of a patient.
pub const PATIENT: u128 = 1;
/// The provider of every test visit, and who acts in the role of a provider.
pub const PROVIDER: u128 = 2;

/// When every test command is asked: a Monday, ten in the morning.
pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 10, 0, 0).unwrap()
}

/// An id from a small number.
pub fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

/// A text that is known to be right.
pub fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::try_from(text).unwrap()
}

/// A code that is known to be right.
pub fn code(code: &str) -> Code {
    Code::try_from(code).unwrap()
}

/// Someone in a role: this visit's patient, this visit's provider, or somebody of the staff.
pub fn actor(role: Role) -> Actor {
    let person = match role {
        Role::Patient => Some(Uuid::from_u128(PATIENT)),
        Role::Provider => Some(Uuid::from_u128(PROVIDER)),
        _ => None,
    };
    Actor { role, subject: role.name().to_owned(), person }
}

/// What has happened.
pub struct Given<A: Rules> {
    state: A,
    at: DateTime<Utc>,
}

/// What came of the command.
pub struct Outcome<A: Rules>(Result<Vec<A::Event>, A::Error>);

pub fn given<A: Rules>(events: impl IntoIterator<Item = A::Event>) -> Given<A> {
    let events: Vec<_> = events.into_iter().collect();
    Given { state: A::replay(&events), at: now() }
}

impl<A: Rules> Given<A> {
    /// Asks at another time than [`now`].
    pub fn at(mut self, at: DateTime<Utc>) -> Self {
        self.at = at;
        self
    }

    pub fn when(&self, role: Role, command: A::Command) -> Outcome<A> {
        self.when_by(actor(role), command)
    }

    pub fn when_by(&self, actor: Actor, command: A::Command) -> Outcome<A> {
        Outcome(self.state.decide(Request { at: self.at, actor, command }))
    }
}

impl<A: Rules> Outcome<A>
where
    A::Event: PartialEq + std::fmt::Debug,
{
    #[track_caller]
    pub fn then(self, expected: impl IntoIterator<Item = A::Event>) {
        let expected: Vec<_> = expected.into_iter().collect();
        match self.0 {
            // `Debug` hides sealed values, so a difference is shown with the payloads.
            Ok(events) => assert_eq!(payloads(&events), payloads(&expected)),
            Err(error) => panic!("refused: {} ({error})", error.code()),
        }
    }

    /// The events that came of it.
    #[track_caller]
    pub fn events(self) -> Vec<A::Event> {
        match self.0 {
            Ok(events) => events,
            Err(error) => panic!("refused: {} ({error})", error.code()),
        }
    }

    #[track_caller]
    pub fn refused(self, code: &str) {
        match self.0 {
            Ok(events) => panic!("not refused: {}", serde_json::to_string_pretty(&payloads(&events)).unwrap()),
            Err(error) => assert_eq!(error.code(), code, "{error}"),
        }
    }
}

fn payloads<E: Catalogue>(events: &[E]) -> Vec<(&'static str, serde_json::Value)> {
    events.iter().map(|event| (event.event_type(), event.payload())).collect()
}
