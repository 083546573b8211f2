//! The report: one JSON object a line for every resource that was left out, or kept with a remark. It names file, line and
//! reason and quotes nothing, so that it can go where PHI may not.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde::Serialize;

/// One line of the report.
#[derive(Debug, Serialize)]
pub struct ReportLine<'a> {
    pub file: &'a str,
    /// From 1; absent where it is about the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Stable code.
    pub reason: &'a str,
    /// The reason in a sentence.
    pub says: &'a str,
    /// Whether the resource was imported all the same.
    pub kept: bool,
}

/// Where the report goes.
pub struct Report(Option<BufWriter<File>>);

impl Report {
    /// Nowhere: the summary counts all the same.
    pub fn none() -> Self {
        Self(None)
    }

    /// Into a file, made anew.
    pub fn to(path: &Path) -> std::io::Result<Self> {
        Ok(Self(Some(BufWriter::new(File::create(path)?))))
    }

    /// Adds a line.
    pub fn add(&mut self, line: &ReportLine<'_>) -> std::io::Result<()> {
        let Some(out) = &mut self.0 else { return Ok(()) };
        serde_json::to_writer(&mut *out, line)?;
        out.write_all(b"\n")
    }

    /// Hands what was added to the operating system.
    pub fn flush(&mut self) -> std::io::Result<()> {
        self.0.as_mut().map_or(Ok(()), BufWriter::flush)
    }
}
