//! Read models held against the log, in words.

use comfy_table::{CellAlignment, Table, presets};
use daybook_projections::{Comparison, Difference, Rebuilt};
use serde_json::Value;
use uuid::Uuid;

use crate::changes::changes;
use crate::print::{harmless, number};

/// Which are what the log says.
pub fn verdicts(comparisons: &[Comparison]) -> String {
    if comparisons.is_empty() {
        return "There is no log in this database: nothing was verified.".into();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["Clinic", "Read model", "Verdict", "Events", "Rows"]);
    for of in comparisons {
        let (clinic, verdict) = (of.clinic.to_string(), verdict(of));
        table.add_row([clinic, of.projection.into(), verdict, number(of.events), number(of.rows)]);
    }
    for column in 3..5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = table.to_string();
    for of in comparisons {
        let why = of.stopped.as_ref().map(|why| stopped(of.clinic, of.projection, why));
        text.push_str(&why.unwrap_or_default());
    }
    if comparisons.iter().any(|of| of.difference_count > 0) {
        text.push_str("\n\n`daybook-replay projections diff` shows the rows; `rebuild` makes them what the log says.");
    }
    text
}

/// From how much they were built again, and which of them end before the log does.
pub fn rebuilt(rebuilt: &Rebuilt) -> String {
    let mut text = format!("Built again from {} events.", number(rebuilt.events));
    rebuilt.stopped.iter().for_each(|of| text.push_str(&stopped(of.clinic, of.projection, &of.why)));
    text
}

fn stopped(clinic: Uuid, projection: &str, why: &str) -> String {
    format!("\n\nClinic {clinic}, {projection}: goes no further: {}", harmless(why))
}

fn verdict(of: &Comparison) -> String {
    match (of.difference_count, &of.stopped) {
        (0, None) => "equals the log".into(),
        (0, Some(_)) => "STOPPED".into(),
        (1, _) => "1 ROW DIFFERS".into(),
        (count, _) => format!("{} ROWS DIFFER", number(count)),
    }
}

/// The rows that differ, field by field.
pub fn differences(comparisons: &[Comparison]) -> String {
    let mut text = String::new();
    for of in comparisons.iter().filter(|of| of.difference_count > 0) {
        text.push_str(&format!("Clinic {}, {}: {}\n", of.clinic, of.projection, verdict(of)));
        of.differences.iter().for_each(|difference| text.push_str(&row(difference)));
        let told = of.differences.len() as u64;
        if told < of.difference_count {
            text.push_str(&format!("  and {} more\n", number(of.difference_count - told)));
        }
    }
    match text.trim_end() {
        "" => "No row differs from what the log says.".into(),
        text => text.into(),
    }
}

fn row(difference: &Difference) -> String {
    let Some(row) = difference.live.as_ref().or(difference.log.as_ref()) else { return String::new() };
    let said = |value: &Value| harmless(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let which = format!("  {} {}, from position {}", said(&row["kind"]), said(&row["id"]), said(&row["from_position"]));
    match (&difference.live, &difference.log) {
        (Some(live), Some(log)) => {
            let mut text = format!("{which}\n");
            for change in changes(live, log) {
                let (field, live, log) = (harmless(&change.field), said(&change.before), said(&change.after));
                text.push_str(&format!("    {field}: is {live}, the log says {log}\n"));
            }
            text
        }
        (Some(_), None) => format!("{which}: the log knows of no such row\n"),
        (None, _) => format!("{which}: MISSING\n"),
    }
}
