//! Checkpoints that were kept elsewhere. As far as what is there goes the log has to have grown from them; what they cover beyond
//! is known to be lost, and the new epoch says so.

use anyhow::{Context, bail};
use daybook_audit::{KeptNote, Policy};
use daybook_ledger::backup::Head;
use daybook_ledger::epochs::Epoch;
use daybook_ledger::format::read_hash;
use daybook_ledger::kept::{EpochHead, Outside};
use uuid::Uuid;

use super::arguments::KeptFiles;
use crate::trust::{self, KeptFile};

pub struct KeptElsewhere {
    notes: Vec<KeptFile>,
    policy: Option<Policy>,
}

impl KeptElsewhere {
    pub fn read(files: &KeptFiles) -> anyhow::Result<Self> {
        let notes = files.against.iter().map(|path| KeptFile::read(path)).collect::<anyhow::Result<_>>()?;
        Ok(Self { notes, policy: files.policy.as_deref().map(trust::policy).transpose()? })
    }

    /// What is known from outside of a log as far as what is there goes: the notes, and the head that it stood at.
    pub fn outside(&self, clinic: Uuid, head: Option<&Head>, epochs: &[Epoch]) -> anyhow::Result<Outside> {
        let mut keys = self.policy.as_ref().map(|policy| policy.keys_of(clinic)).unwrap_or_default();
        if self.policy.is_some() && keys.is_empty() {
            bail!("the policy names no key for the log of clinic {clinic}");
        }
        let size = head.map_or(0, |head| head.size);
        if let Some(begun) = epochs.iter().skip(1).next_back().filter(|begun| begun.from == size && !keys.is_empty()) {
            // The epoch that was just begun no policy can name yet.
            keys.push(begun.key.clone());
        }
        let mut kept: Vec<EpochHead> = self.of(clinic, epochs)?.into_iter().map(|(kept, _)| kept).collect();
        kept.retain(|kept| kept.size <= size);
        if let Some(head) = head {
            // Also of a log that has begun its new epoch: it has grown from what was there.
            let epoch = epochs.iter().rev().find(|epoch| epoch.from < head.size).map_or(1, |epoch| epoch.number);
            let root = read_hash(&head.root).context("a root is not 32 bytes of hexadecimal")?;
            kept.push(EpochHead { epoch, size: head.size, root });
        }
        Ok(Outside { kept, keys })
    }

    /// The largest that is of more than what was there.
    pub fn last_beyond(&self, clinic: Uuid, size: u64, epochs: &[Epoch]) -> anyhow::Result<Option<String>> {
        let beyond = self.of(clinic, epochs)?.into_iter().filter(|(kept, _)| kept.size > size);
        Ok(beyond.max_by_key(|(kept, _)| kept.size).map(|(_, note)| note.note().to_owned()))
    }

    fn of(&self, clinic: Uuid, epochs: &[Epoch]) -> anyhow::Result<Vec<(EpochHead, &KeptNote)>> {
        let notes = self.notes.iter().filter(|note| note.kept.clinic == clinic);
        notes.map(|note| Ok((note.head(self.policy.as_ref(), epochs)?, &note.kept))).collect()
    }
}
