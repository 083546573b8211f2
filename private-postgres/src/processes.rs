//! Which processes belong to a data directory. A postmaster works inside its data directory and so does every process
//! it starts; each of those leads a process group of its own, so signalling the postmaster's group does not reach them.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

const PROC: &str = "/proc/self/cwd";

/// Every living process of the cluster in `data`, which is a resolved path. `postmaster` is what the pid file says.
pub(crate) fn of_cluster(data: &Path, postmaster: Option<Pid>) -> Vec<Pid> {
    if fs::read_link(PROC).is_ok() { inside(data) } else { postmaster.map(family).unwrap_or_default() }
}

/// A finished process that nobody has collected yet has no working directory, so it is not counted.
fn inside(data: &Path) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .filter(|pid| fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero())).is_ok_and(|cwd| cwd == data))
        .collect()
}

/// Without `/proc` (macOS): the postmaster, if that process is a Postgres at all, and its children.
fn family(postmaster: Pid) -> Vec<Pid> {
    let Ok(said) = Command::new("ps").args(["-A", "-o", "pid=,ppid=,command="]).output() else { return Vec::new() };
    let said = String::from_utf8_lossy(&said.stdout);
    let wanted = postmaster.as_raw_nonzero().get();
    said.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (pid, parent): (i32, i32) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            let of_postgres = words.any(|word| word.contains("postgres"));
            if (pid == wanted && of_postgres) || parent == wanted { Pid::from_raw(pid) } else { None }
        })
        .collect()
}

/// A process that is gone already is what was wanted.
pub(crate) fn signal_all(processes: &[Pid], signal: Signal) {
    for process in processes {
        let _gone_already = kill_process(*process, signal);
    }
}

pub(crate) fn wait_until(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    loop {
        if done() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
}
