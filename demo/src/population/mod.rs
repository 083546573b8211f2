//! A population from FHIR R4 files, played as visits at one new simulated clinic: everybody is registered, every finished
//! ambulatory encounter becomes a visit. The encounters are years old and the events are from now: the log says when they
//! were recorded, and its origin and clinic that they are simulated.

mod fhir;
mod files;
mod people;
mod visits;

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::bail;
use daybook_ledger::Ids;
use daybook_ledger::clock::System;
use serde_json::json;

use crate::client::{Caller, Client, Times};
use crate::postgres::Database;
use crate::verification;

pub use files::Files;
use people::People;

/// Where the clinic's clocks are set.
const TIME_ZONE: &str = "America/New_York";

/// How often each thing happened.
type Tally = BTreeMap<String, u64>;

/// Plays these files, then verifies the log.
pub async fn play(files: &Files, in_flight: usize, client: &Client, database: &Database) -> anyhow::Result<()> {
    let clinic = System.public();
    let administrator = client.sign_in(clinic, "administrator", "administrator-1", None).await?;
    let body = json!({
        "name": "Population (simulated)", "time_zone": TIME_ZONE, "grace_minutes": 15, "simulated": true,
    });
    administrator.post("/v1/clinics", &body).await?;
    println!("A simulated clinic for these people is made: {clinic}");

    let began = Instant::now();
    let people = People::register(files, clinic, client, administrator, in_flight).await?;
    let registered = (began.elapsed(), client.take_times());
    println!(
        "Registered {} patients and {} practitioners in {:.1} s",
        people.patients.len(),
        people.practitioners.len(),
        registered.0.as_secs_f32()
    );
    tell("Left out", &people.skipped);

    let began = Instant::now();
    let outcome = visits::play(files, people, in_flight).await?;
    let seconds = began.elapsed().as_secs_f64();
    measured(outcome.played, &client.take_times(), seconds);
    tell("Left out", &outcome.skipped);
    tell("Told", &outcome.remarks);
    tell("Failed", &outcome.failed);
    if !verification::verify(database, &[clinic]).await? {
        bail!("the log does not verify");
    }
    if !outcome.failed.is_empty() {
        bail!("{} visits could not be played to their end", outcome.failed.values().sum::<u64>());
    }
    println!("Kept in {}; ./run demo starts a server on it again.", database.directory().display());
    Ok(())
}

/// Staff of the clinic.
pub struct Staff {
    desk: Caller,
    billing: Caller,
    administrator: Caller,
}

fn measured(visits: u64, times: &Times, seconds: f64) {
    let mut sorted = times.commands.clone();
    sorted.sort_unstable();
    let at = |share: f64| {
        let index = (sorted.len() as f64 * share) as usize;
        sorted.get(index.min(sorted.len().saturating_sub(1))).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    };
    println!(
        "Played {visits} visits in {seconds:.1} s: {:.0} visits/s, {:.0} commands/s through HTTP, each durable before it is answered",
        visits as f64 / seconds,
        sorted.len() as f64 / seconds
    );
    println!(
        "A command took {:.1} ms (half), {:.1} ms (99 of 100), {:.1} ms (longest); {} were sent again",
        at(0.5),
        at(0.99),
        at(1.0),
        times.repeats
    );
}

fn tell(heading: &str, tally: &Tally) {
    for (what, count) in tally {
        println!("  {heading}: {count} × {what}");
    }
}

fn count(tally: &mut Tally, what: impl Into<String>) {
    *tally.entry(what.into()).or_default() += 1;
}
