//! `daybook-replay`: verifies the log, and tells a visit as it was, from a terminal. It depends on nothing that acts on
//! the outside world, so a replay cannot have a side effect but the record that somebody looked.

use std::process::ExitCode;

use clap::Parser;

mod arguments;
mod exit;
mod print;
mod reader;
mod verify;
mod visit;

use arguments::{Arguments, Command};
use exit::Exit;

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Verify(arguments) => verify::run(arguments).await,
        Command::Visit(arguments) => visit::run(arguments).await,
    };
    let exit = outcome.unwrap_or_else(|error| {
        eprintln!("daybook-replay: {error:#}");
        Exit::Failed
    });
    exit.into()
}
