//! A cluster that is removed, files and all, when it is no longer needed.

use std::fs::{self, DirBuilder};
use std::ops::Deref;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::account::Account;
use crate::cluster::settle;
use crate::place::{lock, lock_file};
use crate::{Cluster, Error, Options, random};

const PREFIX: &str = "dbk-";
/// Between making its directory and locking it a starter needs a moment; a lock file younger than this is left alone.
const SETTLED: Duration = Duration::from_secs(60);

/// Everything a [`Cluster`] is, in a fresh directory that goes when this is dropped.
pub struct Throwaway {
    // In this order: the server is stopped before its files are removed.
    cluster: Cluster,
    _directory: Directory,
}

impl Throwaway {
    /// Starts a cluster in a fresh directory inside `options.data_dir`, or inside `/var/tmp` if the user who runs the
    /// server cannot go there. What earlier ones left there because their program was killed is removed on the way.
    pub fn start(mut options: Options) -> Result<Self, Error> {
        fs::create_dir_all(&options.data_dir).map_err(Error::io("make", &options.data_dir))?;
        let mut parent = fs::canonicalize(&options.data_dir).map_err(Error::io("find", &options.data_dir))?;
        let account = Account::for_cluster_at(&parent)?;
        if account.as_ref().is_some_and(|account| !account.can_reach(&parent)) {
            parent = PathBuf::from("/var/tmp");
        }
        remove_abandoned(&parent);
        // Another user has to pass through, but need not see what is inside.
        let mode = if account.is_some() { 0o711 } else { 0o700 };
        let directory = Directory(parent.join(format!("{PREFIX}{}", random::suffix())));
        DirBuilder::new().mode(mode).create(&directory.0).map_err(Error::io("make", &directory.0))?;
        options.data_dir = directory.0.join("data");
        Ok(Self { cluster: Cluster::start(options)?, _directory: directory })
    }
}

impl Deref for Throwaway {
    type Target = Cluster;

    fn deref(&self) -> &Cluster {
        &self.cluster
    }
}

struct Directory(PathBuf);

impl Drop for Directory {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            eprintln!("could not remove {}: {error}", self.0.display());
        }
    }
}

/// Removes what is ours and nobody holds any more. Nothing depends on it, so whatever cannot be removed stays.
fn remove_abandoned(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let ours = rustix::process::geteuid().as_raw();
    for entry in entries.flatten() {
        let directory = entry.path();
        let data = directory.join("data");
        let candidate = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && entry.metadata().is_ok_and(|metadata| metadata.is_dir() && metadata.uid() == ours)
            && lock_is_settled(&data);
        if candidate
            && let Ok(_held) = lock(&data)
            && settle(&data, &data).is_ok()
        {
            let _left_for_the_next = fs::remove_dir_all(&directory);
        }
    }
}

fn lock_is_settled(data: &Path) -> bool {
    let age = fs::metadata(lock_file(data)).and_then(|metadata| metadata.modified());
    age.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age > SETTLED))
}
