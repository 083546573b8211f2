//! What happens in a visit: commands, events and rules. Pure: no I/O, no clock, no randomness.

pub mod access_events;
pub mod access_review;
mod actor;
mod aggregate;
pub mod calendar;
pub mod catalogue;
pub mod clinic;
#[cfg(test)]
mod clinic_days;
pub mod codes;
#[cfg(test)]
mod given;
pub mod history;
mod ids;
mod jurisdiction;
pub mod law;
mod local_time;
pub mod patient;
pub mod phi;
mod private;
pub mod provider;
#[cfg(test)]
mod published;
mod request;
mod rules;
pub mod safekeeping;
pub mod schemas;
mod sensitivity;
pub mod session;
mod text;
pub mod visit;

pub use access_events::AccessEvent;
pub use access_review::AccessReview;
pub use actor::{Actor, Role};
pub use calendar::Calendar;
pub use catalogue::{Catalogue, DecodeError, EventKind};
pub use clinic::Clinic;
pub use codes::{
    AgeRecipient, Code, DiagnosisCode, KeySecretId, Language, LoincCode, PhoneNumber, ProcedureCode, Quantity,
    RxNormCode, Sha256Hex, ShapeError, SignatureHex, TimeZone,
};
pub use history::History;
pub use ids::*;
pub use jurisdiction::{Jurisdiction, UnknownJurisdiction};
pub use law::Law;
pub use local_time::{NoInstant, Time};
pub use patient::Patient;
pub use phi::Phi;
pub use private::Private;
pub use provider::{Licence, LicenceKind, Provider};
pub use request::Request;
pub use rules::{Refusal, Rules};
pub use safekeeping::Safekeeping;
pub use sensitivity::{Class, Subject};
pub use session::Session;
pub use text::{Text, TextError};
pub use visit::Visit;

/// What the ledger asks of an aggregate's state beyond cqrs-es: whom its next event concerns.
pub trait Concerns {
    /// Stored stream type, `[a-z0-9-]{1,64}`.
    const STREAM_TYPE: &'static str;
    /// The patient and class whose key seals this event; `None` for an event about no patient.
    /// Asked after the event was applied, so a stream's first event may answer for itself.
    type Event: Catalogue;
    fn concerns(&self, event: &Self::Event) -> Option<Subject>;
}
