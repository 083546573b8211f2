//! Recovering a log that went back to an earlier point: it begins a new epoch from where it stands.

use chrono::{DateTime, Utc};
use daybook_domain::safekeeping::{Command, LedgerRecovered};
use daybook_domain::{Actor, Catalogue, Request, Rules, Safekeeping, Sha256Hex};
use uuid::Uuid;

use crate::aggregate::{self, LoadError, Loaded};
use crate::append::{Append, AppendError, Appended, CommandKey, StreamAppend};
use crate::epochs::{self, Epoch};
use crate::event::{Draft, Metadata, Unsealed};
use crate::format::hexadecimal;
use crate::intent::Refused;
use crate::ledger::Ledger;
use crate::merkle::Tree;
use crate::sealing::RingError;
use crate::sequencer;

/// What is known of a log that went back.
#[derive(Clone, Debug, Default)]
pub struct Recovery {
    /// The last checkpoint known of an epoch of it, whole, where somebody kept one of more than what was restored.
    pub last_checkpoint: Option<String>,
    /// The backup it was restored from, if it was: the hash of its log's file, and when it was begun.
    pub backup: Option<(Sha256Hex, DateTime<Utc>)>,
}

/// Why no new epoch was begun.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    #[error("the database did not answer: {0}")]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("{0}")]
    Refused(Refused),
    #[error("the event could not be sealed: {0}")]
    Seal(#[from] RingError),
    #[error("it was not written: {0}")]
    Append(#[from] AppendError),
    #[error("what was kept is no checkpoint of this log, or is of less than what was restored")]
    NotItsCheckpoint,
    #[error("the log's epochs and what it says of them do not agree; run daybook-replay verify")]
    EpochsDisagree,
    #[error("it was begun under another origin or another root secret")]
    AnotherKey,
}

impl Ledger {
    /// Begins a new epoch of a clinic's log, over all that stands in it. Nobody else may be appending: who does makes this
    /// fail, or fails. `None` where nothing was ever signed for it: then there is nothing that could be signed twice.
    pub async fn recover(
        &self,
        clinic: Uuid,
        recovery: &Recovery,
        actor: Actor,
        metadata: &Metadata,
    ) -> Result<Option<Appended>, RecoveryError> {
        let epochs = epochs::of(self.pool(), clinic).await?;
        let Some(last) = epochs.last() else { return Ok(None) };
        if self.signer_of(clinic, last.number)?.verifier() != last.key {
            return Err(RecoveryError::AnotherKey);
        }
        let kept: Loaded<Safekeeping> = aggregate::load(self, clinic, clinic).await?;
        if kept.epoch() != last.number {
            return Err(RecoveryError::EpochsDisagree);
        }
        let number = self.clock().now().timestamp().try_into().unwrap_or(0).max(last.number + 1);
        let signer = self.signer_of(clinic, number)?;
        let recovered = self.recovered(clinic, last, (number, signer.name()), recovery).await?;
        let epoch = Epoch { number: recovered.epoch, from: recovered.restored_size, key: signer.verifier() };
        let request = Request { at: self.clock().now(), actor, command: Command::Recover(Box::new(recovered)) };
        let events = kept.decide(request).map_err(|refusal| RecoveryError::Refused(Box::new(refusal)))?;
        let mut drafts = Vec::with_capacity(events.len());
        for event in &events {
            let event = Unsealed {
                event_id: self.ids().internal(),
                event_type: event.event_type(),
                event_version: event.event_version(),
                payload: event.payload(),
            };
            drafts.push(Draft::seal(event, clinic, kept.stream(), None, metadata, self.sealer()).await?);
        }
        let append = Append {
            clinic,
            command: CommandKey { id: self.ids().internal(), request_hash: [0; 32] },
            streams: vec![StreamAppend { stream: kept.stream().clone(), expected: kept.expected(), events: drafts }],
            guards: Vec::new(),
        };
        let begun = sequencer::begin_epoch(self.pool(), signer, &epoch, &append, self.clock().now()).await;
        self.forget_signer(clinic);
        Ok(Some(begun?))
    }

    async fn recovered(
        &self,
        clinic: Uuid,
        last: &Epoch,
        (epoch, origin): (u64, &str),
        recovery: &Recovery,
    ) -> Result<LedgerRecovered, RecoveryError> {
        let head = self.head(clinic).await?;
        let (restored_size, root) =
            head.as_ref().map_or_else(|| (0, Tree::default().root()), |head| (head.size, head.root));
        let own = head.map(|head| head.note(&last.key)).unwrap_or_default();
        let last_checkpoint = recovery.last_checkpoint.clone().unwrap_or(own);
        let last_known_size = match &*last_checkpoint {
            "" => restored_size,
            note => epochs::open_checkpoint(note, clinic, &last.key).ok_or(RecoveryError::NotItsCheckpoint)?.1,
        };
        let lost = last_known_size.checked_sub(restored_size).ok_or(RecoveryError::NotItsCheckpoint)?;
        let root = hexadecimal(&root).try_into().map_err(|_| RecoveryError::EpochsDisagree)?;
        let (log_sha256, backup_begun_at) = recovery.backup.clone().unzip();
        Ok(LedgerRecovered {
            epoch,
            origin: origin.into(),
            restored_size,
            restored_root: root,
            last_checkpoint,
            last_known_size,
            lost_events: lost,
            log_sha256,
            backup_begun_at,
        })
    }
}
