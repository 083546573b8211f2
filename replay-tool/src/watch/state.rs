//! What whoever watches a log remembers, in a file of theirs. A file that was put back to an earlier state only makes what was
//! seen since then unknown; one that was edited is found out by the signature in it.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use daybook_audit::Policy;
use daybook_ledger::checkpoint;
use daybook_ledger::kept::Kept;
use daybook_ledger::note;
use serde::{Deserialize, Serialize};

/// A longer file is none.
const LONGEST: u64 = 256 * 1024;

/// What was seen last; nothing before the first look.
#[derive(Default)]
pub struct State(pub(super) Option<Remembered>);

/// What was seen last.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Remembered {
    /// The newest head, as it was signed.
    checkpoint: String,
    /// When it was first seen that the log had grown to it.
    pub grown_at: DateTime<Utc>,
    /// The first head that witnesses have not seen yet, and since when that is so.
    pub unwitnessed: Option<(u64, DateTime<Utc>)>,
    #[serde(skip)]
    head: Option<(String, Kept)>,
}

impl State {
    /// What the file holds; nothing where there is none.
    pub fn read(path: &Path, policy: &Policy) -> anyhow::Result<Self> {
        let what = || format!("what was seen before, in {}, cannot be read", path.display());
        let mut text = String::new();
        match File::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            read => read.with_context(what)?,
        };
        let mut remembered: Remembered = serde_json::from_str(&text).with_context(what)?;
        let (signed, _) = note::split(&remembered.checkpoint).with_context(what)?;
        let origin = signed.split('\n').next().unwrap_or_default().to_owned();
        let opened = policy.opened(&origin, |key| checkpoint::open(&remembered.checkpoint, key));
        let (size, root) = opened.with_context(what)?;
        remembered.head = Some((origin, Kept { size, root }));
        Ok(Self(Some(remembered)))
    }

    /// Writes it down in place of what was there: at every moment one of the two is there whole.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        match &self.0 {
            Some(remembered) => replace(path, &serde_json::to_vec_pretty(remembered)?),
            None => bail!("nothing was seen"),
        }
    }

    /// The newest head.
    pub fn head(&self) -> Option<&Kept> {
        self.0.as_ref()?.head.as_ref().map(|(_, head)| head)
    }

    /// The log's name.
    pub fn origin(&self) -> Option<&str> {
        self.0.as_ref()?.head.as_ref().map(|(origin, _)| origin.as_str())
    }

    /// Remembers a head that has grown from the one before, and how much of it witnesses have seen.
    pub fn see(&mut self, note: &str, head: Kept, witnessed: u64, now: DateTime<Utc>) {
        let origin = note.split('\n').next().unwrap_or_default().to_owned();
        let before = self.0.take();
        let grown_at = before.as_ref().filter(|before| before.head.as_ref().is_some_and(|(_, before)| *before == head));
        let grown_at = grown_at.map_or(now, |before| before.grown_at);
        let waiting = before.and_then(|before| before.unwitnessed).filter(|(size, _)| *size > witnessed);
        let unwitnessed = waiting.or((head.size > witnessed).then_some((head.size, now)));
        let checkpoint = note.to_owned();
        self.0 = Some(Remembered { checkpoint, grown_at, unwitnessed, head: Some((origin, head)) });
    }
}

/// Keeps the first head that contradicts what was seen, beside it.
pub fn keep_contradiction(state: &Path, note: &str) -> anyhow::Result<()> {
    let path = with(state, ".contradiction");
    if path.exists() { Ok(()) } else { replace(&path, note.as_bytes()) }
}

fn replace(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let part = with(path, ".part");
    let write = || {
        let mut file = File::create(&part)?;
        file.write_all(content)?;
        file.sync_all()?;
        std::fs::rename(&part, path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut whole = path.as_os_str().to_owned();
    whole.push(end);
    whole.into()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn it_is_remembered_since_when_nothing_grew_and_nobody_saw() {
        let at = |minutes| DateTime::from_timestamp(0, 0).unwrap() + TimeDelta::minutes(minutes);
        let mut state = State::default();
        let mut see = |size, witnessed, minutes| {
            state.see("origin\n", Kept { size, root: [size as u8; 32] }, witnessed, at(minutes));
            let Remembered { grown_at, unwitnessed, .. } = state.0.as_ref().unwrap();
            ((*grown_at - at(0)).num_minutes(), unwitnessed.map(|(size, since)| (size, (since - at(0)).num_minutes())))
        };
        assert_eq!(see(5, 0, 0), (0, Some((5, 0))));
        assert_eq!(see(5, 5, 1), (0, None));
        assert_eq!(see(5, 5, 600), (0, None), "nothing waits while nothing comes");
        assert_eq!(see(6, 5, 601), (601, Some((6, 601))));
        assert_eq!(see(9, 5, 602), (602, Some((6, 601))), "the first that waits counts");
        assert_eq!(see(9, 7, 603), (602, Some((9, 603))));
        assert_eq!(see(9, 9, 604), (602, None));
    }
}
