//! Files in examples.

use super::*;
use crate::given::{id, text};
use crate::visit::{Command, Event};
use crate::{Phi, Role, Sha256Hex};

/// The file of every test visit that has one.
pub const FILE: u128 = 85;

/// A photograph.
pub fn stored_file() -> StoredFile {
    let sha256 = Sha256Hex::of(&[b"a photograph"]);
    StoredFile { file_id: id(FILE), media_type: MediaType::Jpeg, bytes: 348_160, sha256 }
}

pub mod events {
    use super::*;

    pub fn file_attached() -> Event {
        file_attached_as(FILE)
    }

    pub fn file_attached_as(file: u128) -> Event {
        let StoredFile { media_type, bytes, sha256, .. } = stored_file();
        FileAttached {
            file_id: id(file),
            name: Phi::Clear(text("rash-left-arm.jpg")),
            media_type,
            bytes,
            sha256: Phi::Clear(sha256),
            attached_by: Role::Patient,
        }
        .into()
    }

    pub fn file_removed() -> Event {
        let details = Some(Phi::Clear(text("Shows my brother.")));
        FileRemoved { file_id: id(FILE), reason: FileRemovalReason::AnotherPatient, details, removed_by: Role::Patient }
            .into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![file_attached(), file_removed()]
    }
}

pub mod commands {
    use super::*;

    pub fn attach_file() -> Command {
        attach_file_as(FILE)
    }

    pub fn attach_file_as(file: u128) -> Command {
        let stored = StoredFile { file_id: id(file), ..stored_file() };
        Command::AttachFile(AttachFile { name: text("rash-left-arm.jpg") }, stored)
    }

    pub fn remove_file() -> Command {
        remove_file_of(FILE)
    }

    pub fn remove_file_of(file: u128) -> Command {
        let (reason, details) = (FileRemovalReason::AnotherPatient, Some(text("Shows my brother.")));
        Command::RemoveFile(RemoveFile { file_id: id(file), reason, details })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![(Role::Patient, attach_file()), (Role::Patient, remove_file())]
    }
}
