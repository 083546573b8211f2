//! What an append asks and answers.

use uuid::Uuid;

use crate::event::{Draft, Placed};
use crate::format::{Hash, Stream};

/// What the caller believes of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing: the event is appended wherever the stream ends. For observed facts.
    Any,
    /// The stream does not exist.
    New,
    /// The stream's last sequence, from 1.
    Exact(u64),
    /// The stream's last sequence and hash, as the caller just read them: spares the sequencer a look-up.
    After { sequence: u64, hash: Hash },
}

/// Events for one stream, in order.
#[derive(Clone, Debug)]
pub struct StreamAppend {
    pub stream: Stream,
    pub expected: Expected,
    pub events: Vec<Draft>,
}

/// A fact the decision relied on: that stream still ends at that sequence (0: does not exist).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    pub stream: Stream,
    pub sequence: u64,
}

/// Names a command so that it can be repeated. The same id with the same request hash is the same command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandKey {
    pub id: Uuid,
    pub request_hash: Hash,
}

/// One atomic append to one or several streams of one clinic: all of it, or nothing.
#[derive(Clone, Debug)]
pub struct Append {
    pub clinic: Uuid,
    pub command: CommandKey,
    pub streams: Vec<StreamAppend>,
    pub guards: Vec<Guard>,
}

/// What was written, durably, under a signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Each event in order of position; empty for a command that wrote nothing.
    pub events: Vec<Placed>,
    /// Whether this command had been carried out before; `events` are then those of that time.
    pub repeated: bool,
}

impl Appended {
    /// The last event. Of a command it is its main aggregate's, whose events come after those of its companions.
    pub fn last(&self) -> Option<&Placed> {
        self.events.last()
    }
}

/// Why nothing was appended — except for `OutcomeUnknown`.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    #[error("the stream {stream} ends at {actual}, not where the caller expected ({expected:?})")]
    WrongVersion { stream: Stream, expected: Expected, actual: u64 },
    #[error("a fact changed meanwhile: {stream} ends at {actual}, not {expected}")]
    GuardFailed { stream: Stream, expected: u64, actual: u64 },
    #[error("the command id was used before for another request")]
    CommandReused,
    #[error("not a valid append: {0}")]
    Invalid(&'static str),
    #[error("the log is busy")]
    Busy,
    #[error("the log is not available: {0}")]
    Unavailable(String),
    /// The database was lost while the write was under way and has not come back. Repeat the same command to learn.
    #[error("the outcome is not known yet; repeat the same command")]
    OutcomeUnknown,
}

impl AppendError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            AppendError::WrongVersion { .. } => "wrong-version",
            AppendError::GuardFailed { .. } => "fact-changed",
            AppendError::CommandReused => "command-reused",
            AppendError::Invalid(_) => "invalid-append",
            AppendError::Busy => "log-busy",
            AppendError::Unavailable(_) => "log-unavailable",
            AppendError::OutcomeUnknown => "outcome-unknown",
        }
    }
}

impl Append {
    /// Refuses what could never be appended, before it is queued.
    pub(crate) fn check(&self) -> Result<(), AppendError> {
        let mut seen = std::collections::HashSet::new();
        for part in &self.streams {
            if !crate::format::is_name(&part.stream.kind) {
                return Err(AppendError::Invalid("a stream type is [a-z0-9-]{1,64}"));
            }
            if !seen.insert(&part.stream) {
                return Err(AppendError::Invalid("a stream is named twice"));
            }
            if part.events.is_empty() {
                return Err(AppendError::Invalid("a stream is named without events; use a guard"));
            }
            if part.events.iter().any(|event| !crate::format::is_name(event.event_type)) {
                return Err(AppendError::Invalid("an event type is [a-z0-9-]{1,64}"));
            }
            if part.events.iter().any(|event| !crate::format::is_version(event.event_version)) {
                return Err(AppendError::Invalid("the version of an event type is [0-9a-z.-]{1,64}"));
            }
        }
        if self.event_count() > crate::sequencer::MAX_BATCH {
            return Err(AppendError::Invalid("too many events in one append"));
        }
        Ok(())
    }

    pub(crate) fn event_count(&self) -> usize {
        self.streams.iter().map(|part| part.events.len()).sum()
    }
}
