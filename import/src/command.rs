//! `daybook import fhir`: what it is told, and how it tells what came of it.

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use comfy_table::{CellAlignment, Table, presets};
use daybook_access::Access;
use daybook_domain::{ClinicId, Code};
use daybook_ledger::Ledger;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use uuid::Uuid;

use crate::export::Export;
use crate::importer::{Importer, Order};
use crate::kind::Kind;
use crate::report::Report;
use crate::summary::Summary;

/// Between two lines where there is no terminal for a bar.
const NOW_AND_THEN: Duration = Duration::from_secs(5);

/// Import a Bulk FHIR R4 export
#[derive(Args, Debug)]
pub struct Arguments {
    /// The export: a directory of Patient.ndjson, Encounter.ndjson.gz and so on
    directory: PathBuf,
    /// The clinic whose history it is
    #[arg(long)]
    clinic: Uuid,
    /// Your name for the system the export came from, always the same one: ids are only unique within it
    #[arg(long, value_parser = code)]
    source: Code,
    /// Who runs this; recorded with every fact
    #[arg(long, value_parser = code)]
    actor: Code,
    /// Why; recorded with every fact
    #[arg(long, value_parser = code, default_value = "onboarding")]
    reason: Code,
    /// Where to write what was left out or needs a look, one JSON object a line; holds no PHI
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

fn code(text: &str) -> Result<Code, String> {
    Code::try_from(text).map_err(|error| error.to_string())
}

/// Imports and prints the summary; an error where not every file could be read to its end.
pub async fn run(arguments: Arguments, ledger: Ledger, access: &Access) -> anyhow::Result<()> {
    let export = Export::find(&arguments.directory)?;
    let order = Order {
        clinic: ClinicId(arguments.clinic),
        source: arguments.source,
        operator: arguments.actor,
        reason: arguments.reason,
    };
    let importer = Importer::new(ledger, access, order).await?;
    let mut report = match &arguments.report {
        Some(path) => Report::to(path).with_context(|| format!("{} cannot be written", path.display()))?,
        None => Report::none(),
    };
    let size = export.files.iter().filter_map(|file| Some(std::fs::metadata(&file.path).ok()?.len())).sum();
    let mut progress = Progress::new(size, arguments.json);
    let began = Instant::now();
    let summary = importer.run(export, &mut report, |summary, bytes| {
        progress.step(summary, bytes);
        ControlFlow::Continue(())
    });
    let summary = summary.await.context("not everything was imported; what was, stands: run the same again")?;
    progress.finish();
    let seconds = began.elapsed().as_secs_f64();
    if arguments.json {
        println!("{:#}", json!({ "summary": summary, "total": summary.total(), "seconds": seconds }));
    } else {
        print(&summary, seconds, arguments.report.is_some());
    }
    ensure!(summary.faulty_files == 0, "{} files could not be read to their end", summary.faulty_files);
    Ok(())
}

fn print(summary: &Summary, seconds: f64, is_reported: bool) {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(["", "read", "imported", "there before", "left out", "wait for their patient"]);
    let kinds = Kind::ALL.iter().filter_map(|kind| Some((kind.name(), *summary.kinds.get(kind.name())?)));
    for (name, count) in kinds.chain([("together", summary.total())]) {
        let numbers = [count.read, count.imported, count.already_there, count.unusable, count.waiting];
        table.add_row([name.to_owned()].into_iter().chain(numbers.map(|number| number.to_string())));
    }
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    println!("{table}");
    println!("in {seconds:.1} s; everything is marked \"{}\"", daybook_domain::history::MARK);
    for (reason, count) in &summary.reasons {
        println!("  left out: {count} × {reason}");
    }
    for (remark, count) in &summary.remarks {
        println!("  kept, to be looked at: {count} × {remark}");
    }
    if summary.patients_waited_for > 0 {
        println!("  {} patients are not known here: import an export that has them", summary.patients_waited_for);
    }
    if summary.other_files > 0 {
        println!("  {} files are of kinds that are not imported", summary.other_files);
    }
    let is_all_well = summary.reasons.is_empty() && summary.remarks.is_empty();
    if !is_reported && !is_all_well {
        println!("  --report FILE writes file, line and reason of each");
    }
}

/// A bar on a terminal, a line now and then elsewhere, nothing beside JSON for a program.
struct Progress {
    bar: Option<ProgressBar>,
    is_quiet: bool,
    size: u64,
    began: Instant,
    told: Instant,
}

impl Progress {
    fn new(size: u64, is_quiet: bool) -> Self {
        let bar = (!is_quiet && std::io::stderr().is_terminal()).then(|| ProgressBar::new(size).with_style(style()));
        let now = Instant::now();
        Self { bar, is_quiet, size, began: now, told: now }
    }

    fn step(&mut self, summary: &Summary, bytes: u64) {
        let read = summary.total().read;
        let rate = read as f64 / self.began.elapsed().as_secs_f64().max(0.001);
        match &self.bar {
            Some(bar) => {
                bar.set_message(format!("{read} resources, {rate:.0}/s"));
                bar.set_position(bytes);
            }
            None if !self.is_quiet && self.told.elapsed() >= NOW_AND_THEN => {
                let percent = bytes.saturating_mul(100) / self.size.max(1);
                eprintln!("{percent} %: {read} resources, {rate:.0}/s");
                self.told = Instant::now();
            }
            None => {}
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes}, {msg}, {eta} to go")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
