//! A note drafted, signed and added to, in examples.

use super::*;
use crate::given::{PROVIDER, code, id, text};
use crate::visit::{Command, Event};
use crate::{NoteId, Phi, Role, Sha256Hex};

pub const NOTE: u128 = 10;
pub const ADDENDUM: u128 = 11;
pub const SALT: [u8; 32] = [7; 32];

pub fn body(plan: &str) -> NoteBody {
    NoteBody { subjective: Some(text("Sore throat for two days.")), plan: Some(text(plan)), ..NoteBody::default() }
}

pub fn draft_hash() -> Sha256Hex {
    content_sha256(&SALT, &body("Rest and fluids."))
}

pub mod events {
    use super::*;

    pub fn note_drafted() -> Event {
        drafted("Rest and fluids.")
    }

    pub fn drafted(plan: &str) -> Event {
        NoteDrafted {
            note_id: id(NOTE),
            template_version: code("soap/1"),
            content_sha256: content_sha256(&SALT, &body(plan)),
            body: Phi::Clear(body(plan)),
            salt: Phi::Clear("07".repeat(32)),
            author_id: id(PROVIDER),
        }
        .into()
    }

    pub fn note_signed() -> Event {
        NoteSigned {
            note_id: id(NOTE),
            signer_id: id(PROVIDER),
            content_sha256: draft_hash(),
            template_version: code("soap/1"),
            rendered_at_position: 40,
        }
        .into()
    }

    pub fn note_addended() -> Event {
        NoteAddended {
            note_id: id(NOTE),
            addendum_id: id(ADDENDUM),
            body: Phi::Clear(text("Culture negative.")),
            salt: Phi::Clear("07".repeat(32)),
            content_sha256: Sha256Hex::of(&[b"daybook/addendum/v1\n\0", &SALT, b"\"Culture negative.\""]),
            author_id: id(PROVIDER),
        }
        .into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![note_drafted(), note_signed(), note_addended()]
    }
}

pub mod commands {
    use super::*;

    pub fn draft_note() -> Command {
        let command = DraftNote { note_id: None, template_version: code("soap/1"), body: body("Rest and fluids.") };
        Command::DraftNote(command, NewNote { note_id: id(NOTE), salt: SALT })
    }

    pub fn draft_anew(note: NoteId, plan: &str) -> Command {
        let command = DraftNote { note_id: Some(note), template_version: code("soap/1"), body: body(plan) };
        Command::DraftNote(command, NewNote { note_id: id(99), salt: SALT })
    }

    pub fn sign_note() -> Command {
        sign(draft_hash())
    }

    pub fn sign(content_sha256: Sha256Hex) -> Command {
        Command::SignNote(SignNote { note_id: id(NOTE), content_sha256, rendered_at_position: 40 })
    }

    pub fn addend_note() -> Command {
        let command = AddendNote { note_id: id(NOTE), body: text("Culture negative.") };
        Command::AddendNote(command, NewAddendum { addendum_id: id(ADDENDUM), salt: SALT })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::Provider, draft_anew(id(NOTE), "Rest and fluids.")),
            (Role::Provider, sign_note()),
            (Role::Provider, addend_note()),
        ]
    }
}
