//! Encounters played as visits, from the appointment to the bill, many at a time.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Datelike;
use daybook_import::fhir::Encounter;
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tokio::task::JoinSet;

use super::fhir::{self, Told};
use super::files::{Files, count as count_lines, resources};
use super::people::People;
use super::{Tally, count};
use crate::client::Refused;
use crate::visit::{Company, Place, Slot, Visit};

/// The files say neither what was charged nor a diagnosis of the billing code system; every bill is for the same.
const CHARGE: (&str, u64, &str) = ("99213", 9_300, "Z76.89");
/// Visits that start earlier are not scheduled by anybody any more.
const EARLIEST_YEAR: i32 = 2000;

/// What became of the encounters.
#[derive(Default)]
pub struct Outcome {
    pub played: u64,
    pub skipped: Tally,
    pub remarks: Tally,
    pub failed: Tally,
}

enum End {
    Played,
    PlayedToday,
    Skipped(String),
    Failed(String),
}

/// Plays every encounter there is.
pub async fn play(files: &Files, people: People, in_flight: usize) -> anyhow::Result<Outcome> {
    let progress = Progress::new(count_lines(&files.encounters)?);
    let people = Arc::new(people);
    let mut outcome = Outcome::default();
    // Dropped, and with it every visit under way, when somebody stops the demo.
    let mut visits: JoinSet<anyhow::Result<End>> = JoinSet::new();
    for encounter in resources::<Encounter>(&files.encounters) {
        while visits.len() >= in_flight.max(1) {
            if let Some(end) = visits.join_next().await {
                outcome.take(end??, &progress);
            }
        }
        match encounter.map(fhir::encounter) {
            Ok(Ok(told)) => {
                visits.spawn(play_one(told, people.clone()));
            }
            Ok(Err(reason)) => outcome.take(End::Skipped(reason.into()), &progress),
            Err(_) => outcome.take(End::Skipped("line that is no encounter".into()), &progress),
        }
    }
    while let Some(end) = visits.join_next().await {
        outcome.take(end??, &progress);
    }
    progress.finish();
    Ok(outcome)
}

impl Outcome {
    fn take(&mut self, end: End, progress: &Progress) {
        match end {
            End::Played => self.played += 1,
            End::PlayedToday => {
                self.played += 1;
                count(
                    &mut self.remarks,
                    format!("began before {EARLIEST_YEAR}, set to today because Daybook schedules no visit that early"),
                );
            }
            End::Skipped(reason) => count(&mut self.skipped, reason),
            End::Failed(reason) => count(&mut self.failed, reason),
        }
        progress.step(self.played);
    }
}

/// A visit that is refused is reported and does not stop the others; a server that is gone does.
async fn play_one(told: Told, people: Arc<People>) -> anyhow::Result<End> {
    let (company, home) = match people.company(&told).await? {
        Ok(found) => found,
        Err(reason) => return Ok(End::Skipped(reason)),
    };
    let own_time = told.start.year() >= EARLIEST_YEAR;
    match whole_visit(&told, company, &home, own_time).await {
        Ok(()) if own_time => Ok(End::Played),
        Ok(()) => Ok(End::PlayedToday),
        Err(error) => match error.downcast::<Refused>() {
            Ok(refused) => {
                let step = refused.path.rsplit('/').next().unwrap_or_default();
                Ok(End::Failed(format!("{step} answered {}, {}", refused.status.as_u16(), refused.code)))
            }
            Err(error) => Err(error),
        },
    }
}

async fn whole_visit(told: &Told, company: Company, home: &Place, own_time: bool) -> anyhow::Result<()> {
    let starts_at = if own_time { told.start } else { System.now() };
    let reason = told.reason.as_deref().unwrap_or(&told.kind);
    let slot = Slot { starts_at, minutes: told.minutes, modality: "video", reason: Some(reason) };
    let visit = Visit::schedule(company, slot).await?;
    visit.arrive().await?;
    visit.identify(&["name", "birth-date"]).await?;
    visit.locate(home).await?;
    visit.contacts(&home.phone).await?;
    visit.check_in().await?;
    visit.consent_of_patient_or_parent("telehealth").await?;
    visit.admit().await?;
    let assessment = told.reason.as_deref().unwrap_or(&told.kind);
    let note = json!({ "subjective": told.kind, "assessment": assessment, "plan": "Follow up as needed." });
    let draft = visit.draft(None, note).await?;
    visit.sign(&draft).await?;
    visit.end("completed").await?;
    let (code, cents, diagnosis) = CHARGE;
    visit.charge(code, cents, &[diagnosis]).await?;
    visit.bill().await
}

/// A bar on a terminal, a line now and then elsewhere.
struct Progress {
    bar: Option<ProgressBar>,
    total: u64,
    began: Instant,
    told: std::cell::Cell<(u64, Instant)>,
}

/// Between two lines.
const NOW_AND_THEN: Duration = Duration::from_secs(5);

impl Progress {
    fn new(total: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(total).with_style(style()));
        Self { bar, total, began: Instant::now(), told: (0, Instant::now()).into() }
    }

    fn step(&self, played: u64) {
        let (done, told) = self.told.get();
        let done = done + 1;
        let rate = played as f64 / self.began.elapsed().as_secs_f64();
        match &self.bar {
            Some(bar) => {
                bar.set_message(format!("{rate:.0} visits/s"));
                bar.inc(1);
                self.told.set((done, told));
            }
            None if told.elapsed() >= NOW_AND_THEN => {
                println!("  {done} of {} encounters, {rate:.0} visits/s", self.total);
                self.told.set((done, Instant::now()));
            }
            None => self.told.set((done, told)),
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{wide_bar} {pos}/{len} encounters, {msg}, {eta} to go")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
