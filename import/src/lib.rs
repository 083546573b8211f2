//! History import: another system's export becomes facts that say they were imported. A room of its own, because it reads
//! files that an operator lays down, stands behind no port, and shows nothing: it needs the log, and permission to write.

mod batch;
mod candidate;
pub mod command;
mod export;
pub mod fhir;
mod identity;
mod importer;
mod kind;
mod known;
mod lines;
mod reader;
mod report;
#[cfg(test)]
mod scratch;
mod summary;
mod unusable;

pub use export::{Export, ExportError, ExportFile};
pub use identity::Identities;
pub use importer::{ImportError, Importer, Order};
pub use kind::Kind;
pub use lines::{FileFault, Line, Lines};
pub use report::{Report, ReportLine};
pub use summary::{Count, Summary};
pub use unusable::Unusable;
