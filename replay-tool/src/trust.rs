//! What an auditor brings along in files: a trust policy, and checkpoints they kept. None of it may come from what it is
//! used on.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use daybook_audit::kept_note::LONGEST_CHECKPOINT;
use daybook_audit::policy::LONGEST_POLICY;
use daybook_audit::{KeptNote, Policy};
use daybook_ledger::epochs::Epoch;
use daybook_ledger::kept::EpochHead;

/// The policy in a file.
pub fn policy(path: &Path) -> anyhow::Result<Policy> {
    let what = || format!("the policy {} cannot be read", path.display());
    Policy::read(&text(path, LONGEST_POLICY).with_context(what)?).with_context(what)
}

/// A checkpoint in a file, not yet believed, and what it is called where something is wrong with it.
pub struct KeptFile {
    shown: String,
    pub kept: KeptNote,
}

impl KeptFile {
    /// Reads one.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = format!("the checkpoint {}", path.display());
        let what = || format!("{shown} cannot be read");
        let kept = KeptNote::read(text(path, LONGEST_CHECKPOINT).with_context(what)?).with_context(what)?;
        Ok(Self { shown, kept })
    }

    /// The head, if the policy believes it, or without one, if the key of its epoch signed it.
    pub fn head(&self, policy: Option<&Policy>, epochs: &[Epoch]) -> anyhow::Result<EpochHead> {
        let head = match policy {
            Some(policy) => self.kept.believed_by(policy),
            None => self.kept.signed_by(epochs),
        };
        head.with_context(|| self.shown.clone())
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
