//! Notes: drafted, drafted anew, signed once, then only added to.

mod body;
mod command;
mod event;
mod notes;
mod writing;

#[cfg(test)]
pub(super) mod example;

pub use body::{NoteBody, content_sha256};
pub use command::*;
pub use event::*;
pub use notes::{Note, NoteState, Notes};
