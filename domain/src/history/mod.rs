//! History: what another system recorded, taken over as it stood there. An imported resource is a fact about an export
//! that Daybook read, never a fact that Daybook witnessed, and nothing can be billed from it. One stream a resource: that
//! a resource is there only once is then the log's own invariant, and no stream grows with the length of a life.

mod command;
mod date;
mod event;
#[cfg(test)]
pub mod example;
mod origin;
mod rules;
mod state;
mod terms;
mod verbatim;

pub use command::Command;
pub use date::{BadDate, OriginalDate};
pub use event::{DirectoryImported, Event, HistoryImported};
pub use origin::Origin;
pub use rules::Error;
pub use state::History;
pub use terms::{DirectoryKind, HistoryKind, MARK};
pub use verbatim::{TooLong, Verbatim};

/// Stream type of imported resources; the stream's id is derived from the clinic, the source and the resource's id there.
pub const STREAM: &str = "history";

/// Most bytes of one imported resource.
pub const MAX_RESOURCE: usize = 256 * 1024;
