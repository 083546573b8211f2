//! Two servers under load, and kill -9 for them and for their Postgres at random moments: what was acknowledged stays,
//! nothing is written twice, and the log and everything derived from it are whole.
//!
//! `DAYBOOK_CRASH_SEED` repeats a trial. `DAYBOOK_CRASH_SECONDS` goes on with further ones, for a night if need be.

mod audit;
mod caller;
mod chance;
mod clinic;
mod installation;
mod server;
mod storm;
mod visits;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use daybook_ledger::Ids;
use daybook_ledger::clock::System;
use sqlx::PgPool;
use uuid::Uuid;

use audit::Audit;
use caller::{Acknowledged, Caller};
use chance::Chance;
use clinic::People;
use installation::{Doors, Installation};

/// Two, so that batches span clinics; each has callers of its own.
const CLINICS: usize = 2;
const CALLERS: usize = 12;
/// Commands sent again in the end.
const SENT_AGAIN: usize = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_every_crash() {
    let began = Instant::now();
    let long = number("DAYBOOK_CRASH_SECONDS").map(Duration::from_secs);
    let mut seed = number("DAYBOOK_CRASH_SEED").unwrap_or_else(|| System.public().as_u128() as u64);
    loop {
        trial(seed).await;
        if long.is_none_or(|long| began.elapsed() > long) {
            return;
        }
        seed = seed.wrapping_add(1);
    }
}

/// One installation's life, from the first clinic to the audit.
async fn trial(seed: u64) {
    eprintln!("crash: again with DAYBOOK_CRASH_SEED={seed}; the servers' logs are in {}", env!("CARGO_TARGET_TMPDIR"));
    let (began, chance) = (Instant::now(), Chance::new(seed));
    let mut installation = Installation::start().await;
    let doors = installation.doors();
    let clinics: Vec<Uuid> = (0..CLINICS).map(|_| System.public()).collect();
    let load = Load::prepare(&doors, &clinics, &chance).await;

    let enough = AtomicBool::new(false);
    let crashes = async {
        let crashes = storm::storm(&mut installation, &chance).await;
        enough.store(true, Ordering::Relaxed);
        crashes
    };
    let (crashes, book) = futures::join!(crashes, load.keep_going(&enough));
    storm::power_failure(&mut installation).await;

    every_answer_is_given_again(&doors, &book, &chance).await;
    let events = nothing_is_missing_or_doubled(&installation, &clinics, &book).await;
    audit::projections_equal_a_rebuild(&installation.database_url(), CLINICS).await;
    report(crashes + 1, events, &book, began.elapsed());
}

/// Callers, ready to work.
struct Load {
    founder: Caller,
    callers: Vec<(Caller, People)>,
}

impl Load {
    /// Sets up the clinics and the people of each caller.
    async fn prepare(doors: &Doors, clinics: &[Uuid], chance: &Chance) -> Self {
        let founder = Caller::new("founder".into(), doors.clone(), chance.branch());
        for clinic in clinics {
            clinic::open(&founder, doors, *clinic).await;
        }
        let mut callers = Vec::new();
        for index in 0..CALLERS {
            let caller = Caller::new(format!("caller-{index}"), doors.clone(), chance.branch());
            let people = People::gather(&caller, doors, clinics[index % clinics.len()]).await;
            callers.push((caller, people));
        }
        Self { founder, callers }
    }

    /// Everybody's book, once it is enough and each has had the answer to its last command.
    async fn keep_going(self, enough: &AtomicBool) -> Vec<Acknowledged> {
        let working = self.callers.into_iter().map(async |(caller, people)| {
            visits::keep_going(&caller, &people, enough).await;
            caller.book()
        });
        let books = futures::future::join_all(working).await;
        books.into_iter().chain([self.founder.book()]).flatten().collect()
    }
}

/// Answers are the same after everything was started anew, whoever is asked.
async fn every_answer_is_given_again(doors: &Doors, book: &[Acknowledged], chance: &Chance) {
    let somebody = Caller::new("somebody".into(), doors.clone(), chance.branch());
    for entry in book.iter().step_by(book.len().div_ceil(SENT_AGAIN)) {
        somebody.repeat(entry).await;
    }
}

/// How many events there are.
async fn nothing_is_missing_or_doubled(installation: &Installation, clinics: &[Uuid], book: &[Acknowledged]) -> usize {
    let pool = PgPool::connect(&installation.database_url()).await.expect("the owner's connection");
    let mut events = 0;
    for clinic in clinics {
        let audit = Audit::of(&pool, *clinic, book).await;
        audit.positions_have_no_gap();
        audit.every_acknowledged_event_stands_where_it_was_said_to();
        audit.every_command_was_carried_out_once().await;
        audit.the_log_verifies().await;
        events += audit.events();
    }
    events
}

fn report(crashes: usize, events: usize, book: &[Acknowledged], took: Duration) {
    let interrupted = book.iter().filter(|entry| entry.interruptions > 0).count();
    let lost = book.iter().filter(|entry| entry.had_been_written).count();
    let commands = book.len();
    eprintln!(
        "crash: {crashes} crashes in {took:?}; {events} events; {commands} commands acknowledged, {interrupted} of them not \
         at once; {lost} had been written when the first answer to arrive was given"
    );
    assert!(interrupted > 0, "nobody noticed anything: that was no trial");
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is not a number")))
}
