//! What a witness remembers, in a folder: its key, and for each log the newest checkpoint it signed, with the log's signature
//! and its own. Key and memory lie together because whoever has lost the memory must not sign under the key any more.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use daybook_ledger::checkpoint;
use daybook_ledger::cosignature::{Cosigner, Witness};
use daybook_ledger::format::hexadecimal;
use daybook_ledger::kept::Kept;
use daybook_ledger::merkle::empty_root;
use daybook_ledger::note::{self, NoteError};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The file with the key.
const KEY: &str = "key";
/// Held by the process that signs: two would not know of each other.
const LOCK: &str = "lock";
/// A longer file is none of this folder's.
const LONGEST: u64 = 128 * 1024;

/// Why a witness cannot work with its folder.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// Another process signs with this key.
    #[error("{0} is in use by another process")]
    InUse(PathBuf),
    /// The key cannot be read.
    #[error("{path}: {source}")]
    Key {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: NoteError,
    },
    /// What it remembers of a log is not what it wrote.
    #[error(
        "{0} is not as this witness wrote it. A witness that has forgotten must not sign again under its key: bring the file \
         back, or make another key"
    )]
    Damaged(PathBuf),
}

/// Makes a folder with a new key for a witness of this name; fails where there is one. Returns the public key.
pub fn make(folder: &Path, name: &str, seed: &[u8; 32]) -> Result<Witness, StoreError> {
    let path = folder.join(KEY);
    let cosigner = Cosigner::new(name, seed).map_err(|source| StoreError::Key { path: path.clone(), source })?;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|source| StoreError::File { path: folder.into(), source })?;
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(cosigner.secret().as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        File::open(folder)?.sync_all()
    };
    write().map_err(|source| StoreError::File { path: path.clone(), source })?;
    Ok(cosigner.witness().clone())
}

/// A witness's folder, held by this process.
pub struct Store {
    folder: PathBuf,
    _lock: File,
}

impl Store {
    /// Opens it, and reads the key.
    pub fn open(folder: &Path) -> Result<(Self, Cosigner), StoreError> {
        let path = folder.join(KEY);
        let text = read(&path)?.map(Zeroizing::new);
        let text =
            text.ok_or_else(|| StoreError::File { path: path.clone(), source: io::ErrorKind::NotFound.into() })?;
        let key = text.trim_end().parse().map_err(|source| StoreError::Key { path, source })?;
        let path = folder.join(LOCK);
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let lock = lock.map_err(|source| StoreError::File { path: path.clone(), source })?;
        match lock.try_lock() {
            Ok(()) => Ok((Self { folder: folder.into(), _lock: lock }, key)),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(folder.into())),
            Err(TryLockError::Error(source)) => Err(StoreError::File { path, source }),
        }
    }

    /// The newest head of a log that this witness signed; that of the empty log where there is none.
    pub fn held(&self, origin: &str, witness: &Witness) -> Result<Kept, StoreError> {
        let path = self.path(origin, "checkpoint");
        match read(&path)? {
            None => Ok(Kept { size: 0, root: empty_root() }),
            Some(note) => signed(&note, origin, witness).ok_or(StoreError::Damaged(path)),
        }
    }

    /// Writes a head down in place of the one before: when this returns it is on the disk, and at every moment one of the
    /// two is there whole.
    pub fn keep(&self, origin: &str, note: &str) -> Result<(), StoreError> {
        self.write(&self.path(origin, "checkpoint"), note)
    }

    /// Writes down the first head that contradicts what was signed, beside it.
    pub fn keep_contradiction(&self, origin: &str, note: &str) -> Result<(), StoreError> {
        let path = self.path(origin, "contradiction");
        if path.exists() { Ok(()) } else { self.write(&path, note) }
    }

    fn write(&self, path: &Path, note: &str) -> Result<(), StoreError> {
        let part = path.with_extension("part");
        let write = || {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
            file.write_all(note.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&part, path)?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(|source| StoreError::File { path: path.into(), source })
    }

    /// An origin may hold what a file's name may not.
    fn path(&self, origin: &str, what: &str) -> PathBuf {
        self.folder.join(format!("{}.{what}", hexadecimal(&Sha256::digest(origin))))
    }
}

/// The head in a note that this witness signed.
fn signed(note: &str, origin: &str, witness: &Witness) -> Option<Kept> {
    let (text, lines) = note::split(note).ok()?;
    lines.iter().find(|line| witness.made(line) && witness.saw(text, line).is_some())?;
    let (of, size, root) = checkpoint::read(text).ok()?;
    (of == origin).then_some(Kept { size, root })
}

fn read(path: &Path) -> Result<Option<String>, StoreError> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text));
    match read {
        Ok(_) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StoreError::File { path: path.into(), source }),
    }
}
