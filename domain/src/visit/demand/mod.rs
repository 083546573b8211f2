//! A visit on demand: asked for by the patient, claimed or declined by providers, called off or expired. A request is not yet
//! a visit with somebody: until it is claimed nobody arrives or is checked in, and the patient waits on the clinic's board of
//! open requests. A claim sets the visit up as any other, and from then on it is one.

mod asking;
mod claiming;
mod command;
mod declining;
mod event;
mod expiry;
mod request;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use event::*;
pub use request::VisitRequest;
pub use terms::*;
