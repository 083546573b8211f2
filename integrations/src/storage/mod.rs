//! Where the sealed bytes of files are kept: a port, and its forms. What goes through it was sealed before; names are made
//! of our own ids and tell nothing.

mod local;
mod s3;
mod spool;

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use daybook_domain::{ClinicId, FileId, VisitId};
use futures::Stream;
use futures::stream::{self, BoxStream};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use uuid::Uuid;

pub use local::LocalStorage;
pub use s3::{Bucket, Credentials, S3Storage};
pub use spool::{Spool, Spooled};

/// What an object is called: which file of which visit of which clinic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    pub clinic: ClinicId,
    pub visit: VisitId,
    pub file: FileId,
}

impl ObjectName {
    /// `clinic/visit/file`.
    pub fn path(&self) -> String {
        format!("{}/{}/{}", self.clinic, self.visit, self.file)
    }

    /// The name a path stands for; `None` of anything that [`ObjectName::path`] does not write.
    pub fn of_path(path: &str) -> Option<Self> {
        let ids: Vec<Uuid> = path.split('/').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let [clinic, visit, file] = ids[..] else { return None };
        let name = Self { clinic: clinic.into(), visit: visit.into(), file: file.into() };
        (name.path() == path).then_some(name)
    }
}

/// An object that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    pub name: ObjectName,
    /// When it was put there.
    pub since: DateTime<Utc>,
}

/// Why something was not done. Says nothing about what is in an object.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such object.
    #[error("there is no such object")]
    Missing,
    /// A disk or a service.
    #[error("the storage does not answer: {0}")]
    Unavailable(String),
}

impl From<std::io::Error> for StorageError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => StorageError::Missing,
            // The kind and never the path, which has ids in it.
            kind => StorageError::Unavailable(kind.to_string()),
        }
    }
}

/// What is answered later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StorageError>> + Send + 'a>>;
/// An object's bytes as they come.
pub type Content = BoxStream<'static, Result<Bytes, StorageError>>;

/// Bytes read at once.
const PIECE: usize = 64 * 1024;

/// A file of this machine's disk, piece by piece.
fn pieces(file: File) -> impl Stream<Item = Result<Bytes, StorageError>> + Send + 'static {
    stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(piece), file)))
    })
}

/// The port. Boxed futures, because the form is chosen when the program starts.
pub trait Storage: Send + Sync {
    /// Keeps what was gathered, durably and whole, or not at all. A crash on the way leaves nothing under this name.
    fn put<'a>(&'a self, name: ObjectName, gathered: Spooled) -> Answer<'a, ()>;
    /// The object's bytes.
    fn get(&self, name: ObjectName) -> Answer<'_, Content>;
    /// Takes an object away. Of one that is not there it is done already.
    fn delete(&self, name: ObjectName) -> Answer<'_, ()>;
    /// Objects in the order of their paths, after the given one, at most `most`; fewer are the last.
    fn list(&self, after: Option<ObjectName>, most: usize) -> Answer<'_, Vec<Kept>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_three_ids_and_nothing_else() {
        let name = ObjectName {
            clinic: Uuid::from_u128(1).into(),
            visit: Uuid::from_u128(2).into(),
            file: Uuid::from_u128(3).into(),
        };
        assert_eq!(ObjectName::of_path(&name.path()), Some(name));
        let upper = Uuid::from_u128(0xabc).to_string().to_uppercase();
        for other in
            ["", "a/b/c", &format!("{upper}/{upper}/{upper}"), &format!("{}/x", name.path()), &name.path()[1..]]
        {
            assert_eq!(ObjectName::of_path(other), None, "{other}");
        }
    }
}
