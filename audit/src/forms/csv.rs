//! A table (RFC 4180), safe to be opened with a spreadsheet: nothing in it is taken for a formula.

use super::{Form, Proof, Told};

pub struct Csv;

const COLUMNS: [&str; 12] = [
    "position",
    "recorded_at",
    "stream_type",
    "stream_id",
    "sequence",
    "event_type",
    "event_version",
    "actor",
    "role",
    "reason",
    "hash",
    "payload",
];

impl Form for Csv {
    /// One record with the sentence on its own, then the names of the columns.
    fn begin(&self, proof: &Proof) -> String {
        format!("{}{}", record(&[&proof.sentence()]), record(&COLUMNS))
    }

    fn event(&self, told: &Told<'_>, _: &Proof) -> String {
        let event = told.event;
        record(&[
            &event.position.to_string(),
            &told.recorded_at(),
            &event.stream.kind,
            &event.stream.id.to_string(),
            &event.sequence.to_string(),
            &event.event_type,
            &event.event_version,
            told.metadata("actor"),
            told.metadata("role"),
            told.metadata("reason"),
            &told.hash,
            &told.text(),
        ])
    }

    fn end(&self) -> String {
        String::new()
    }
}

fn record(fields: &[&str]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    format!("{}\r\n", fields.join(","))
}

/// Spreadsheets take what begins like this for a formula, in quotes or not; an apostrophe before it makes it text.
fn quoted(field: &str) -> String {
    let harmless = if field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" };
    format!("\"{harmless}{}\"", field.replace('"', "\"\""))
}
