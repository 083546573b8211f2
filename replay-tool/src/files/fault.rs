//! What is wrong with a file that the log names.

use serde::Serialize;
use uuid::Uuid;

use super::name::FileName;

/// A file, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileFault {
    pub clinic: Uuid,
    pub visit: Uuid,
    pub file: Uuid,
    pub what: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// It is not there.
    Missing,
    /// It is longer or shorter than what was attached is when it is sealed.
    OtherLength,
    /// It opens as nothing that was sealed for this file, or as another content than the event tells of.
    NotAsAttached,
    /// The key that it or its event is sealed under is not there or does not open, and no event says that it was destroyed.
    KeyMissing,
}

impl FileFault {
    pub fn new(name: FileName, what: Fault) -> Self {
        let FileName { clinic, visit, file } = name;
        Self { clinic, visit, file, what }
    }

    /// In words, with the ids alone.
    pub fn words(&self) -> String {
        let what = match self.what {
            Fault::Missing => "is not there",
            Fault::OtherLength => "has another length than what was attached",
            Fault::NotAsAttached => "is not what was attached",
            Fault::KeyMissing => "cannot be opened: its key is not there",
        };
        format!("file {} of visit {} {what}", self.file, self.visit)
    }
}
