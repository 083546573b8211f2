//! One look at a log: what it shows now, against what it showed before and what witnesses saw.

use chrono::{DateTime, TimeDelta, Utc};
use daybook_audit::Policy;
use daybook_ledger::checkpoint;
use daybook_ledger::format::hexadecimal;
use daybook_ledger::kept::Kept;
use daybook_ledger::merkle::verify_consistency;
use daybook_ledger::note;
use serde::Serialize;

use super::alarm::Alarm;
use super::public::{Log, Unanswered};
use super::state::{Remembered, State};

/// How long what may last.
pub struct Limits {
    pub stale: TimeDelta,
    pub unwitnessed: TimeDelta,
}

/// What it takes to look.
pub struct Looking {
    pub log: Log,
    pub policy: Policy,
    pub limits: Limits,
}

/// What was seen.
#[derive(Serialize)]
pub struct Seen {
    pub origin: String,
    pub size: u64,
    pub root: String,
    /// What witnesses saw of it, as many as the policy asks for.
    pub witnessed: Option<Witnessed>,
}

/// What witnesses saw.
#[derive(Clone, Copy, Serialize)]
pub struct Witnessed {
    pub size: u64,
    /// When the last of them did.
    pub at: DateTime<Utc>,
}

/// Why a look came to nothing.
pub enum Error {
    /// It was not answered; nothing can be said.
    Unanswered(Unanswered),
    /// What is shown contradicts what is known: the head that does. What was remembered stays.
    Alarm(Alarm, String),
}

impl From<Unanswered> for Error {
    fn from(why: Unanswered) -> Self {
        Error::Unanswered(why)
    }
}

/// A head and its note.
struct Head {
    origin: String,
    kept: Kept,
    note: String,
}

impl Looking {
    /// Looks once, and remembers what was seen if it has grown from what was.
    pub async fn look(&self, state: &mut State, now: DateTime<Utc>) -> Result<(Seen, Vec<Alarm>), Error> {
        let head = self.head(state).await?;
        if let Some(before) = state.head() {
            if head.kept.size < before.size {
                let alarm = Alarm::Rollback { seen: before.size, shown: head.kept.size };
                return Err(Error::Alarm(alarm, head.note));
            }
            self.has_grown(before, &head.kept, &head.note).await?;
        }
        let witnessed = self.witnessed(&head).await?;
        let size = head.kept.size;
        state.see(&head.note, head.kept, witnessed.map_or(0, |witnessed| witnessed.size), now);
        let mut alarms: Vec<_> = state.stale(now, &self.limits).into_iter().collect();
        alarms.extend(state.unwitnessed(now, &self.limits).filter(|_| self.policy.asks_for_witnesses()));
        let root = hexadecimal(&head.kept.root);
        Ok((Seen { origin: head.origin, size, root, witnessed }, alarms))
    }

    /// What the log shows, if it is signed by its key.
    async fn head(&self, state: &State) -> Result<Head, Error> {
        let note = self.log.head().await?;
        let refuse = |why: String| Error::Alarm(Alarm::NotBelieved { why }, note.clone());
        let (text, _) = note::split(&note).map_err(|error| refuse(error.to_string()))?;
        let origin = text.split('\n').next().unwrap_or_default().to_owned();
        if state.origin().is_some_and(|before| before != origin) {
            return Err(refuse("it is another log than before".into()));
        }
        let opened = self.policy.opened(&origin, |key| checkpoint::open(&note, key));
        let (size, root) = opened.map_err(|distrust| refuse(distrust.to_string()))?;
        Ok(Head { origin, kept: Kept { size, root }, note })
    }

    /// What witnesses saw has to be of the same log. Where the policy asks for none, whoever it names counts.
    async fn witnessed(&self, head: &Head) -> Result<Option<Witnessed>, Error> {
        let Some(note) = self.log.cosigned().await? else { return Ok(None) };
        // Too few of them, or none that the policy names: as good as none.
        let Ok(believed) = self.policy.believe(&note) else { return Ok(None) };
        let last = believed.witnesses.values().max().and_then(|at| DateTime::from_timestamp(*at as i64, 0));
        let Some(at) = last.filter(|_| believed.origin == head.origin) else { return Ok(None) };
        let seen = Kept { size: believed.size, root: believed.root };
        // It was asked for after the head, and may be newer.
        let (old, new) = if seen.size <= head.kept.size { (&seen, &head.kept) } else { (&head.kept, &seen) };
        self.has_grown(old, new, &note).await?;
        Ok(Some(Witnessed { size: seen.size, at }))
    }

    async fn has_grown(&self, old: &Kept, new: &Kept, note: &str) -> Result<(), Error> {
        let fork = || Error::Alarm(Alarm::Fork { old: old.size, new: new.size }, note.to_owned());
        if old.size == new.size {
            return if old.root == new.root { Ok(()) } else { Err(fork()) };
        }
        if old.size == 0 {
            return Ok(());
        }
        let proof = self.log.growth(old.size, new.size).await?;
        verify_consistency(old.size, &old.root, new.size, &new.root, &proof).map_err(|_| fork())
    }
}

impl State {
    /// Whether nothing new was shown for too long.
    pub fn stale(&self, now: DateTime<Utc>, limits: &Limits) -> Option<Alarm> {
        let grown_at = self.0.as_ref().map(|Remembered { grown_at, .. }| *grown_at)?;
        let long = now - grown_at;
        (long > limits.stale).then(|| Alarm::Stale { seconds: long.num_seconds() })
    }

    fn unwitnessed(&self, now: DateTime<Utc>, limits: &Limits) -> impl Iterator<Item = Alarm> + use<> {
        let since = self.0.as_ref().and_then(|remembered| remembered.unwitnessed).map(|(_, since)| now - since);
        let long = since.filter(|long| *long > limits.unwitnessed);
        long.map(|long| Alarm::Unwitnessed { seconds: long.num_seconds() }).into_iter()
    }
}
