//! One running postmaster.
//!
//! It leads a process group of its own: Ctrl-C in a terminal reaches Daybook, which ends its work and then stops the
//! server, instead of losing the database under its feet. It still never outlives the program that started it:
//!
//! * on Linux the kernel sends it a signal when its parent is gone (`PR_SET_PDEATHSIG`). `setpriv` asks for that after
//!   changing user, since changing user would cancel it; and the "parent" is the *thread* that started it, which is why
//!   every server has a thread that does nothing but wait for it;
//! * elsewhere a shell holds the reading end of a pipe whose writing end only this process has, and sends the signal
//!   when the pipe breaks.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use crate::account::Account;

pub(crate) struct Server {
    pub pid: Pid,
    fate: Arc<Fate>,
    watcher: Option<Child>,
}

/// How the postmaster ended. Its process is only collected while this is locked, so as long as there is no status here
/// its number cannot have passed to another process, and may be signalled.
#[derive(Default)]
struct Fate {
    status: Mutex<Option<ExitStatus>>,
    ended: Condvar,
}

/// A command with nothing of our surroundings that could change what Postgres does (`PGDATA`, `PGPORT`, locales, …).
pub(crate) fn bare(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LC_ALL", "C").current_dir("/").stdin(Stdio::null());
    for name in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

impl Server {
    pub fn start(
        postgres: &Path,
        arguments: &[impl AsRef<OsStr>],
        account: Option<&Account>,
        log: &File,
    ) -> io::Result<Self> {
        let tied_by_kernel = setpriv_can_tie();
        let mut command = if tied_by_kernel {
            let mut command = bare(Path::new("setpriv"));
            command.args(["--pdeathsig", "INT"]);
            if let Some(account) = account {
                command.arg(format!("--reuid={}", account.uid)).arg(format!("--regid={}", account.gid));
                command.arg("--clear-groups");
            }
            command.arg("--").arg(postgres);
            command
        } else {
            let mut command = bare(postgres);
            if let Some(account) = account {
                command.uid(account.uid).gid(account.gid);
            }
            command
        };
        command.args(arguments).process_group(0).stdout(log.try_clone()?).stderr(log.try_clone()?);

        let fate = Arc::new(Fate::default());
        let (tell, told) = mpsc::sync_channel(1);
        let keeper = Arc::clone(&fate);
        thread::Builder::new().name("postgres-keeper".into()).spawn(move || match command.spawn() {
            Ok(child) => {
                let _starter_gone = tell.send(Ok(Pid::from_child(&child)));
                keeper.wait_and_collect(child);
            }
            Err(error) => {
                let _starter_gone = tell.send(Err(error));
            }
        })?;
        let pid = told.recv().map_err(io::Error::other)??;
        let watcher = if tied_by_kernel { None } else { Some(watch(pid)?) };
        Ok(Self { pid, fate, watcher })
    }

    pub fn ended(&self) -> Option<ExitStatus> {
        *self.fate.lock()
    }

    /// Does nothing to a server that has ended.
    pub fn signal(&self, signal: Signal) {
        let status = self.fate.lock();
        if status.is_none() {
            let _gone_already = kill_process(self.pid, signal);
        }
    }

    /// Whether it has ended within `limit`.
    pub fn wait(&self, limit: Duration) -> bool {
        let status = self.fate.lock();
        let waited = self.fate.ended.wait_timeout_while(status, limit, |status| status.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.is_some()
    }
}

impl Drop for Server {
    /// The watcher must go before the postmaster's number can be used again by somebody else.
    fn drop(&mut self) {
        if let Some(watcher) = &mut self.watcher {
            let _gone_already = watcher.kill();
            let _gone_already = watcher.wait();
        }
    }
}

impl Fate {
    fn lock(&self) -> MutexGuard<'_, Option<ExitStatus>> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_and_collect(&self, mut child: Child) {
        // Waits without collecting; whatever else ends this wait, `child.wait` below is the one that counts.
        while let Err(rustix::io::Errno::INTR) =
            waitid(WaitId::Pid(Pid::from_child(&child)), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
        {}
        let mut status = self.lock();
        // Without a status the process was collected by somebody else, and is just as gone.
        *status = Some(child.wait().unwrap_or_default());
        self.ended.notify_all();
    }
}

/// Debian's and Fedora's `setpriv` can; the smaller ones of Alpine cannot; macOS has none.
fn setpriv_can_tie() -> bool {
    let mut trial = bare(Path::new("setpriv"));
    trial.args(["--pdeathsig", "INT", "--", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    trial.status().is_ok_and(|status| status.success())
}

/// Nothing is ever written to the pipe, so `read` returns when we are gone.
fn watch(pid: Pid) -> io::Result<Child> {
    let mut command = bare(Path::new("/bin/sh"));
    command.args(["-c", "read _; kill -INT \"$1\"", "daybook-watcher"]).arg(pid.as_raw_nonzero().to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn()
}
