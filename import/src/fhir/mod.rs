//! As much of FHIR R4 as an import or a simulated visit needs. What a resource does not say is not made up.

mod encounter;
mod labels;
mod note;
mod parts;
mod patient;
mod practitioner;
mod referred;
mod resource;
mod words;

pub use encounter::Encounter;
pub use labels::class;
pub use note::texts;
pub use parts::{Address, Coding, Concept, Contact, Identifier, Name, Participant, Period, Reference};
pub use patient::Patient;
pub use practitioner::{Organization, Practitioner};
pub use referred::referred;
pub use resource::{Resource, is_id, parse};
pub use words::{Words, words};
