//! Notes: drafted by a template, drafted anew, signed once, then only added to, corrected with the old content beside the
//! new, or marked as entered in error; cosigned where somebody was asked to.

mod body;
mod command;
mod correcting;
mod cosigning;
mod event;
mod notes;
mod signature;
mod signing;
mod template;
mod terms;
mod writing;

#[cfg(test)]
pub(super) mod example;

pub use body::{NoteBody, content_sha256, strict_body};
pub use command::*;
pub use event::*;
pub use notes::{Cosign, CosignState, Note, NoteState, Notes};
pub use signature::{ConsentMoment, NoteTrail, SignatureFacts, signed_sha256};
pub use template::{Section, Template};
pub use terms::*;
