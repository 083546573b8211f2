//! Where the files of a bundle go, and the list of what went.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use daybook_ledger::format::hexadecimal;
use sha2::{Digest, Sha256};

use super::ExportError;
use crate::bundle::{File, tar};

/// What takes the files of a bundle, one after the other, and keeps none of them in memory.
pub trait Vessel: Send {
    /// Takes a file.
    fn put(&mut self, path: &str, bytes: &[u8]) -> impl Future<Output = io::Result<()>> + Send;

    /// That was all.
    fn close(&mut self) -> impl Future<Output = io::Result<()>> + Send;
}

/// A new folder.
pub struct NewFolder {
    root: PathBuf,
}

impl NewFolder {
    /// Makes the folder; refuses one that holds anything.
    pub fn create(root: &Path) -> Result<Self, ExportError> {
        let refused =
            |error: io::Error| ExportError::Place { place: root.display().to_string(), problem: error.to_string() };
        std::fs::create_dir_all(root).map_err(refused)?;
        if std::fs::read_dir(root).map_err(refused)?.next().is_some() {
            return Err(refused(io::Error::other("it is not empty; an export goes into a new folder")));
        }
        Ok(Self { root: root.into() })
    }
}

impl Vessel for NewFolder {
    async fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let full = self.root.join(path);
        if let Some(folder) = full.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(full, bytes)
    }

    async fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What takes the bytes of one file, piece by piece.
pub trait Outlet: Send {
    /// Takes some.
    fn take(&mut self, bytes: Vec<u8>) -> impl Future<Output = io::Result<()>> + Send;

    /// That was all.
    fn end(&mut self) -> impl Future<Output = io::Result<()>> + Send;
}

impl<W: Write + Send> Outlet for W {
    async fn take(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        self.write_all(&bytes)
    }

    async fn end(&mut self) -> io::Result<()> {
        self.flush()
    }
}

/// A tar, written as it is made.
pub struct NewTar<O>(pub O);

impl<O: Outlet> Vessel for NewTar<O> {
    async fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.take(tar::member(path, bytes).ok_or(io::ErrorKind::InvalidFilename)?).await
    }

    async fn close(&mut self) -> io::Result<()> {
        self.0.take(tar::END.to_vec()).await?;
        self.0.end().await
    }
}

/// A vessel, and the list of what is in it.
pub(super) struct Sink<'a, V> {
    vessel: &'a mut V,
    files: Vec<File>,
}

impl<'a, V: Vessel> Sink<'a, V> {
    pub fn new(vessel: &'a mut V) -> Self {
        Self { vessel, files: Vec::new() }
    }

    /// Writes a file and lists it.
    pub async fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), ExportError> {
        self.write_unlisted(path, bytes).await?;
        let (bytes, sha256) = (bytes.len() as u64, hexadecimal(&Sha256::digest(bytes)));
        self.files.push(File { path: path.into(), bytes, sha256 });
        Ok(())
    }

    /// Writes a file that the list cannot hold: the list, and the signature on it.
    pub async fn write_unlisted(&mut self, path: &str, bytes: &[u8]) -> Result<(), ExportError> {
        self.vessel.put(path, bytes).await.map_err(|error| not_written(path, &error))
    }

    /// That was all.
    pub async fn close(&mut self) -> Result<(), ExportError> {
        self.vessel.close().await.map_err(|error| not_written("its end", &error))
    }

    /// What was written, by path.
    pub fn files(&self) -> Vec<File> {
        let mut files = self.files.clone();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files
    }
}

pub(crate) fn not_written(place: &str, error: &io::Error) -> ExportError {
    ExportError::Place { place: place.into(), problem: error.to_string() }
}
