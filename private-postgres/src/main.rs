//! `private-postgres run -- COMMAND`: gives a command a Postgres of its own for as long as it runs.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};

use anyhow::Context as _;
use clap::{Args, Parser};
use private_postgres::{Cluster, Options, Throwaway, test};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Child;
use tokio::signal::unix::{SignalKind, signal};

/// A Postgres of one's own, gone when the command is over
#[derive(Parser)]
enum Arguments {
    /// Starts a cluster, runs a command with `DAYBOOK_DATABASE_URL` and `DAYBOOK_TEST_CLUSTER` set to its address, and
    /// stops it
    Run(Run),
}

#[derive(Args)]
struct Run {
    /// Keep committed transactions safe from a power failure, as in production; slower
    #[arg(long)]
    durable: bool,
    /// Keep the cluster in this directory and use it again next time [default: a fresh one, removed afterwards]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Where the fresh directory is made [default: /var/tmp with --durable, else /tmp]
    #[arg(long, value_name = "DIR", conflicts_with = "dir")]
    under: Option<PathBuf>,
    #[arg(long, default_value_t = 200)]
    max_connections: u32,
    #[arg(long, default_value_t = 128)]
    shared_buffers_mb: u32,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// Either way it is stopped when dropped.
enum Running {
    Kept(Cluster),
    Throwaway(Throwaway),
}

fn main() -> ExitCode {
    let Arguments::Run(run) = Arguments::parse();
    match carry_out(run) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("private-postgres: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn carry_out(run: Run) -> anyhow::Result<ExitCode> {
    // Before anything is started: from here on a signal ends the command and the cluster, not just us.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;

    let (program, arguments) = run.command.split_first().context("there is no command to run")?;
    let cluster = start(&run)?;
    let url = match &cluster {
        Running::Kept(cluster) => cluster.url("postgres"),
        Running::Throwaway(cluster) => cluster.url("postgres"),
    };
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .env("DAYBOOK_DATABASE_URL", &url)
        .env(test::CLUSTER_VARIABLE, &url)
        .spawn()
        .with_context(|| format!("could not run {}", program.display()))?;

    // A terminal sends Ctrl-C to the command as well as to us, and a second one could be taken for impatience.
    let by_terminal = std::io::stdin().is_terminal();
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            _ = interrupt.recv() => if !by_terminal { pass_on(&child, Signal::INT) },
            _ = terminate.recv() => pass_on(&child, Signal::TERM),
            _ = hang_up.recv() => pass_on(&child, Signal::HUP),
        }
    };
    drop(cluster);
    Ok(as_exit_code(status))
}

fn start(run: &Run) -> anyhow::Result<Running> {
    let options = |data_dir| Options {
        data_dir,
        durable: run.durable,
        max_connections: run.max_connections,
        shared_buffers_mb: run.shared_buffers_mb,
    };
    if let Some(dir) = &run.dir {
        let cluster = Cluster::start(options(dir.clone()))?;
        if let Some(wanted) = cluster.moved_from() {
            let (wanted, data) = (wanted.display(), cluster.data_dir().display());
            eprintln!("Postgres does not run as root and its user cannot reach {wanted}; its files are in {data}");
        }
        return Ok(Running::Kept(cluster));
    }
    // `/tmp` may be in memory, where being durable would cost nothing and mean nothing.
    let usual = if run.durable { "/var/tmp" } else { "/tmp" };
    let parent = run.under.clone().unwrap_or_else(|| usual.into());
    Ok(Running::Throwaway(Throwaway::start(options(parent))?))
}

/// The process is only collected by `wait`, after which it has no number to send to.
fn pass_on(child: &Child, signal: Signal) {
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid {
        let _gone_already = kill_process(pid, signal);
    }
}

/// As a shell would report it.
fn as_exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}
