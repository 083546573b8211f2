//! An example of each event and command.

use super::{
    AccountingSuspended, DisclosureFacts, DisclosureGround, DisclosureMade, RecordDisclosure, SuspendAccounting,
    SuspensionStatement,
};
use crate::given::{id, text};
use crate::patient::Command;
use crate::patient::example::today;
use crate::{Phi, VisitId};

/// The disclosure of every test.
pub const DISCLOSURE: u128 = 92;
/// The visit it is about.
pub const DISCLOSED_VISIT: u128 = 20;

pub fn disclosure_made() -> DisclosureMade {
    DisclosureMade {
        disclosure_id: id(DISCLOSURE),
        ground: DisclosureGround::LawEnforcement,
        on: "2026-02-20".parse().unwrap(),
        recipient: Phi::Clear(text("Madison Police Department")),
        address: Some(Phi::Clear(text("211 South Carroll Street, Madison"))),
        description: Phi::Clear(text("The note of one visit")),
        purpose: Phi::Clear(text("A subpoena of 18 February")),
        visits: [id::<VisitId>(DISCLOSED_VISIT)].into(),
    }
}

pub fn accounting_suspended() -> AccountingSuspended {
    AccountingSuspended {
        disclosure_id: id(DISCLOSURE),
        statement: SuspensionStatement::Written,
        agency: Phi::Clear(text("Detective Ray, Madison Police Department")),
        stated_on: "2026-02-21".parse().unwrap(),
        until: "2026-05-21".parse().unwrap(),
    }
}

pub fn record_disclosure(disclosure: u128) -> Command {
    let command = RecordDisclosure {
        ground: DisclosureGround::LawEnforcement,
        on: "2026-02-20".parse().unwrap(),
        recipient: text("Madison Police Department"),
        address: Some(text("211 South Carroll Street, Madison")),
        description: text("The note of one visit"),
        purpose: text("A subpoena of 18 February"),
        visits: vec![id(DISCLOSED_VISIT)],
    };
    let own_visits = [id(DISCLOSED_VISIT)].into();
    Command::RecordDisclosure(command, DisclosureFacts { disclosure_id: id(disclosure), today: today(), own_visits })
}

pub fn suspension() -> SuspendAccounting {
    SuspendAccounting {
        statement: SuspensionStatement::Written,
        agency: text("Detective Ray, Madison Police Department"),
        stated_on: "2026-02-21".parse().unwrap(),
        until: "2026-05-21".parse().unwrap(),
    }
}

pub fn suspend(disclosure: u128, command: SuspendAccounting) -> Command {
    Command::SuspendAccounting(id(disclosure), command, today())
}
