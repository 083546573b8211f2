//! The local form: a directory. For one machine, or a directory that all servers share.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use futures::StreamExt;

use super::spool::private_directory;
use super::{Answer, Content, Kept, ObjectName, Spooled, Storage, StorageError, pieces};

/// Objects below one directory, which has to be on the file system the gathering happens on: they are moved, not copied.
pub struct LocalStorage {
    root: PathBuf,
}

impl LocalStorage {
    /// Below this directory; it is made with the first object.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, name: ObjectName) -> PathBuf {
        self.root.join(name.clinic.to_string()).join(name.visit.to_string()).join(name.file.to_string())
    }
}

impl Storage for LocalStorage {
    /// The move is all or nothing, and the directories are written through, so that a crash after it loses nothing.
    fn put<'a>(&'a self, name: ObjectName, gathered: Spooled) -> Answer<'a, ()> {
        Box::pin(async move {
            let path = self.path(name);
            let directory = path.parent().unwrap_or(&self.root);
            private_directory(directory).await?;
            tokio::fs::rename(gathered.path(), &path).await?;
            let above = directory.ancestors().take(3);
            for directory in above {
                tokio::fs::File::open(directory).await?.sync_all().await?;
            }
            Ok(())
        })
    }

    fn get(&self, name: ObjectName) -> Answer<'_, Content> {
        Box::pin(async move {
            let file = tokio::fs::File::open(self.path(name)).await?;
            Ok(pieces(file).boxed())
        })
    }

    fn delete(&self, name: ObjectName) -> Answer<'_, ()> {
        Box::pin(async move {
            match tokio::fs::remove_file(self.path(name)).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
                _ => Ok(()),
            }
        })
    }

    fn list(&self, after: Option<ObjectName>, most: usize) -> Answer<'_, Vec<Kept>> {
        let root = self.root.clone();
        Box::pin(async move {
            let walk = tokio::task::spawn_blocking(move || walk(&root, after, most));
            walk.await.map_err(|_| StorageError::Unavailable("the directory could not be walked".into()))?
        })
    }
}

/// Two levels of directories and one of files. Whatever else lies there is not ours, and left alone.
fn walk(root: &Path, after: Option<ObjectName>, most: usize) -> Result<Vec<Kept>, StorageError> {
    let after = after.map(|name| (name, name.clinic.to_string(), name.visit.to_string()));
    let mut kept = Vec::new();
    for clinic in names(root)?.into_iter().filter(|clinic| after.as_ref().is_none_or(|(_, from, _)| clinic >= from)) {
        let in_clinic = root.join(&clinic);
        let from = after.as_ref().filter(|(_, from, _)| *from == clinic).map(|(.., visit)| visit);
        for visit in names(&in_clinic)?.into_iter().filter(|visit| from.is_none_or(|from| visit >= from)) {
            let in_visit = in_clinic.join(&visit);
            for file in names(&in_visit)? {
                let Some(name) = ObjectName::of_path(&format!("{clinic}/{visit}/{file}")) else { continue };
                if after.as_ref().is_some_and(|(after, ..)| name <= *after) {
                    continue;
                }
                // Taken away meanwhile: not there.
                let Ok(since) = in_visit.join(&file).metadata().and_then(|about| about.modified()) else { continue };
                kept.push(Kept { name, since: since.into() });
                if kept.len() == most {
                    return Ok(kept);
                }
            }
        }
    }
    Ok(kept)
}

/// What is in a directory, in order; nothing where there is none.
fn names(directory: &Path) -> Result<BTreeSet<String>, StorageError> {
    let entries = match std::fs::read_dir(directory) {
        Err(error) if [std::io::ErrorKind::NotFound, std::io::ErrorKind::NotADirectory].contains(&error.kind()) => {
            return Ok(BTreeSet::new());
        }
        entries => entries?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    names.collect::<Result<_, std::io::Error>>().map_err(StorageError::from)
}
