//! A cluster: a data directory and, most of the time, a server running on it.

use std::fs;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal};

use crate::place::Place;
use crate::processes::{of_cluster, signal_all, wait_until};
use crate::server::Server;
use crate::{Binaries, Error, initialize};

/// Recovery after a crash replays at most `max_wal_size`, which takes seconds.
const READY: Duration = Duration::from_secs(60);
/// A fast shutdown ends with a checkpoint, which writes out every changed page.
const FAST_STOP: Duration = Duration::from_secs(60);
const HARD_STOP: Duration = Duration::from_secs(10);
const PORT: u16 = 5432;

#[derive(Clone, Debug)]
pub struct Options {
    /// Made when missing, used again when there. For a [`crate::Throwaway`], the directory to make a fresh one in.
    pub data_dir: PathBuf,
    /// Whether a committed transaction survives losing power. Everything except tests wants this.
    pub durable: bool,
    pub max_connections: u32,
    pub shared_buffers_mb: u32,
}

impl Options {
    /// A cluster that keeps what it is given.
    pub fn durable(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), durable: true, max_connections: 200, shared_buffers_mb: 128 }
    }

    /// A cluster that is quick and forgets: for tests.
    pub fn forgetful(data_dir: impl Into<PathBuf>) -> Self {
        Self { durable: false, ..Self::durable(data_dir) }
    }
}

/// Stopped when dropped, and when the process that started it is gone, however that came about.
pub struct Cluster {
    options: Options,
    place: Place,
    binaries: Binaries,
    server: Mutex<Option<Server>>,
}

impl Cluster {
    /// Returns when the server accepts connections: about a second for a new data directory, much less for one that is
    /// there. It blocks; that is meant for the beginning of a program.
    pub fn start(options: Options) -> Result<Self, Error> {
        let place = Place::prepare(&options.data_dir)?;
        settle(&place.data, &place.sockets)?;
        let binaries = Binaries::able_to_open(&place.data)?;
        initialize::ensure(&place, &binaries, options.durable)?;
        let cluster = Self { options, place, binaries, server: Mutex::new(None) };
        cluster.restart()?;
        Ok(cluster)
    }

    /// The address of `database`, as its superuser. A cluster begins with one database, `postgres`.
    pub fn url(&self, database: &str) -> String {
        self.url_for("postgres", database)
    }

    /// The address of `database` for a user, who needs no password here: reaching the socket is the permission.
    pub fn url_for(&self, user: &str, database: &str) -> String {
        // The host in front is only there because an address without one cannot name a user; the directory behind it
        // is what counts. Everything `PG…` variables could change is said here.
        format!(
            "postgres://{}@localhost:{PORT}/{}?host={}&sslmode=disable",
            encoded(user),
            encoded(database),
            encoded(&self.place.sockets.to_string_lossy()),
        )
    }

    /// The postmaster's, if it is running.
    pub fn pid(&self) -> Option<u32> {
        let server = self.server();
        let pid = server.as_ref().filter(|server| server.ended().is_none())?.pid;
        u32::try_from(pid.as_raw_nonzero().get()).ok()
    }

    /// Where the files are, which is not where they were asked for if the user who runs the server cannot go there;
    /// see [`Cluster::moved_from`].
    pub fn data_dir(&self) -> &Path {
        &self.place.data
    }

    pub fn log_file(&self) -> &Path {
        &self.place.log
    }

    /// What was asked for, when the files had to be kept elsewhere: a directory below root's home, say.
    pub fn moved_from(&self) -> Option<&Path> {
        self.place.moved_from.as_deref()
    }

    /// Ends every connection and then the server, with everything written. Nothing happens if it is not running.
    pub fn stop(&self) -> Result<(), Error> {
        let mut slot = self.server();
        let Some(server) = slot.as_ref() else { return Ok(()) };
        for (signal, limit) in [(Signal::INT, FAST_STOP), (Signal::QUIT, HARD_STOP)] {
            server.signal(signal);
            if server.wait(limit) {
                *slot = None;
                return Ok(());
            }
        }
        drop(slot);
        self.kill9()
    }

    /// Kills the postmaster and everything it started with no chance to tidy up, as a crash would. What the data
    /// directory holds then is what [`Cluster::restart`] has to recover from.
    pub fn kill9(&self) -> Result<(), Error> {
        let mut slot = self.server();
        let server = slot.as_ref().ok_or(Error::NotRunning)?;
        // Stopped first, so that it starts no process after they were counted.
        server.signal(Signal::STOP);
        let all = of_cluster(&self.place.data, Some(server.pid));
        server.signal(Signal::KILL);
        signal_all(&all, Signal::KILL);
        let left = || of_cluster(&self.place.data, Some(server.pid));
        if server.wait(HARD_STOP) && wait_until(HARD_STOP, || left().is_empty()) {
            *slot = None;
            Ok(())
        } else {
            Err(Error::WillNotStop { pid: server.pid.as_raw_nonzero().get() })
        }
    }

    /// Starts the server again, on the same files and at the same address, after `stop`, `kill9` or its own death.
    pub fn restart(&self) -> Result<(), Error> {
        let mut slot = self.server();
        if let Some(server) = slot.as_ref() {
            if server.ended().is_none() {
                return Err(Error::AlreadyRunning);
            }
            *slot = None;
        }
        settle(&self.place.data, &self.place.sockets)?;
        let (log, from) = self.place.open_log()?;
        let server = Server::start(&self.binaries.postgres, &self.arguments(), self.place.account.as_ref(), &log)
            .map_err(Error::io("run", &self.binaries.postgres))?;

        let ready = wait_until(READY, || server.ended().is_some() || self.accepts(&server));
        if let Some(status) = server.ended() {
            let (log, tail) = (self.place.log.clone(), self.place.log_tail(from));
            return Err(Error::DiedStarting { status, log, tail });
        }
        // Kept from here on, so that a server which is late is stopped and not forgotten.
        *slot = Some(server);
        if ready {
            return Ok(());
        }
        drop(slot);
        self.stop()?;
        let (log, tail) = (self.place.log.clone(), self.place.log_tail(from));
        Err(Error::NotReady { seconds: READY.as_secs(), log, tail })
    }

    /// The postmaster says in its pid file when it is ready, which is what `pg_ctl` goes by; and the socket has to be
    /// one that we, who may be another user, can open.
    fn accepts(&self, server: &Server) -> bool {
        let Ok(text) = fs::read_to_string(self.place.data.join("postmaster.pid")) else { return false };
        let mut lines = text.lines();
        let pid = lines.next().and_then(|line| line.trim().parse().ok());
        let status = lines.nth(6).map(str::trim);
        pid == Some(server.pid.as_raw_nonzero().get())
            && status == Some("ready")
            && UnixStream::connect(self.place.sockets.join(format!(".s.PGSQL.{PORT}"))).is_ok()
    }

    fn arguments(&self) -> Vec<String> {
        let Options { durable, max_connections, shared_buffers_mb, .. } = self.options;
        let on = if durable { "on" } else { "off" };
        let sockets = self.place.sockets.to_string_lossy().replace('"', "\"\"");
        let mut settings = vec![
            "listen_addresses=".to_owned(),
            format!("port={PORT}"),
            format!("unix_socket_directories=\"{sockets}\""),
            "unix_socket_permissions=0700".to_owned(),
            format!("max_connections={max_connections}"),
            format!("shared_buffers={shared_buffers_mb}MB"),
            format!("fsync={on}"),
            format!("synchronous_commit={on}"),
            format!("full_page_writes={on}"),
            format!("max_wal_size={}", if durable { "2GB" } else { "512MB" }),
            "timezone=UTC".to_owned(),
            "log_timezone=UTC".to_owned(),
            "log_line_prefix=%m [%p] %d ".to_owned(),
            "logging_collector=off".to_owned(),
            // Compiling a query costs more than running one of ours does.
            "jit=off".to_owned(),
        ];
        if !durable {
            // Kept in the data directory, so that throwing that away leaves nothing in /dev/shm.
            settings.push("dynamic_shared_memory_type=mmap".to_owned());
        }
        let mut arguments = vec!["-D".to_owned(), self.place.data.to_string_lossy().into_owned()];
        arguments.extend(settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]));
        arguments
    }

    fn server(&self) -> MutexGuard<'_, Option<Server>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("the private Postgres in {} was left running: {error}", self.place.data.display());
        }
    }
}

/// Clears away what an earlier server left, before a new one starts. We hold the lock, so nobody is using it:
///
/// * a server that outlived its starter, or is still shutting down, is stopped;
/// * processes that outlived their postmaster still hold its shared memory, and are ended;
/// * a pid file whose number now belongs to some other process would keep Postgres from starting, and is removed. One
///   whose process is gone is left alone: Postgres reads in it which shared memory to clear away.
pub(crate) fn settle(data: &Path, sockets: &Path) -> Result<(), Error> {
    let pid_file = data.join("postmaster.pid");
    let recorded = recorded_pid(&pid_file)?;
    let alive = || of_cluster(data, recorded);
    let found = alive();
    if let Some(postmaster) = recorded
        && found.contains(&postmaster)
    {
        signal_all(&[postmaster], Signal::INT);
        wait_until(FAST_STOP, || !alive().contains(&postmaster));
    }
    if !wait_until(Duration::from_millis(500), || alive().is_empty()) {
        signal_all(&alive(), Signal::KILL);
        if !wait_until(HARD_STOP, || alive().is_empty()) {
            let pid = alive().first().map_or(0, |pid| pid.as_raw_nonzero().get());
            return Err(Error::WillNotStop { pid });
        }
    }
    let of_another = |pid: &Pid| !found.contains(pid) && rustix::process::test_kill_process(*pid).is_ok();
    for file in [pid_file, sockets.join(format!(".s.PGSQL.{PORT}.lock"))] {
        if recorded_pid(&file)?.as_ref().is_some_and(of_another) {
            fs::remove_file(&file).map_err(Error::io("remove", &file))?;
        }
    }
    Ok(())
}

fn recorded_pid(file: &Path) -> Result<Option<Pid>, Error> {
    match fs::read_to_string(file) {
        Ok(text) => {
            let number = text.lines().next().and_then(|line| line.trim().trim_start_matches('-').parse().ok());
            Ok(number.and_then(Pid::from_raw))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", file)(error)),
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_carries_any_directory_name() {
        assert_eq!(encoded("/tmp/a b&c"), "/tmp/a%20b%26c");
    }
}
