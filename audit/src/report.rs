//! What an examination found out, as it is told to people and to programs.

use chrono::{DateTime, Utc};
pub use daybook_ledger::verify::Verdict;
use serde::Serialize;

/// What is known of what came after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tail {
    /// Every entry of the log is in the bundle: nothing is missing.
    Proven,
    /// That the streams end here is the operator's word.
    OperatorsStatement,
    /// The bundle does not say that its streams are whole.
    NotClaimed,
}

/// The checks. Their names are part of the format of reports, and the same in every verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The manifest cannot be read, or says what it may not.
    Manifest,
    /// A file is missing, too many, or other than the manifest says.
    File,
    /// The statement that the manifest is the operator's is not there, or not theirs.
    Statement,
    /// The checkpoint is not believed.
    Checkpoint,
    /// An event cannot be read, or its bytes do not have its hash.
    Event,
    /// An event does not follow on the one before it in its stream.
    Link,
    /// The numbers of a stream do not count up by one.
    Sequence,
    /// Positions do not go up, or one is missing that the scope includes.
    Position,
    /// Time runs backwards.
    Time,
    /// An event is not proven to be in the log.
    Inclusion,
    /// The entries of the log do not have the checkpoint's root.
    Root,
    /// What is sealed is not what the events commit to, does not open, or is called erased without an event that says so.
    Content,
    /// A stream does not end where the operator says, or goes on in the log.
    StreamHead,
}

/// One failed check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub check: Check,
    /// The position of the event concerned, where it is about one.
    pub position: Option<u64>,
    /// A sentence: what and where.
    pub what: String,
}

/// An interval that a bundle shows the end of: when its checkpoint had been seen. That witnesses had seen some of it before, in
/// other checkpoints, it does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AtMost {
    /// When the first event of the bundle was recorded.
    pub from: DateTime<Utc>,
    /// When as many witnesses had seen the checkpoint as the policy asks for; `None` where they have not.
    pub until: Option<DateTime<Utc>>,
}

/// What an examination of a bundle found out.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub verdict: Verdict,
    pub origin: Option<String>,
    /// What the export is of, as its manifest says.
    pub scope: Option<crate::bundle::Scope>,
    pub events: u64,
    /// Size of the log when the export was made.
    pub size: Option<u64>,
    /// The witnesses of the policy that saw the checkpoint.
    pub witnesses: Vec<String>,
    /// For how long at most what is in the bundle stood unwitnessed; `None` where it has no events, or no checkpoint that is
    /// believed.
    pub unwitnessed: Option<AtMost>,
    pub tail: Tail,
    /// Whether sealed values are there at all, or were left out.
    pub content: Option<crate::bundle::Content>,
    /// Events whose sealed values are said to be erased.
    pub erased: u64,
    /// Events that were opened; absent where nobody was there to open them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened: Option<u64>,
    /// All findings; `findings` lists the first thousand.
    pub finding_count: u64,
    pub findings: Vec<Finding>,
    /// What is not there, a sentence each.
    pub missing: Vec<String>,
}
