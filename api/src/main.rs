//! `daybook`: runs the server, takes in another system's records, or says what is wrong with its configuration.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use daybook_api::{Application, Config, Foundation, Mode};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Daybook, an event-sourced clinical visit engine
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server until it is told to stop (SIGTERM or SIGINT)
    Serve(Source),
    /// Takes in another system's records, marked as imported
    #[command(subcommand)]
    Import(ImportCommand),
    /// Looks at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Subcommand)]
enum ImportCommand {
    /// From a Bulk FHIR R4 export
    Fhir {
        #[command(flatten)]
        source: Source,
        #[command(flatten)]
        arguments: daybook_import::command::Arguments,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Says whether a server would start with it, without starting one
    Check(Source),
}

#[derive(Args)]
struct Source {
    /// A TOML file; environment variables (DAYBOOK_ and a key in capitals) go over it
    #[arg(long, value_name = "FILE", env = "DAYBOOK_CONFIG")]
    config: Option<PathBuf>,
}

impl Source {
    fn load(&self) -> anyhow::Result<Config> {
        Config::load(self.config.as_deref(), std::env::vars()).context("the configuration cannot be used")
    }
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Serve(source) => source.load().and_then(serve),
        Command::Import(ImportCommand::Fhir { source, arguments }) => {
            source.load().and_then(|config| import(config, arguments))
        }
        Command::Config(ConfigCommand::Check(source)) => source.load().map(|config| {
            println!("the configuration can be used: {:?} mode, listening on {}", config.mode, config.listen);
        }),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("daybook: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn import(config: Config, arguments: daybook_import::command::Arguments) -> anyhow::Result<()> {
    log(config.mode);
    let Foundation { ledger, access } = Foundation::lay(&config).await.context("nothing was imported")?;
    daybook_import::command::run(arguments, ledger, &access).await
}

#[tokio::main]
async fn serve(config: Config) -> anyhow::Result<()> {
    log(config.mode);
    if config.root_secret.is_none() {
        tracing::warn!("no root_secret is set: everything is sealed under a key that everybody knows");
    }
    let application = Application::build(config).await.context("the server did not start")?;
    let (address, stop) = (application.address(), application.stop_handle());
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: requests under way are finished first");
        stop.stop().await;
    });
    tracing::info!(%address, "listening");
    application.run().await.context("the server ended badly")
}

/// One JSON object a line in production, something for the eye otherwise. `DAYBOOK_LOG` filters, e.g. `debug`.
fn log(mode: Mode) {
    let filter = EnvFilter::try_from_env("DAYBOOK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match mode {
        Mode::Production => subscriber.json().init(),
        Mode::Development => subscriber.init(),
    }
}
