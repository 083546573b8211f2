//! `daybook-replay`: verifies the log, tells a visit as it was, and makes and verifies exports, from a terminal. It depends on nothing that acts on
//! the outside world, so a replay cannot have a side effect but the record that somebody looked.

use std::process::ExitCode;

use clap::Parser;

mod arguments;
mod backup;
mod drill;
mod exit;
mod export;
mod files;
mod keys;
mod opening;
mod print;
mod progress;
mod projections;
mod reader;
mod recorder;
mod recover;
mod report;
mod restore;
mod signature;
mod table;
mod trust;
mod verify;
mod verify_export;
mod visit;
mod watch;
mod witness;

use arguments::{Arguments, Command};
use exit::Exit;

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Verify(arguments) => verify::run(arguments).await,
        Command::Visit(arguments) => visit::run(arguments).await,
        Command::Signature(arguments) => signature::run(arguments).await,
        Command::Projections(command) => projections::run(command).await,
        Command::Export(arguments) => export::run(arguments).await,
        Command::VerifyExport(arguments) => verify_export::run(arguments),
        Command::Backup(arguments) => backup::run(arguments).await,
        Command::Drill(arguments) => drill::run(arguments).await,
        Command::Restore(arguments) => restore::run(arguments).await,
        Command::Recover(arguments) => recover::run(arguments).await,
        Command::Keys(arguments) => keys::run(arguments).await,
        Command::Watch(arguments) => watch::run(arguments).await,
        Command::Witness(arguments) => witness::run(arguments).await,
        Command::Report(arguments) => report::run(arguments).await,
    };
    let exit = outcome.unwrap_or_else(|error| {
        print::problem(&print::harmless(&format!("{error:#}")));
        Exit::Failed
    });
    exit.into()
}
