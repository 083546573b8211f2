//! The files of a visit, without their names and what is in them.

use serde::{Deserialize, Serialize};

use super::{FileAttached, FileRemoved, MediaType};
use crate::{FileId, Role};

/// One file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The file.
    pub file_id: FileId,
    /// What its bytes are.
    pub media_type: MediaType,
    /// How many they are.
    pub bytes: u64,
    /// In which role it was sent.
    pub attached_by: Role,
    /// Whether it was taken away.
    pub removed: bool,
}

/// Every file that ever was, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files(Vec<File>);

impl Files {
    /// All of them, removed ones too.
    pub fn iter(&self) -> impl Iterator<Item = &File> {
        self.0.iter()
    }

    /// This one, removed or not.
    pub fn get(&self, id: FileId) -> Option<&File> {
        self.0.iter().find(|file| file.file_id == id)
    }

    pub(in crate::visit) fn attach(&mut self, attached: &FileAttached) {
        let FileAttached { file_id, media_type, bytes, attached_by, .. } = *attached;
        self.0.push(File { file_id, media_type, bytes, attached_by, removed: false });
    }

    pub(in crate::visit) fn remove(&mut self, removed: &FileRemoved) {
        let these = self.0.iter_mut().filter(|file| file.file_id == removed.file_id);
        these.for_each(|file| file.removed = true);
    }
}
