//! What a verification says: the verdict, and every check that failed with the event or checkpoint concerned.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::pass::Pass;
use crate::erased::{Erased, Sealing};
use crate::format::{Hash, hexadecimal};
use crate::kept::{Compared, Standing};
use crate::witnessed::{Watched, Witnessing};

/// Findings listed, at most; all are counted.
const LISTED: usize = 1_000;

/// What a verification found out about one clinic's log.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Report {
    pub clinic: Uuid,
    pub verdict: Verdict,
    pub events: u64,
    pub checkpoints: u64,
    /// Root over the entries as they are, hex.
    pub root: String,
    #[serde(skip)]
    pub head: Hash,
    /// All findings; `findings` lists the first thousand.
    pub finding_count: u64,
    pub findings: Vec<Finding>,
    /// How it stands to the heads that somebody outside kept, those that were given.
    pub kept: Vec<Compared>,
    /// Each recovery from an earlier point: the epochs after the first.
    pub epochs: Vec<Recovered>,
    /// What of it is erased, and by which events. The log is valid all the same.
    pub erased: Vec<Erased>,
    /// Whether the key store was compared with it ([`crate::erased::compare_keys`]).
    pub keys_compared: bool,
    /// What witnesses have seen of it, as it is known at a moment ([`Watched::witnessing`]); `None` until it is asked.
    pub witnessing: Option<Witnessing>,
    #[serde(skip)]
    pub watched: Watched,
    #[serde(skip)]
    pub sealing: Sealing,
}

/// An epoch that began because the log went back to an earlier point, as its first event says.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Recovered {
    pub epoch: u64,
    /// The name it is signed under.
    pub origin: String,
    /// The position of the event; everything before is of the epochs before.
    pub position: u64,
    pub recorded_at: DateTime<Utc>,
    /// When the backup was begun that it was restored from, if it was.
    pub backup_begun_at: Option<DateTime<Utc>>,
    /// How far the epoch before is known to have gone, and how many events of it are lost by that.
    pub last_known_size: u64,
    pub lost_events: u64,
}

impl Report {
    /// Takes in what was found afterwards.
    pub(crate) fn add(&mut self, findings: Vec<Finding>) {
        self.finding_count += findings.len() as u64;
        self.findings.extend(findings);
        self.findings.sort_by_key(|finding| finding.position);
        self.findings.truncate(LISTED);
        if self.finding_count > 0 {
            self.verdict = Verdict::Invalid;
        }
    }
}

/// The three answers a verifier may give (ledger.md section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything there is was checked and is as it was written.
    Valid,
    /// Something is not.
    Invalid,
    /// Nothing is wrong, and something that is needed is not there: never called valid.
    Incomplete,
}

/// One failed check and where it failed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Position in the log, or the log's size for a finding about a checkpoint.
    pub position: u64,
    pub check: Check,
    /// The event or stream concerned.
    pub what: String,
}

/// The checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The bytes do not have the stored hash.
    EventHash,
    /// `prev_hash` is not the hash of the event before it in the stream.
    Link,
    /// Sequences of the stream do not count up by one.
    Sequence,
    /// A position is missing.
    Position,
    /// Time runs backwards.
    Time,
    /// The tree over the stored events has another root than the checkpoint.
    Root,
    /// The checkpoint's signature is not by the log's key.
    Signature,
    /// Something else was sealed at the position than what stands there.
    Leaf,
    /// Checkpoints do not follow on each other.
    Growth,
    /// Events stand after the last checkpoint, or fewer than it says.
    Size,
    /// A stored tile differs from the events.
    Tile,
    /// The stored row cannot be read.
    Unreadable,
    /// A head that somebody outside kept is not one of this log's.
    Kept,
    /// A head that a witness signed is not one of this log's, or the stored signature is not right.
    Cosignature,
    /// An epoch did not begin as its first event says, or nothing says that it began.
    Epoch,
    /// Something is sealed under a key that is not there, and no event says that it was destroyed.
    KeyMissing,
    /// An event says that a key is destroyed, and it is there.
    KeyNotDestroyed,
}

impl Pass {
    pub(super) fn report(mut self, checkpoints: u64, kept: Vec<Compared>, watched: Watched) -> Report {
        let finding_count = self.findings.len() as u64;
        self.findings.sort_by_key(|finding| finding.position);
        self.findings.truncate(LISTED);
        let lost = kept.iter().any(|kept| kept.standing == Standing::Lost);
        let verdict = match (finding_count, self.events) {
            (0, 0) => Verdict::Incomplete,
            (0, _) if lost => Verdict::Incomplete,
            (0, _) => Verdict::Valid,
            _ => Verdict::Invalid,
        };
        let head = self.tree.root();
        Report {
            clinic: self.clinic,
            verdict,
            events: self.events,
            checkpoints,
            root: hexadecimal(&head),
            head,
            finding_count,
            findings: self.findings,
            kept,
            epochs: self.recoveries.into_iter().map(Recovered::from).collect(),
            erased: self.sealing.erased(),
            keys_compared: false,
            witnessing: None,
            watched,
            sealing: self.sealing,
        }
    }
}
