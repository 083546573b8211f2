//! Reading an export beside the writing of it: files in order, in batches small enough to be one append.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::candidate::{self, Candidate};
use crate::export::{Export, ExportError, ExportFile};
use crate::identity::Identities;
use crate::kind::Kind;
use crate::lines::FileFault;
use crate::unusable::Unusable;

/// Lines of a batch, at most; an append takes up to 1,024 events.
const LINES: usize = 512;
/// Bytes of a batch, at most, but for its last line.
const BYTES: usize = 4 * 1024 * 1024;
/// Batches read ahead of the one that is written.
const AHEAD: usize = 2;

/// Some lines of one file.
pub struct Batch {
    pub kind: Kind,
    /// The file's name.
    pub file: Arc<str>,
    pub lines: Vec<ReadLine>,
    /// Why the file was not read further, and the last line that was.
    pub fault: Option<(u64, FileFault)>,
    /// Bytes read so far, of all files as they lie there.
    pub bytes: u64,
}

/// One line.
pub struct ReadLine {
    pub number: u64,
    pub read: Result<Candidate, Unusable>,
}

/// Reads every file on a thread of its own until all are read or nobody listens any more.
pub fn start(export: Export, identities: Arc<Identities>) -> mpsc::Receiver<Result<Batch, ExportError>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut before = 0;
        for file in &export.files {
            match read(file, before, &identities, &sender) {
                Ok(Some(size)) => before += size,
                Ok(None) => return,
                Err(error) => return drop(sender.blocking_send(Err(error))),
            }
        }
    });
    receiver
}

/// Reads one file; its size, or `None` where nobody listens any more.
fn read(
    file: &ExportFile,
    before: u64,
    identities: &Identities,
    sender: &mpsc::Sender<Result<Batch, ExportError>>,
) -> Result<Option<u64>, ExportError> {
    let (sha256, size) = file.hash()?;
    let name: Arc<str> = file.name.as_str().into();
    let mut lines = file.lines().map_err(|fault| ExportError::File { path: file.path.clone(), fault })?;
    let empty = || Batch { kind: file.kind, file: name.clone(), lines: Vec::new(), fault: None, bytes: before };
    let (mut batch, mut held) = (empty(), 0);
    loop {
        let next = lines.next();
        let mut is_over = false;
        match next {
            Some(Ok(line)) => {
                held += line.bytes.as_ref().map_or(0, Vec::len);
                let read = line
                    .bytes
                    .ok_or(Unusable::TooLarge)
                    .and_then(|bytes| candidate::read(file.kind, &bytes, line.number, &sha256, identities));
                batch.lines.push(ReadLine { number: line.number, read });
            }
            Some(Err(fault)) => batch.fault = Some((lines.number(), fault)),
            None => {
                is_over = true;
                // What was imported names the hash of the file as it was: that has to be what was read.
                if batch.fault.is_none() && lines.sha256() != sha256 {
                    batch.fault = Some((lines.number(), FileFault::Changed));
                }
            }
        }
        if is_over || batch.fault.is_some() || batch.lines.len() >= LINES || held >= BYTES {
            batch.bytes = before + lines.bytes_read();
            is_over |= batch.fault.is_some();
            if sender.blocking_send(Ok(std::mem::replace(&mut batch, empty()))).is_err() {
                return Ok(None);
            }
            held = 0;
        }
        if is_over {
            return Ok(Some(size));
        }
    }
}
