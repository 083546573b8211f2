//! Taking a file in: bytes are counted, looked at, hashed and sealed as they come, and gather sealed. Whatever is wrong is
//! refused as soon as it is known, and then nothing is left of it.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use daybook_domain::visit::{Error, FileContent, MediaType};
use daybook_integrations::storage::{Spool, Spooled};
use daybook_ledger::sealing::{FileSealer, RingError};
use futures::StreamExt;
use sha2::{Digest, Sha256};

use super::Declared;
use crate::body;
use crate::problem::Problem;

/// How long nothing may come, and how long it may take as a whole.
const SILENCE: Duration = Duration::from_secs(30);
const WITHIN: Duration = Duration::from_secs(15 * 60);

/// A file that was taken in, whole and sealed.
pub struct TakenIn {
    /// Its sealed bytes.
    pub spooled: Spooled,
    /// What they are, unsealed.
    pub media_type: MediaType,
    /// How many they are, unsealed.
    pub bytes: u64,
    /// Their SHA-256, unsealed.
    pub sha256: [u8; 32],
}

/// A file that is being taken in.
pub struct Intake {
    content: FileContent,
    limit: u64,
    bytes: u64,
    expected: Option<[u8; 32]>,
    hasher: Sha256,
    sealer: FileSealer,
    sealed: Vec<u8>,
    spool: Spool,
}

impl Intake {
    /// Refuses what is wrong by its description already: of another type than is taken, or announced as too large.
    pub fn check(declared: &Declared, limit: u64) -> Result<FileContent, Problem> {
        if declared.length.is_some_and(|length| length > limit) {
            return Err(Problem::refused(&Error::FileTooLarge { limit }));
        }
        FileContent::declared(&declared.media_type).map_err(|error| Problem::refused(&error))
    }

    /// What is sealed by `sealer`, after its `head`, gathers in `spool`.
    pub fn new(
        content: FileContent,
        limit: u64,
        expected: Option<[u8; 32]>,
        (head, sealer): (Vec<u8>, FileSealer),
        spool: Spool,
    ) -> Self {
        Self { content, limit, bytes: 0, expected, hasher: Sha256::new(), sealer, sealed: head, spool }
    }

    /// All of it, or the first thing that is wrong.
    pub async fn all(self, payload: &mut Payload) -> Result<TakenIn, Problem> {
        tokio::time::timeout(WITHIN, self.read(payload)).await.map_err(|_| too_slow())?
    }

    async fn read(mut self, payload: &mut Payload) -> Result<TakenIn, Problem> {
        while let Some(piece) = tokio::time::timeout(SILENCE, payload.next()).await.map_err(|_| too_slow())? {
            let piece = piece.map_err(|_| body::cut_short())?;
            self.bytes += piece.len() as u64;
            if self.bytes > self.limit {
                return Err(Problem::refused(&Error::FileTooLarge { limit: self.limit }));
            }
            self.content.see(&piece).map_err(|error| Problem::refused(&error))?;
            self.hasher.update(&piece);
            self.sealer.push(&piece, &mut self.sealed).map_err(|error| Problem::from(RingError::from(error)))?;
            self.spool.write(&self.sealed).await?;
            self.sealed.clear();
        }
        let Self { content, hasher, sealer, mut sealed, mut spool, expected, .. } = self;
        let (media_type, bytes) = content.end().map_err(|error| Problem::refused(&error))?;
        let sha256: [u8; 32] = hasher.finalize().into();
        if expected.is_some_and(|expected| expected != sha256) {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "digest-mismatch",
                "the file that came is not the one Content-Digest names; send it again",
            )
            .field("Content-Digest", "mismatch", None));
        }
        sealer.finish(&mut sealed).map_err(|error| Problem::from(RingError::from(error)))?;
        spool.write(&sealed).await?;
        Ok(TakenIn { spooled: spool.finish().await?, media_type, bytes, sha256 })
    }
}

fn too_slow() -> Problem {
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "body-too-slow",
        "the file came too slowly; nothing was kept, send it again",
    )
}
