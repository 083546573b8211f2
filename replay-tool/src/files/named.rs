//! The files that logs name, and that somebody can still ask for: neither removed nor erased.

use std::collections::{BTreeMap, BTreeSet};

use daybook_domain::patient;
use daybook_domain::visit::Event;
use daybook_ledger::Ledger;
use daybook_ledger::backup::Head;
use daybook_ledger::sealing::{data_key_id, sealed_length};
use uuid::Uuid;

use super::name::FileName;

/// Events fetched by one query.
const PAGE: u64 = 1_000;

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
    pub async fn of_logs(ledger: &Ledger, heads: &[Head]) -> anyhow::Result<Named> {
        let mut named = Named::new();
        for head in heads {
            Self::of_log(ledger, head, &mut named).await?;
        }
        Ok(named)
    }

    /// Those that events of a log up to this head name. What the log says later of files that were removed and keys that were
    /// destroyed counts too. An event that cannot be read names none: a verification tells of it.
    async fn of_log(ledger: &Ledger, head: &Head, named: &mut Named) -> anyhow::Result<()> {
        let destroyed = destroyed(ledger, head.clinic).await?;
        let mut from = 0;
        loop {
            let types = ["file-attached", "file-removed"];
            let page = ledger.read_types(head.clinic, "visit", &types, from, PAGE).await?;
            for event in &page {
                let of = |file| FileName { clinic: head.clinic, visit: event.stream.id, file };
                let erased = || data_key_id(&event.sealed).is_some_and(|key| destroyed.contains(&key));
                match event.decode::<Event>() {
                    Ok(Event::FileAttached(attached)) if event.position < head.size && !erased() => {
                        let (position, bytes) = (event.position, attached.bytes);
                        named.insert(of(attached.file_id.0), Self { position, bytes });
                    }
                    Ok(Event::FileRemoved(removed)) => {
                        named.remove(&of(removed.file_id.0));
                    }
                    _ => {}
                }
            }
            match page.last() {
                Some(last) => from = last.position + 1,
                None => return Ok(()),
            }
        }
    }

    /// How long it is as it is stored.
    pub fn sealed_length(&self) -> u64 {
        sealed_length(self.bytes)
    }
}

/// Every key that the log says was destroyed.
async fn destroyed(ledger: &Ledger, clinic: Uuid) -> anyhow::Result<BTreeSet<Uuid>> {
    let (mut keys, mut from) = (BTreeSet::new(), 0);
    loop {
        let page = ledger.read_types(clinic, "patient", &["patient-key-destroyed"], from, PAGE).await?;
        for event in &page {
            if let Ok(patient::Event::PatientKeyDestroyed(destroyed)) = event.decode() {
                keys.extend(destroyed.keys.iter().map(|key| key.data_key_id.0));
            }
        }
        match page.last() {
            Some(last) => from = last.position + 1,
            None => return Ok(keys),
        }
    }
}
