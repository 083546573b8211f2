//! What lies beside a backup in the clear. It holds no PHI, and it is there only once the rest is there whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use daybook_domain::KeySecretId;
use daybook_domain::safekeeping::BackupMade;
use daybook_ledger::backup::Head;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::file::{self, Facts};
use crate::progress::Progress;

/// More is not read.
const LONGEST: u64 = 64 << 20;

/// The files, and where each log stood, by its own signed checkpoint. Nobody signed the rest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// When it was begun.
    pub made_at: DateTime<Utc>,
    pub heads: Vec<Head>,
    pub log: Facts,
    pub keys: Facts,
    /// The file of the files of visits; a backup without one, or of before there were any, says nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Facts>,
    /// How many files of visits each clinic's log names, and how many of them are not in it; a clinic that names none is not in
    /// it. A backup of before this was said does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files_of: Option<BTreeMap<Uuid, FilesOf>>,
    /// What each clinic's keys are wrapped under; a clinic without a key is not in it.
    pub key_secrets: BTreeMap<Uuid, Vec<KeySecretId>>,
}

/// Files of visits that one clinic's log names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesOf {
    pub named: u64,
    pub missing: u64,
}

impl Beside {
    /// Reads what lies beside the log's file.
    pub fn read(from: &Path) -> anyhow::Result<Self> {
        let (name, mut text) = (file::beside(from), Vec::new());
        let read = File::open(&name).and_then(|file| file.take(LONGEST).read_to_end(&mut text));
        read.with_context(|| {
            format!("{} is not there: the backup was not finished, or it was parted from it", name.display())
        })?;
        serde_json::from_slice(&text).with_context(|| format!("{} is not what lies beside a backup", name.display()))
    }

    /// Events of all its logs.
    pub fn events(&self) -> u64 {
        self.heads.iter().map(|head| head.size).sum()
    }

    /// An error unless the files are those that were written, byte for byte.
    pub fn is_of(&self, log: &Path, keys: &Path, files: Option<&Path>) -> anyhow::Result<()> {
        let mut written = vec![(log, &self.log), (keys, &self.keys)];
        if let Some(name) = files {
            let beside = file::beside(log);
            let of_backup = self.files.as_ref().with_context(|| {
                format!("{} tells of no file of the files of visits: they are not in this backup", beside.display())
            });
            written.push((name, of_backup?));
        }
        let mut bytes = 0;
        for (name, _) in &written {
            bytes += file::length(name)?;
        }
        let progress = Progress::bytes(bytes).doing("comparing the files");
        for (name, facts) in written {
            if file::sha256(name, &progress)? != facts.sha256 {
                bail!(
                    "{} is not the file that {} tells of, or it was damaged",
                    name.display(),
                    file::beside(log).display()
                );
            }
        }
        Ok(())
    }

    /// What a clinic's log is told.
    pub fn told(&self, head: &Head) -> anyhow::Result<BackupMade> {
        let files_of = self.files_of.as_ref().map(|of| of.get(&head.clinic).copied().unwrap_or_default());
        Ok(BackupMade {
            begun_at: self.made_at,
            size: head.size,
            root: head.root.as_str().try_into()?,
            log_sha256: self.log.sha256.clone(),
            log_bytes: self.log.bytes,
            log_recipient: self.log.recipient.clone(),
            keys_sha256: self.keys.sha256.clone(),
            keys_bytes: self.keys.bytes,
            keys_recipient: self.keys.recipient.clone(),
            files_sha256: self.files.as_ref().map(|files| files.sha256.clone()),
            files_bytes: self.files.as_ref().map(|files| files.bytes),
            named_files: files_of.map(|of| of.named),
            missing_files: files_of.map(|of| of.missing),
            key_secrets: Some(self.key_secrets.get(&head.clinic).cloned().unwrap_or_default()),
        })
    }
}
