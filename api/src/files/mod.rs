//! Files of visits on their way in and out. Their bytes never stand in the log: they are sealed in this process and kept in
//! a storage; the log says that they are there.
//!
//! What a crash leaves: while bytes come in, a sealed beginning in the spool directory; between storing and the event, an
//! object that no event names. Neither is shown to anybody, and [`sweep`] removes both a day later. After the event nothing
//! is left to do.

mod headers;
mod intake;
mod outgoing;
mod settings;
pub mod sweep;

use std::path::PathBuf;
use std::sync::Arc;

use actix_web::http::StatusCode;
use daybook_domain::{ClinicId, FileId, VisitId};
use daybook_integrations::storage::{ObjectName, Storage, StorageError};
use daybook_ledger::Clock;
use daybook_ledger::sealing::FilePlace;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::config::Config;
use crate::problem::Problem;

pub use headers::{Declared, disposition};
pub use intake::{Intake, TakenIn};
pub use outgoing::{Expected, Outgoing, head, opened};

/// Files taken in at once; each holds some hundred kilobytes of memory and a file on the disk.
const UPLOADS: usize = 32;

/// Where files are kept, and how large they may be.
pub struct Files {
    /// The storage.
    pub storage: Arc<dyn Storage>,
    /// Where sealed bytes gather first.
    pub spool: PathBuf,
    /// Bytes a file may have.
    pub max_bytes: u64,
    uploads: Semaphore,
}

impl Files {
    /// As the configuration says; `None` where this installation keeps no files.
    pub fn new(config: &Config, clock: Arc<dyn Clock>) -> Result<Option<Self>, StorageError> {
        let storage = settings::storage(config, clock)?;
        Ok(storage.zip(config.storage_directory.as_ref()).map(|(storage, directory)| Self {
            storage,
            spool: directory.join("spool"),
            max_bytes: config.max_file_bytes,
            uploads: Semaphore::new(UPLOADS),
        }))
    }

    /// A place among those who send files just now.
    pub fn place(&self) -> Result<SemaphorePermit<'_>, Problem> {
        self.uploads.try_acquire().map_err(|_| {
            let detail = "too many files are sent just now; nothing was taken in, try again";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-at-once", detail).retry_after(2)
        })
    }
}

/// The problem of an installation that keeps none.
pub fn not_set_up() -> Problem {
    let detail = "this installation keeps no files; its operator names a storage_directory first";
    Problem::new(StatusCode::NOT_IMPLEMENTED, "files-not-set-up", detail)
}

/// A file's name in the storage, and the place its sealed bytes are bound to.
pub fn place_of(clinic: ClinicId, visit: VisitId, file: FileId) -> (ObjectName, FilePlace) {
    let place = FilePlace { clinic: clinic.0, visit: visit.0, file: file.0 };
    (ObjectName { clinic, visit, file }, place)
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        tracing::error!(%error, "the storage of files failed");
        Self::unavailable("storage-unavailable", "the storage of files does not answer; try again")
    }
}
