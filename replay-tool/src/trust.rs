//! What an auditor brings along in files: a trust policy, and checkpoints they kept. None of it may come from what it is
//! used on.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use daybook_audit::Policy;
use daybook_audit::policy::LONGEST_POLICY;
use daybook_ledger::checkpoint;
use daybook_ledger::epochs::{self, Epoch};
use daybook_ledger::kept::EpochHead;
use daybook_ledger::note::{self, NoteError};
use uuid::Uuid;

/// A checkpoint with all its signatures is shorter.
const LONGEST_CHECKPOINT: usize = 64 * 1024;

/// The policy in a file.
pub fn policy(path: &Path) -> anyhow::Result<Policy> {
    let what = || format!("the policy {} cannot be read", path.display());
    Policy::read(&text(path, LONGEST_POLICY).with_context(what)?).with_context(what)
}

/// A checkpoint in a file, not yet believed.
pub struct KeptNote {
    shown: String,
    note: String,
    /// The clinic whose log it says it is of, and the epoch.
    pub clinic: Uuid,
    epoch: u64,
}

impl KeptNote {
    /// Reads one.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display().to_string();
        let what = || format!("the checkpoint {shown} cannot be read");
        let note = text(path, LONGEST_CHECKPOINT).with_context(what)?;
        let (signed, _) = note::split(&note).with_context(what)?;
        let origin = signed.split('\n').next().unwrap_or_default();
        let log = epochs::of_origin(origin).ok_or_else(|| anyhow!("its first line is no clinic's log"));
        let (clinic, epoch) = log.with_context(what)?;
        Ok(Self { shown, note, clinic, epoch })
    }

    /// The whole note.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The head, if the policy believes it: with enough witnesses.
    pub fn believed_by(&self, policy: &Policy) -> anyhow::Result<EpochHead> {
        let believed = policy.believe(&self.note).with_context(|| format!("the checkpoint {}", self.shown))?;
        Ok(EpochHead { epoch: self.epoch, size: believed.size, root: believed.root })
    }

    /// The head, if the key of that epoch signed it.
    pub fn signed_by(&self, epochs: &[Epoch]) -> anyhow::Result<EpochHead> {
        let Self { shown, note, clinic, epoch } = self;
        let last = epochs.last();
        let last =
            last.ok_or_else(|| anyhow!("the checkpoint {shown} is of clinic {clinic}, which has no log here"))?;
        let opened = match epochs.iter().find(|known| known.number == *epoch) {
            Some(known) => checkpoint::open(note, &known.key),
            // An epoch that this database went back to before: all of a log's epochs have one key, each under its name.
            None => match epochs::open_checkpoint(note, *clinic, &last.key) {
                Some((_, size, root)) => Ok((size, root)),
                None => Err(NoteError::NotSigned),
            },
        };
        match opened {
            Ok((size, root)) => Ok(EpochHead { epoch: *epoch, size, root }),
            Err(error) => bail!(
                "the checkpoint {shown} is not one of the key that this log has here: {error}. If it was kept from this log, \
                 the key was exchanged; a trust policy (--policy) says which is right"
            ),
        }
    }
}

fn text(path: &Path, longest: usize) -> anyhow::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(longest as u64 + 1).read_to_string(&mut text)?;
    if text.len() > longest {
        bail!("it has more than {longest} bytes");
    }
    Ok(text)
}
