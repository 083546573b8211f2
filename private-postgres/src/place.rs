//! Where a cluster's files are, and that only one program at a time uses them.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::Error;
use crate::account::Account;

/// The shortest limit of the systems we run on (macOS; Linux has 108), less the longest name put in the directory.
const LONGEST_SOCKET_DIRECTORY: usize = 104 - "/.s.PGSQL.5432.lock".len() - 1;
const LONGEST_LOG: u64 = 16 << 20;

pub(crate) struct Place {
    /// Resolved: the working directory the kernel reports for the cluster's processes is this very path.
    pub data: PathBuf,
    pub log: PathBuf,
    pub sockets: PathBuf,
    /// Who owns and runs it, when that is not who we are.
    pub account: Option<Account>,
    /// What was asked for, when the user who runs the server could not have reached it.
    pub moved_from: Option<PathBuf>,
    /// Held for as long as this value lives, and by no other process: the system drops it when we are gone, however
    /// that came about. Nobody else may start, repair or remove this cluster meanwhile.
    _lock: File,
}

impl Place {
    pub fn prepare(wanted: &Path) -> Result<Self, Error> {
        let wanted = std::path::absolute(wanted).map_err(Error::io("find", wanted))?;
        let mut data = with_parent(&wanted)?;
        let mut account = Account::for_cluster_at(&data)?;
        let mut moved_from = None;
        if let Some(other) = &account
            && !data.parent().is_some_and(|parent| other.can_reach(parent))
        {
            data = reachable_instead_of(&data)?;
            account = Account::for_cluster_at(&data)?;
            moved_from = Some(wanted);
        }
        let lock = lock(&data)?;
        let sockets = sockets(&data, account.as_ref())?;
        let log = data.with_file_name("postgres.log");
        Ok(Self { data, log, sockets, account, moved_from, _lock: lock })
    }

    /// The log to add to, and where in it what is added begins. A log that has grown long makes way first.
    pub fn open_log(&self) -> Result<(File, u64), Error> {
        if fs::metadata(&self.log).is_ok_and(|metadata| metadata.len() > LONGEST_LOG) {
            fs::rename(&self.log, self.log.with_extension("log.1")).map_err(Error::io("set aside", &self.log))?;
        }
        let open = || {
            let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&self.log)?;
            let from = file.metadata()?.len();
            Ok((file, from))
        };
        open().map_err(Error::io("write to", &self.log))
    }

    /// At most the last 40 lines written since `from`.
    pub fn log_tail(&self, from: u64) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        let new = bytes.get(usize::try_from(from).unwrap_or(0)..).unwrap_or_default();
        let text = String::from_utf8_lossy(new);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Place {
    /// A directory that was only made for the socket goes with it. The server is gone by now.
    fn drop(&mut self) {
        if self.sockets != self.data {
            let _still_in_use = fs::remove_dir(&self.sockets);
        }
    }
}

/// Where the lock of a data directory is: beside it, since `initdb` wants an empty directory.
pub(crate) fn lock_file(data: &Path) -> PathBuf {
    let mut name = data.file_name().unwrap_or(OsStr::new("data")).to_os_string();
    name.push(".lock");
    data.with_file_name(name)
}

/// How long a lock may seem to be held that nobody holds.
const MOMENT: Duration = Duration::from_millis(500);

pub(crate) fn lock(data: &Path) -> Result<File, Error> {
    let path = lock_file(data);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(Error::io("open", &path))?;
    let asked = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            // Whoever let it go a moment ago may have begun a program on another thread, which holds it until it is that program.
            Err(TryLockError::WouldBlock) if asked.elapsed() < MOMENT => thread::sleep(MOMENT / 20),
            Err(TryLockError::WouldBlock) => return Err(Error::InUse { data: data.into() }),
            Err(TryLockError::Error(error)) => return Err(Error::io("lock", path)(error)),
        }
    }
}

/// Makes the parent of `data` and resolves it, so that one directory has one name and one lock.
fn with_parent(data: &Path) -> Result<PathBuf, Error> {
    let (Some(parent), Some(name)) = (data.parent(), data.file_name()) else {
        return Err(Error::NotACluster { data: data.into() });
    };
    fs::create_dir_all(parent).map_err(Error::io("make", parent))?;
    Ok(fs::canonicalize(parent).map_err(Error::io("find", parent))?.join(name))
}

/// The same name for the same wish, so that a cluster is found again by the next start.
fn reachable_instead_of(data: &Path) -> Result<PathBuf, Error> {
    let lasting = Path::new("/var/tmp");
    let parent = if lasting.is_dir() { lasting.to_path_buf() } else { std::env::temp_dir() };
    let last_two: Vec<&str> = data.iter().rev().take(2).filter_map(OsStr::to_str).collect();
    let readable: String = last_two.iter().rev().flat_map(|part| ["-", part]).collect();
    let readable = readable.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "");
    let directory = parent.join(format!("daybook{readable}-{:08x}", digest(data) >> 32));
    own_directory(&directory, rustix::process::geteuid().as_raw(), 0o711)?;
    with_parent(&directory.join("data"))
}

fn sockets(data: &Path, account: Option<&Account>) -> Result<PathBuf, Error> {
    if data.as_os_str().len() <= LONGEST_SOCKET_DIRECTORY {
        return Ok(data.to_path_buf());
    }
    let directory = PathBuf::from(format!("/tmp/dbk-s-{:016x}", digest(data)));
    match account {
        None => own_directory(&directory, rustix::process::geteuid().as_raw(), 0o700)?,
        Some(account) => {
            // A crash between making it and giving it away leaves it root's; the next start gives it away then.
            if !fs::symlink_metadata(&directory).is_ok_and(|metadata| metadata.uid() == account.uid) {
                own_directory(&directory, 0, 0o700)?;
                give(&directory, account)?;
            }
            own_directory(&directory, account.uid, 0o700)?;
        }
    }
    Ok(directory)
}

/// Makes `directory`, or accepts it as it is when it is a real directory of that user and open to no more than `mode`:
/// its name can be guessed, and anybody may make things in `/tmp`.
fn own_directory(directory: &Path, uid: u32, mode: u32) -> Result<(), Error> {
    match DirBuilder::new().mode(mode).create(directory) {
        Ok(()) => {
            fs::set_permissions(directory, Permissions::from_mode(mode)).map_err(Error::io("open up", directory))?;
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::io("make", directory)(error)),
    }
    let found = fs::symlink_metadata(directory).map_err(Error::io("look at", directory))?;
    if found.is_dir() && found.uid() == uid && found.mode() & 0o777 & !mode == 0 {
        Ok(())
    } else {
        Err(Error::Foreign { path: directory.into() })
    }
}

pub(crate) fn give(path: &Path, account: &Account) -> Result<(), Error> {
    std::os::unix::fs::lchown(path, Some(account.uid), Some(account.gid)).map_err(Error::io("give away", path))
}

/// FNV-1a: the same in every version of every program that looks for the directory.
fn digest(path: &Path) -> u64 {
    path.as_os_str()
        .as_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
