//! A bundle: the files of an export, and what they are. Every file but the manifest and the statement on it is listed in the
//! manifest with its length and hash; every file is small enough to be read whole.

mod event_line;
mod folder;
mod manifest;
mod path;

pub use event_line::{EventLine, hash};
pub use folder::{Folder, Unreadable};
pub use manifest::{Content, FORMAT, File, Manifest, Scope, StreamPart};
pub use path::{CHECKPOINT, MANIFEST, STATEMENT, entries, events, is_safe, proof, stream_head};

/// Events of one file, at most.
pub const EVENTS_A_FILE: usize = 1_000;
/// No file of a bundle is longer: a reader refuses one before it fills the memory.
pub const LONGEST_FILE: u64 = 256 * 1024 * 1024;
/// The manifest of the largest export is shorter.
pub const LONGEST_MANIFEST: u64 = 64 * 1024 * 1024;
