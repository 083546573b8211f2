//! Charges captured and billed, in examples.

use super::*;
use crate::given::id;
use crate::visit::{Command, Event};
use crate::{Phi, Role};

pub const CHARGE: u128 = 12;

pub mod events {
    use super::*;

    pub fn charge_captured() -> Event {
        ChargeCaptured {
            charge_id: id(CHARGE),
            code: Phi::Clear("99213".try_into().unwrap()),
            units: 1,
            amount_cents: Some(Phi::Clear(9_200)),
            diagnoses: Phi::Clear(vec!["J02.9".try_into().unwrap()]),
        }
        .into()
    }

    pub fn billed() -> Event {
        Billed { charge_ids: vec![id(CHARGE)] }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![charge_captured(), billed()]
    }
}

pub mod commands {
    use super::*;

    pub fn capture_charge(charge: u128) -> Command {
        let command = CaptureCharge {
            code: "99213".try_into().unwrap(),
            units: 1,
            amount_cents: Some(9_200),
            diagnoses: vec!["J02.9".try_into().unwrap()],
        };
        Command::CaptureCharge(command, NewCharge { charge_id: id(charge) })
    }

    pub fn bill() -> Command {
        Command::Bill(Bill {})
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![(Role::Billing, capture_charge(CHARGE + 1)), (Role::Billing, bill())]
    }
}
