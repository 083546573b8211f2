//! The keys that logs are believed to sign with.

use daybook_ledger::note::{NoteError, NoteVerifier};

use crate::policy::Distrust;

/// Keys of logs, by the logs' names. While a log's key is changed there are two of it.
#[derive(Clone, Debug, Default)]
pub struct LogKeys(Vec<NoteVerifier>);

impl LogKeys {
    /// Adds one; whether it was not there yet.
    pub fn add(&mut self, key: NoteVerifier) -> bool {
        let new = !self.0.contains(&key);
        if new {
            self.0.push(key);
        }
        new
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &NoteVerifier> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Opens something signed with a log's key: by one of the keys for this origin at least, and with no wrong signature by
    /// any of them. A wrong signature by a known key makes the whole note invalid, whoever else signed it.
    pub fn opened<T>(&self, origin: &str, open: impl Fn(&NoteVerifier) -> Result<T, NoteError>) -> Result<T, Distrust> {
        let mut opened = Err(Distrust::UnknownLog(origin.into()));
        for key in self.0.iter().filter(|key| key.name() == origin) {
            match open(key) {
                Ok(content) => opened = Ok(content),
                Err(NoteError::NotSigned) if opened.is_ok() => {}
                Err(NoteError::NotSigned) => opened = Err(NoteError::NotSigned.into()),
                Err(error) => return Err(error.into()),
            }
        }
        opened
    }
}
