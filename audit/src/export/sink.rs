//! The folder that a bundle is written into, and the list of what was.

use std::path::{Path, PathBuf};

use daybook_ledger::format::hexadecimal;
use sha2::{Digest, Sha256};

use super::ExportError;
use crate::bundle::File;

/// A new folder.
pub struct Sink {
    root: PathBuf,
    files: Vec<File>,
}

impl Sink {
    /// Makes the folder; refuses one that holds anything.
    pub fn create(root: &Path) -> Result<Self, ExportError> {
        let refused = |problem: &dyn ToString| ExportError::Folder {
            path: root.display().to_string(),
            problem: problem.to_string(),
        };
        std::fs::create_dir_all(root).map_err(|error| refused(&error))?;
        let mut inside = std::fs::read_dir(root).map_err(|error| refused(&error))?;
        if inside.next().is_some() {
            return Err(refused(&"it is not empty; an export goes into a new folder"));
        }
        Ok(Self { root: root.into(), files: Vec::new() })
    }

    /// Writes a file and lists it.
    pub fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), ExportError> {
        self.write_unlisted(path, bytes)?;
        let (bytes, sha256) = (bytes.len() as u64, hexadecimal(&Sha256::digest(bytes)));
        self.files.push(File { path: path.into(), bytes, sha256 });
        Ok(())
    }

    /// Writes a file that the list cannot hold: the list, and the signature on it.
    pub fn write_unlisted(&self, path: &str, bytes: &[u8]) -> Result<(), ExportError> {
        let full = self.root.join(path);
        let written = match full.parent() {
            Some(folder) => std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&full, bytes)),
            None => std::fs::write(&full, bytes),
        };
        written.map_err(|error| ExportError::Folder { path: full.display().to_string(), problem: error.to_string() })
    }

    /// What was written, by path.
    pub fn files(&self) -> Vec<File> {
        let mut files = self.files.clone();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files
    }
}
