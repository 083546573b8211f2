//! A file on its way out: opened as it is read, and never presented as whole unless it is. A caller who got fewer bytes than
//! were announced has no file.

use actix_web::http::StatusCode;
use bytes::Bytes;
use daybook_integrations::storage::{Content, StorageError};
use daybook_ledger::sealing::{FILE_HEAD, FileOpener};
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};

use daybook_ledger::format::hexadecimal;

use crate::problem::Problem;

/// Why no more of a file comes.
#[derive(Debug, thiserror::Error)]
pub enum Outgoing {
    /// The storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// It was cut off, changed, or is another one.
    #[error("what is stored is not the file that was attached")]
    Damaged,
}

impl From<Outgoing> for Problem {
    fn from(error: Outgoing) -> Self {
        match error {
            Outgoing::Storage(StorageError::Missing) | Outgoing::Damaged => {
                tracing::error!(%error, "a stored file is missing or damaged");
                let detail = "what is stored is not the file that was attached, so nothing of it is shown";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "file-damaged", detail)
            }
            Outgoing::Storage(error) => error.into(),
        }
    }
}

/// What the log says of a file.
pub struct Expected {
    /// How many bytes.
    pub bytes: u64,
    /// Their SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Reads the head off.
pub async fn head(mut content: Content) -> Result<(Vec<u8>, Content), Outgoing> {
    let mut read = Vec::new();
    while read.len() < FILE_HEAD {
        let piece = content.try_next().await?.ok_or(Outgoing::Damaged)?;
        read.extend_from_slice(&piece);
    }
    let rest = read.split_off(FILE_HEAD);
    let rest = stream::iter([Ok(Bytes::from(rest))]).chain(content);
    Ok((read, rest.boxed()))
}

struct State {
    content: Content,
    opener: FileOpener,
    expected: Expected,
    bytes: u64,
    hasher: Sha256,
}

/// The file's bytes. The last of them come only when all of it was found to be what the log says.
pub fn opened(content: Content, opener: FileOpener, expected: Expected) -> BoxStream<'static, Result<Bytes, Outgoing>> {
    let begin = State { content, opener, expected, bytes: 0, hasher: Sha256::new() };
    let pieces = stream::try_unfold(Some(begin), |state| async move {
        let Some(mut state) = state else { return Ok(None) };
        let mut out = Vec::new();
        while let Some(sealed) = state.content.try_next().await? {
            state.opener.push(&sealed, &mut out).map_err(|_| Outgoing::Damaged)?;
            if !out.is_empty() {
                state.saw(&out);
                return Ok(Some((Bytes::from(out), Some(state))));
            }
        }
        Ok::<_, Outgoing>(Some((state.last()?, None)))
    });
    pieces.boxed()
}

impl State {
    fn saw(&mut self, clear: &[u8]) {
        self.bytes += clear.len() as u64;
        self.hasher.update(clear);
    }

    fn last(self) -> Result<Bytes, Outgoing> {
        let Self { opener, expected, bytes, mut hasher, .. } = self;
        let mut out = Vec::new();
        opener.finish(&mut out).map_err(|_| Outgoing::Damaged)?;
        hasher.update(&out);
        let whole = bytes + out.len() as u64 == expected.bytes && hexadecimal(&hasher.finalize()) == expected.sha256;
        if whole { Ok(Bytes::from(out)) } else { Err(Outgoing::Damaged) }
    }
}
