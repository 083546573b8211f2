//! Files of a visit: what may be attached, by whom, and what becomes of one that should not be there. The bytes are kept
//! sealed outside of the log; here stands that they are there, how many they are and of which kind.

mod attaching;
mod command;
mod content;
mod event;
mod files;
mod removing;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use attaching::MOST_FILE_BYTES;
pub use command::*;
pub use content::{FileContent, LOOK};
pub use event::*;
pub use files::{File, Files};
pub use terms::*;
