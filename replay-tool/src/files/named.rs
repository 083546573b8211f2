//! The files that logs name, and that somebody can still ask for: neither removed nor erased.

use std::collections::{BTreeMap, BTreeSet};

use daybook_domain::{Concerns, Patient, Visit, patient, visit};
use daybook_ledger::Ledger;
use daybook_ledger::backup::Head;
use daybook_ledger::sealing::{data_key_id, sealed_length};
use uuid::Uuid;

use super::name::FileName;
use crate::progress::Progress;

/// Positions of a log that one query looks through.
const WINDOW: u64 = 20_000;
/// What tells of files, and of keys that are gone.
const TYPES: [&str; 3] = ["file-attached", "file-removed", "patient-key-destroyed"];

/// Held in memory; of the files themselves nothing is.
pub type Named = BTreeMap<FileName, Attached>;

/// What the log says of a file outside of what is sealed, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attached {
    pub position: u64,
    /// Unsealed.
    pub bytes: u64,
}

impl Attached {
    /// Those that events of the logs up to these heads name, under a bar.
    pub async fn of_logs(ledger: &Ledger, heads: &[Head]) -> anyhow::Result<Named> {
        let events = heads.iter().map(|head| head.size).sum();
        let (mut named, progress) = (Named::new(), Progress::events(events).doing("looking for files of visits"));
        for head in heads {
            named.extend(Self::of_log(ledger, head, &progress).await?);
        }
        progress.finish();
        Ok(named)
    }

    /// What the log says after the head of files that were removed and keys that were destroyed counts too. An event that cannot
    /// be read names none: a verification tells of it.
    async fn of_log(ledger: &Ledger, head: &Head, progress: &Progress) -> anyhow::Result<Named> {
        // Each with the key that its event is sealed under.
        let mut attached: BTreeMap<FileName, (Self, Option<Uuid>)> = BTreeMap::new();
        let mut destroyed = BTreeSet::new();
        let end = ledger.head(head.clinic).await?.map_or(head.size, |now| now.size.max(head.size));
        for from in (0..end).step_by(WINDOW as usize) {
            let until = end.min(from + WINDOW);
            for event in ledger.read_types(head.clinic, &TYPES, from..until).await? {
                let of = |file| FileName { clinic: head.clinic, visit: event.stream.id, file };
                match &*event.stream.kind {
                    Visit::STREAM_TYPE => match event.decode() {
                        Ok(visit::Event::FileAttached(file)) if event.position < head.size => {
                            let (position, bytes) = (event.position, file.bytes);
                            let under = data_key_id(&event.sealed);
                            attached.insert(of(file.file_id.0), (Self { position, bytes }, under));
                        }
                        Ok(visit::Event::FileRemoved(removed)) => {
                            attached.remove(&of(removed.file_id.0));
                        }
                        _ => {}
                    },
                    Patient::STREAM_TYPE => {
                        if let Ok(patient::Event::PatientKeyDestroyed(told)) = event.decode() {
                            destroyed.extend(told.keys.iter().map(|key| key.data_key_id.0));
                        }
                    }
                    _ => {}
                }
            }
            progress.add(until - from);
        }
        attached.retain(|_, (_, under)| under.is_none_or(|key| !destroyed.contains(&key)));
        Ok(attached.into_iter().map(|(name, (attached, _))| (name, attached)).collect())
    }

    /// How long it is as it is stored.
    pub fn sealed_length(&self) -> u64 {
        sealed_length(self.bytes)
    }
}
