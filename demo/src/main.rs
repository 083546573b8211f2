//! `daybook-demo`: a Postgres and a server of its own, two simulated clinics, and a compressed clinic day played through
//! the REST API. Or, with `--population`, people and encounters from FHIR files, as fast as it can.

mod arguments;
mod board;
mod client;
mod day;
mod links;
mod people;
mod population;
mod postgres;
mod reader;
mod screen;
mod secret;
mod seed;
mod server;
mod stopping;
mod tampering;
mod tidy;
mod verification;
mod visit;
mod witness;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Parser;
use tokio_util::sync::CancellationToken;

use crate::arguments::Arguments;
use crate::client::Client;
use crate::population::Files;
use crate::postgres::Database;
use crate::screen::Screen;
use crate::server::Server;
use crate::witness::Witness;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = tokio::runtime::Runtime::new().context("no threads to run on").and_then(|runtime| {
        runtime.block_on(async {
            let stop = stopping::on_signals()?;
            demo(&arguments, &stop).await
        })
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<stopping::Interrupted>() => ExitCode::from(130),
        Err(error) => {
            eprintln!("daybook demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whatever happens in between, what was started is stopped: first the server, then Postgres.
async fn demo(arguments: &Arguments, stop: &CancellationToken) -> anyhow::Result<()> {
    let began = Instant::now();
    let population = arguments.population.as_deref().map(Files::find).transpose()?;
    let database = Database::open(arguments).await?;
    let result = with_database(arguments, &database, population, stop, began).await;
    if result.as_ref().is_err_and(|error| !error.is::<stopping::Interrupted>()) {
        eprintln!("daybook demo: what the server had to say is in {}", database.server_log().display());
    }
    let result = match result {
        // Only now is nobody else connected, and a copy can be made.
        Ok(()) if arguments.tamper => tampering::show(&database, people::CLINICS[0].id).await,
        result => result,
    };
    database.close().await?;
    result
}

async fn with_database(
    arguments: &Arguments,
    database: &Database,
    population: Option<Files>,
    stop: &CancellationToken,
    began: Instant,
) -> anyhow::Result<()> {
    let witness = Witness::prepare(database).await?;
    let server = Server::start(arguments, database, witness.as_ref()).await?;
    let result = tokio::select! {
        // In this order, so that a demo that only waits to be stopped ends well when it is.
        biased;
        result = at_work(arguments, database, (&server, witness.as_ref()), population, began, stop) => result,
        () = stop.cancelled() => Err(stopping::Interrupted.into()),
    };
    server.stop().await;
    result
}

async fn at_work(
    arguments: &Arguments,
    database: &Database,
    (server, witness): (&Server, Option<&Witness>),
    population: Option<Files>,
    began: Instant,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let client = Client::new(server.url())?;
    if let Some(files) = population {
        return population::play(&files, arguments.in_flight, &client, database).await;
    }
    let clinics = seed::seed(&client).await.context("the clinics could not be set up")?;
    println!("Two simulated clinics are at work at {} after {:.1} s.\n", server.url(), began.elapsed().as_secs_f32());
    let logs: Vec<_> = clinics.iter().map(|clinic| clinic.id()).collect();
    let witness = match witness {
        Some(witness) => Some(witness.start(&client, &logs).await?),
        None => None,
    };
    tidy::tidy(&clinics).await.context("visits of an earlier run could not be tidied up")?;
    let screen = Screen::new();
    let boards = board::watch(&clinics, &screen);
    let played = day::play(&clinics, &screen, arguments.pace).await.context("the day could not be played")?;
    screen.pause();
    if witness.is_some() && !witness::has_seen_all(&client, &logs).await {
        println!("The witness has not seen all of the logs: it may remember others under these names.");
    }
    let sound = verification::verify(database, &logs).await?;
    if !sound {
        bail!("the log does not verify");
    }
    if !arguments.exit_after_play && !arguments.tamper {
        links::print(server, database, &clinics, &played, witness.as_ref()).await?;
        screen.resume();
        stop.cancelled().await;
        screen.pause();
        println!("\nStopping.");
    }
    drop((boards, witness));
    Ok(())
}
