//! A bundle: the files of an export in a folder or in one tar, and what they are. Every file but the manifest and the statement on it is listed in the
//! manifest with its length and hash; every file is small enough to be read whole.

mod content;
mod event_line;
mod folder;
mod manifest;
mod path;
pub mod tar;
mod time;

pub use content::{SealedLine, State, key_line, read_key_line};
pub use event_line::{EventLine, hash};
pub use folder::Unreadable;
pub use manifest::{Content, FORMAT, File, Manifest, Scope, StreamPart};
pub use path::{CHECKPOINT, MANIFEST, STATEMENT, entries, events, is_safe, keys, proof, schema, sealed, stream_head};
pub use time::is_time;

use std::collections::BTreeSet;
use std::path::Path;

use folder::Folder;
use tar::Tar;

/// Events of one file, at most.
pub const EVENTS_A_FILE: usize = 1_000;
/// No file of a bundle is longer: a reader refuses one before it fills the memory.
pub const LONGEST_FILE: u64 = 256 * 1024 * 1024;
/// The manifest of the largest export is shorter.
pub const LONGEST_MANIFEST: u64 = 64 * 1024 * 1024;

/// A bundle as it came: hostile.
pub enum Bundle {
    Folder(Folder),
    Tar(Tar),
}

impl Bundle {
    /// The bundle that lies here.
    pub fn open(path: &Path) -> Result<Self, Unreadable> {
        let shown = path.display().to_string();
        let metadata = std::fs::metadata(path).map_err(|error| Unreadable::new(&shown, error))?;
        match (metadata.is_dir(), metadata.is_file()) {
            (true, _) => Ok(Self::Folder(Folder::new(path))),
            (_, true) => Ok(Self::Tar(Tar::open(path)?)),
            _ => Err(Unreadable::new(&shown, tar::NEITHER)),
        }
    }

    /// A file's bytes, if it is a plain file of at most `most` bytes.
    pub fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, Unreadable> {
        if !is_safe(path) {
            return Err(Unreadable::new(&path.escape_debug().to_string(), "the path leaves the folder, or could"));
        }
        match self {
            Self::Folder(folder) => folder.read(path, most),
            Self::Tar(tar) => tar.read(path, most),
        }
    }

    /// The paths of all files, if nothing else is there.
    pub fn paths(&self) -> Result<BTreeSet<String>, Unreadable> {
        match self {
            Self::Folder(folder) => folder.paths(),
            Self::Tar(tar) => Ok(tar.paths()?.cloned().collect()),
        }
    }
}
