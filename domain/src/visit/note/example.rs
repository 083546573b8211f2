//! A note drafted, signed, added to, corrected, entered in error and cosigned, in examples.

use super::*;
use crate::given::{PROVIDER, code, id, now, text};
use crate::visit::{Command, ConsentKind, Event, Participant};
use crate::{NoteId, Phi, Role, Sha256Hex};

pub const NOTE: u128 = 10;
pub const ADDENDUM: u128 = 11;
pub const SALT: [u8; 32] = [7; 32];
pub const COSIGNER: u128 = 88;

/// A body of these sections.
pub fn sections(sections: &[(&str, &str)]) -> NoteBody {
    sections.iter().map(|(key, content)| (code(key), text(content))).collect()
}

pub fn body(plan: &str) -> NoteBody {
    sections(&[("subjective", "Sore throat for two days."), ("assessment", "Sore throat."), ("plan", plan)])
}

/// The consents as they stood when the note was signed.
pub fn consents() -> Vec<ConsentMoment> {
    vec![ConsentMoment {
        kind: ConsentKind::Telehealth,
        answer: ConsentAnswer::Given,
        participant: Participant::Patient,
        participant_id: None,
        text_version: code("telehealth/3"),
        answered_at: now(),
        position: 12,
    }]
}

/// What the log says of what is signed: a draft at position 30, and a log that ends at 60.
pub fn signature_facts() -> SignatureFacts {
    SignatureFacts { head: 60, content_position: 30, saved_revision: 0, consents: consents() }
}

/// What the signature on the note commits to.
pub fn signed_hash() -> Sha256Hex {
    signed_sha256(&draft_hash(), &code("soap/1"), &consents())
}

/// The same once it was corrected.
pub fn corrected_hash() -> Sha256Hex {
    signed_sha256(&content_sha256(&SALT, &body("Fluids.")), &code("soap/1"), &consents())
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
        of_note(NOTE, 1, plan)
    }

    /// A later revision of the draft.
    pub fn revised(revision: u64, plan: &str) -> Event {
        of_note(NOTE, revision, plan)
    }

    /// The same draft as another note.
    pub fn drafted_as(note: u128) -> Event {
        of_note(note, 1, "Rest and fluids.")
    }

    fn of_note(note: u128, revision: u64, plan: &str) -> Event {
        NoteDrafted {
            note_id: id(note),
            revision,
            template_version: code("soap/1"),
            sections: body(plan).keys(),
            content_sha256: content_sha256(&SALT, &body(plan)),
            body: Phi::Clear(body(plan)),
            salt: Phi::Clear("07".repeat(32)),
            author_id: id(PROVIDER),
        }
        .into()
    }

    pub fn note_signed() -> Event {
        signed_as(NOTE)
    }

    /// The same signature under another note.
    pub fn signed_as(note: u128) -> Event {
        NoteSigned {
            note_id: id(note),
            signer_id: id(PROVIDER),
            content_sha256: draft_hash(),
            template_version: code("soap/1"),
            consents: consents(),
            signed_sha256: signed_hash(),
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

    pub fn note_corrected() -> Event {
        NoteCorrected {
            note_id: id(NOTE),
            replaces_sha256: signed_hash(),
            reason: Phi::Clear(text("Rest was not advised.")),
            template_version: code("soap/1"),
            sections: body("Fluids.").keys(),
            content_sha256: content_sha256(&SALT, &body("Fluids.")),
            body: Phi::Clear(body("Fluids.")),
            salt: Phi::Clear("07".repeat(32)),
            consents: consents(),
            signed_sha256: corrected_hash(),
            author_id: id(PROVIDER),
            rendered_at_position: 40,
        }
        .into()
    }

    pub fn note_entered_in_error() -> Event {
        let reason = Phi::Clear(text("Written for another patient."));
        NoteEnteredInError { note_id: id(NOTE), reason, provider_id: id(PROVIDER) }.into()
    }

    pub fn cosign_requested() -> Event {
        CosignRequested { note_id: id(NOTE), cosigner_id: id(COSIGNER), requested_by: id(PROVIDER) }.into()
    }

    pub fn cosigned() -> Event {
        Cosigned {
            note_id: id(NOTE),
            cosigner_id: id(COSIGNER),
            attestation: Attestation::DiscussedWithAuthor,
            signed_sha256: signed_hash(),
            rendered_at_position: 40,
        }
        .into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![
            note_drafted(),
            note_signed(),
            note_addended(),
            note_corrected(),
            note_entered_in_error(),
            cosign_requested(),
            cosigned(),
        ]
    }
}

pub mod commands {
    use super::*;

    pub fn draft_note() -> Command {
        let command = DraftNote {
            note_id: None,
            based_on: None,
            template_version: code("soap/1"),
            body: body("Rest and fluids."),
        };
        Command::DraftNote(command, NewNote { note_id: id(NOTE), salt: SALT })
    }

    pub fn draft_anew(note: NoteId, plan: &str) -> Command {
        let command =
            DraftNote { note_id: Some(note), based_on: None, template_version: code("soap/1"), body: body(plan) };
        Command::DraftNote(command, NewNote { note_id: id(99), salt: SALT })
    }

    pub fn sign_note() -> Command {
        sign(draft_hash())
    }

    pub fn sign(content_sha256: Sha256Hex) -> Command {
        let command = SignNote { note_id: id(NOTE), content_sha256, rendered_at_position: 40 };
        Command::SignNote(command, signature_facts())
    }

    /// Begins another note of the same content.
    pub fn draft_another(note: u128) -> Command {
        let command = DraftNote {
            note_id: None,
            based_on: None,
            template_version: code("soap/1"),
            body: body("Rest and fluids."),
        };
        Command::DraftNote(command, NewNote { note_id: id(note), salt: SALT })
    }

    /// Signs that one.
    pub fn sign_as(note: u128) -> Command {
        let command = SignNote { note_id: id(note), content_sha256: draft_hash(), rendered_at_position: 40 };
        Command::SignNote(command, signature_facts())
    }

    pub fn addend_note() -> Command {
        let command = AddendNote { note_id: id(NOTE), body: text("Culture negative.") };
        Command::AddendNote(command, NewAddendum { addendum_id: id(ADDENDUM), salt: SALT })
    }

    pub fn correct_note() -> Command {
        let command = CorrectNote {
            note_id: id(NOTE),
            signed_sha256: signed_hash(),
            rendered_at_position: 40,
            reason: text("Rest was not advised."),
            template_version: code("soap/1"),
            body: body("Fluids."),
        };
        Command::CorrectNote(command, CorrectionFacts { salt: SALT, signature: signature_facts() })
    }

    pub fn enter_note_in_error() -> Command {
        let reason = text("Written for another patient.");
        Command::EnterNoteInError(EnterNoteInError { note_id: id(NOTE), reason })
    }

    pub fn request_cosign() -> Command {
        let command = RequestCosign { note_id: id(NOTE), cosigner_id: id(COSIGNER) };
        Command::RequestCosign(command, CosignerFacts { registered: true })
    }

    pub fn cosign_note() -> Command {
        let command = CosignNote {
            note_id: id(NOTE),
            signed_sha256: signed_hash(),
            attestation: Attestation::DiscussedWithAuthor,
            rendered_at_position: 40,
        };
        Command::CosignNote(command, signature_facts())
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::Provider, draft_anew(id(NOTE), "Rest and fluids.")),
            (Role::Provider, sign_note()),
            (Role::Provider, addend_note()),
            (Role::Provider, correct_note()),
            (Role::Provider, enter_note_in_error()),
            (Role::Provider, request_cosign()),
            (Role::Provider, cosign_note()),
        ]
    }
}
