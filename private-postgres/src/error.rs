//! What can go wrong, each in a sentence its reader can act on.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "no Postgres programs (`initdb` and `postgres`) were found on this computer: install them with \
         `apt-get install postgresql` (Debian, Ubuntu) or `brew install postgresql@16` (macOS)"
    )]
    NotInstalled,

    #[error(
        "the data directory {} was made by Postgres {wanted}, but only {found} is installed here: install Postgres {wanted}, \
         or remove the directory to start afresh",
        data.display()
    )]
    OtherVersion { data: PathBuf, wanted: u32, found: String },

    #[error("Postgres refuses to run as root, and neither a user `postgres` nor a user `nobody` exists to run it as")]
    NoUnprivilegedUser,

    #[error("{} is already in use by another program that keeps its own Postgres there: stop that one first", data.display())]
    InUse { data: PathBuf },

    #[error("{} holds files but is no Postgres data directory: choose another directory, or empty this one", data.display())]
    NotACluster { data: PathBuf },

    #[error("{} belongs to another user, so Postgres cannot safely keep its files there", path.display())]
    Foreign { path: PathBuf },

    #[error("`initdb` could not make a data directory in {} ({status}); it said:\n{said}", data.display())]
    Initdb { data: PathBuf, status: ExitStatus, said: String },

    #[error("Postgres stopped while starting ({status}); the end of {}:\n{tail}", log.display())]
    DiedStarting { status: ExitStatus, log: PathBuf, tail: String },

    #[error("Postgres did not become ready within {seconds} seconds; the end of {}:\n{tail}", log.display())]
    NotReady { seconds: u64, log: PathBuf, tail: String },

    #[error("Postgres (process {pid}) could not be stopped")]
    WillNotStop { pid: i32 },

    #[error("the cluster is not running")]
    NotRunning,

    #[error("the cluster is already running")]
    AlreadyRunning,

    #[error("could not {doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
}

impl Error {
    /// For `map_err`: what was being done, and to what.
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
        let path = path.into();
        move |source| Error::Io { doing, path, source }
    }
}
