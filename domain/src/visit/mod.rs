//! A visit, from `scheduled` to `billed`: its one stream tells the whole story. Small state machines, each its own type,
//! kept apart because mixing them is what breaks such systems: the visit itself ([`State`]), the presence of each
//! participant ([`Presence`]), consents ([`Consents`]), emergencies ([`Emergencies`]), notes ([`Notes`]), diagnoses
//! ([`Diagnoses`]), orders ([`Orders`]) and charges ([`Charges`]).
//! Each family of events and commands has a folder with its terms and rules; beside the folders stands what all share.

mod arrival;
mod call;
mod charge;
mod closing;
mod consent;
mod demand;
mod diagnosis;
mod file;
mod group;
mod intake;
mod lateness;
mod note;
mod order;
mod people;
mod reminder;
mod safety;
mod scheduling;
mod trouble;
mod waiting;

mod aggregate;
mod command;
mod decide;
mod declare;
mod error;
mod event;
mod facts;
mod state;
mod terms;

#[cfg(test)]
pub(crate) mod example;
#[cfg(test)]
mod properties;

pub use arrival::*;
pub use call::*;
pub use charge::*;
pub use closing::*;
pub use consent::*;
pub use demand::*;
pub use diagnosis::*;
pub use file::*;
pub use group::*;
pub use intake::*;
pub use lateness::*;
pub use note::*;
pub use order::*;
pub use people::*;
pub use reminder::*;
pub use safety::*;
pub use scheduling::*;
pub use trouble::*;
pub use waiting::*;

pub use command::Command;
pub use error::Error;
pub use event::Event;
pub use state::{Location, State, Visit};
pub use terms::*;
