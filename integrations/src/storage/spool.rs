//! Where sealed bytes gather until all of a file is there and nothing is wrong with it. What is given up on the way, also by
//! a caller who hangs up, is removed; what a crash leaves is swept away by age.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use daybook_domain::FileId;
use tokio::fs::{DirBuilder, File, OpenOptions};
use tokio::io::AsyncWriteExt;

use super::StorageError;

/// A file that is being gathered.
pub struct Spool {
    file: File,
    spooled: Spooled,
}

/// A file that was gathered: sealed, whole, on this machine's disk. Removed when dropped.
pub struct Spooled {
    path: PathBuf,
    bytes: u64,
}

impl Spool {
    /// Begins one in a directory, which is made if need be. The id must be a new one.
    pub async fn begin(directory: &Path, id: FileId) -> Result<Self, StorageError> {
        private_directory(directory).await?;
        let path = directory.join(id.to_string());
        let file = private(OpenOptions::new().write(true).create_new(true)).open(&path).await?;
        Ok(Self { file, spooled: Spooled { path, bytes: 0 } })
    }

    /// Adds to its end.
    pub async fn write(&mut self, sealed: &[u8]) -> Result<(), StorageError> {
        self.file.write_all(sealed).await?;
        self.spooled.bytes += sealed.len() as u64;
        Ok(())
    }

    /// All of it is there, and on the disk.
    pub async fn finish(mut self) -> Result<Spooled, StorageError> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        Ok(self.spooled)
    }

    /// Removes what a crash left: whatever was not touched since then. Gives how many there were.
    pub async fn sweep(directory: &Path, untouched_since: DateTime<Utc>) -> Result<usize, StorageError> {
        let mut entries = match tokio::fs::read_dir(directory).await {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
            entries => entries?,
        };
        let mut swept = 0;
        while let Some(entry) = entries.next_entry().await? {
            // Another server's sweep may have been faster.
            let Ok(touched) = entry.metadata().await.and_then(|about| about.modified()) else { continue };
            if touched < SystemTime::from(untouched_since) && tokio::fs::remove_file(entry.path()).await.is_ok() {
                swept += 1;
            }
        }
        Ok(swept)
    }
}

impl Spooled {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many sealed bytes it has.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        // Gone already where it was moved to its place.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A directory that only this program's user looks into.
pub(super) async fn private_directory(directory: &Path) -> Result<(), StorageError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    Ok(builder.create(directory).await?)
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    options.mode(0o600);
    options
}
