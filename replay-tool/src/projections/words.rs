//! Read models held against the log, in words.

use daybook_audit::Tone;
use daybook_audit::changes::changes;
use daybook_projections::{Comparison, Difference, Rebuilt};
use serde_json::Value;
use uuid::Uuid;

use crate::print::{harmless, number};
use crate::table::{Row, table};

/// Which are what the log says.
pub fn verdicts(comparisons: &[Comparison]) -> String {
    if comparisons.is_empty() {
        return "There is no log in this database: nothing was verified.".into();
    }
    let rows = comparisons.iter().map(|of| Row {
        cells: [of.clinic.to_string(), of.projection.into(), verdict(of), number(of.events), number(of.rows)],
        verdict: verdict(of),
        tone: tone(of),
    });
    let headings = ["Clinic", "Read model", "Verdict", "Events", "Rows"];
    let mut text = table(headings, &[3, 4], &rows.collect::<Vec<_>>());
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
    let built = format!("Built again from {} events.", number(rebuilt.events));
    let mut text = if rebuilt.stopped.is_empty() { Tone::Good.on(built) } else { built };
    rebuilt.stopped.iter().for_each(|of| text.push_str(&stopped(of.clinic, of.projection, &of.why)));
    text
}

fn stopped(clinic: Uuid, projection: &str, why: &str) -> String {
    format!("\n\nClinic {clinic}, {projection}: {}", Tone::Bad.on(format!("goes no further: {}", harmless(why))))
}

fn verdict(of: &Comparison) -> String {
    match (of.difference_count, &of.stopped) {
        (0, None) => "equals the log".into(),
        (0, Some(_)) => "STOPPED".into(),
        (1, _) => "1 ROW DIFFERS".into(),
        (count, _) => format!("{} ROWS DIFFER", number(count)),
    }
}

fn tone(of: &Comparison) -> Tone {
    if of.difference_count == 0 && of.stopped.is_none() { Tone::Good } else { Tone::Bad }
}

/// The rows that differ, field by field.
pub fn differences(comparisons: &[Comparison]) -> String {
    let mut text = String::new();
    for of in comparisons.iter().filter(|of| of.difference_count > 0) {
        text.push_str(&format!("Clinic {}, {}: {}\n", of.clinic, of.projection, tone(of).on(verdict(of))));
        of.differences.iter().for_each(|difference| text.push_str(&row(difference)));
        let told = of.differences.len() as u64;
        if told < of.difference_count {
            text.push_str(&format!("  and {} more\n", number(of.difference_count - told)));
        }
    }
    match text.trim_end() {
        "" => Tone::Good.on("No row differs from what the log says."),
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
        (Some(_), None) => format!("{which}: {}\n", Tone::Bad.on("the log knows of no such row")),
        (None, _) => format!("{which}: {}\n", Tone::Bad.on("MISSING")),
    }
}
