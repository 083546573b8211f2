//! What there is to be alarmed at.

use serde::Serialize;

/// An alarm. Its name is part of the format of reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "alarm", rename_all = "kebab-case")]
pub enum Alarm {
    /// Two logs under one key.
    #[error(
        "the log is not the one that was seen before, or that witnesses saw: at {old} events it was another than at {new}"
    )]
    Fork {
        /// The smaller head.
        old: u64,
        /// The larger one.
        new: u64,
    },
    /// The log has become smaller.
    #[error("the log had {seen} events, and now it is shown with {shown}")]
    Rollback {
        /// Before.
        seen: u64,
        /// Now.
        shown: u64,
    },
    /// Something else than this log.
    #[error("what is shown is not a head of this log: {why}")]
    NotBelieved {
        /// Why.
        why: String,
    },
    /// Nothing new, for long.
    #[error("nothing new has been shown for {}", crate::print::duration(*.seconds))]
    Stale {
        /// For how long.
        seconds: i64,
    },
    /// Not seen by witnesses, for long.
    #[error("for {} something stands in the log that not as many witnesses have seen as the policy asks for", crate::print::duration(*.seconds))]
    Unwitnessed {
        /// For how long.
        seconds: i64,
    },
}

impl Alarm {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Alarm::Fork { .. } => "fork",
            Alarm::Rollback { .. } => "rollback",
            Alarm::NotBelieved { .. } => "not-believed",
            Alarm::Stale { .. } => "stale",
            Alarm::Unwitnessed { .. } => "unwitnessed",
        }
    }

    /// Whether nothing that comes later can make it good.
    pub fn is_final(&self) -> bool {
        matches!(self, Alarm::Fork { .. } | Alarm::Rollback { .. } | Alarm::NotBelieved { .. })
    }
}
