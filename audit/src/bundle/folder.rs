//! A bundle's files in a folder. What is read is hostile: no link is followed, no path leaves the folder, and nothing longer
//! than a bundle's files can be is read.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// No export has more files.
pub(super) const MOST_FILES: usize = 4_000_000;

/// Why a file of a bundle cannot be read. A sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct Unreadable {
    pub path: String,
    pub problem: String,
}

impl Unreadable {
    pub(super) fn new(path: &str, problem: impl ToString) -> Self {
        Self { path: path.into(), problem: problem.to_string() }
    }
}

/// A folder with a bundle in it.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The bundle in this folder.
    pub fn new(root: &Path) -> Self {
        Self { root: root.into() }
    }

    /// A file's bytes, if it is a plain file of at most `most` bytes.
    pub fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, Unreadable> {
        let full = self.root.join(path);
        let metadata = std::fs::symlink_metadata(&full).map_err(|error| Unreadable::new(path, error))?;
        if !metadata.is_file() {
            return Err(Unreadable::new(path, "it is not a plain file"));
        }
        if metadata.len() > most {
            return Err(Unreadable::new(path, format!("it has more than {most} bytes")));
        }
        let mut bytes = Vec::with_capacity(metadata.len() as usize);
        let file = std::fs::File::open(&full).map_err(|error| Unreadable::new(path, error))?;
        // It may have grown since it was looked at.
        file.take(most + 1).read_to_end(&mut bytes).map_err(|error| Unreadable::new(path, error))?;
        if bytes.len() as u64 > most {
            return Err(Unreadable::new(path, format!("it has more than {most} bytes")));
        }
        Ok(bytes)
    }

    /// The paths of all files.
    pub fn paths(&self) -> Result<BTreeSet<String>, Unreadable> {
        let mut paths = BTreeSet::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let wrong = |error: std::io::Error| Unreadable::new(&folder, error);
            for entry in std::fs::read_dir(self.root.join(&folder)).map_err(wrong)? {
                let entry = entry.map_err(wrong)?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                if entry.file_type().map_err(wrong)?.is_dir() {
                    folders.push(path);
                } else {
                    paths.insert(path);
                }
                if paths.len() + folders.len() > MOST_FILES {
                    return Err(Unreadable::new(&folder, "there are more files than any bundle has"));
                }
            }
        }
        Ok(paths)
    }
}
