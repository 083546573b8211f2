//! The words of notes: drafted, signed, added to, corrected, entered in error, cosigned.

use daybook_domain::Code;
use daybook_domain::visit::{
    ConsentMoment, CosignRequested, Cosigned, NoteAddended, NoteBody, NoteCorrected, NoteDrafted, NoteEnteredInError,
    NoteSigned, Template,
};

use super::text::phi;
use crate::words::{short, term, time};

pub fn drafted(drafted: &NoteDrafted) -> String {
    let (note, author, template) = (drafted.note_id, drafted.author_id, drafted.template_version.as_str());
    let hash = short(drafted.content_sha256.as_str());
    let text = phi(&drafted.body, |said| body(&drafted.template_version, said));
    format!("Provider {author} wrote note {note} (template {template}, content {hash}).\n{text}")
}

pub fn signed(signed: &NoteSigned) -> String {
    format!(
        "Provider {} signed note {} (content {}, signed {}), shown to them as of position {}.{}",
        signed.signer_id,
        signed.note_id,
        short(signed.content_sha256.as_str()),
        short(signed.signed_sha256.as_str()),
        signed.rendered_at_position,
        consents(&signed.consents)
    )
}

pub fn addended(addended: &NoteAddended) -> String {
    let (author, note, addendum) = (addended.author_id, addended.note_id, addended.addendum_id);
    let text = phi(&addended.body, |body| body.as_str().into());
    format!("Provider {author} added to note {note} (addendum {addendum}).\n{text}")
}

pub fn corrected(corrected: &NoteCorrected) -> String {
    let reason = phi(&corrected.reason, |reason| reason.as_str().into());
    let text = phi(&corrected.body, |said| body(&corrected.template_version, said));
    format!(
        "Provider {} CORRECTED note {}: what was signed as {} no longer stands, and what follows was signed as {} in its \
         place, the old content shown as of position {}.{} Reason: {reason}\n{text}",
        corrected.author_id,
        corrected.note_id,
        short(corrected.replaces_sha256.as_str()),
        short(corrected.signed_sha256.as_str()),
        corrected.rendered_at_position,
        consents(&corrected.consents)
    )
}

pub fn entered_in_error(error: &NoteEnteredInError) -> String {
    let reason = phi(&error.reason, |reason| reason.as_str().into());
    format!("Provider {} marked note {} as ENTERED IN ERROR. Reason: {reason}", error.provider_id, error.note_id)
}

pub fn cosign_requested(requested: &CosignRequested) -> String {
    let (by, note, cosigner) = (requested.requested_by, requested.note_id, requested.cosigner_id);
    format!("Provider {by} asked provider {cosigner} to cosign note {note}.")
}

pub fn cosigned(cosigned: &Cosigned) -> String {
    format!(
        "Provider {} cosigned note {} (signed {}), shown to them as of position {}: {}.",
        cosigned.cosigner_id,
        cosigned.note_id,
        short(cosigned.signed_sha256.as_str()),
        cosigned.rendered_at_position,
        term(&cosigned.attestation)
    )
}

/// The consents that were signed along.
fn consents(consents: &[ConsentMoment]) -> String {
    let told = consents.iter().map(|consent| {
        let (kind, answer) = (term(&consent.kind), term(&consent.answer));
        let who = match consent.participant_id {
            Some(id) => format!("{} {id}", term(&consent.participant)),
            None => term(&consent.participant),
        };
        let (text, when, position) = (consent.text_version.as_str(), time(consent.answered_at), consent.position);
        format!("{kind} {answer} by the {who} at {when} (text {text}, position {position})")
    });
    match told.collect::<Vec<_>>() {
        none if none.is_empty() => " No consent was asked for.".into(),
        told => format!(" Consents: {}.", told.join("; ")),
    }
}

/// The sections of a note that say something, in the order of its template.
fn body(template: &Code, body: &NoteBody) -> String {
    let known = Template::named(template).map_or(&[][..], |template| &template.sections);
    let mut sections: Vec<_> = body.iter().collect();
    sections.sort_by_key(|(key, _)| known.iter().position(|section| section.key == **key));
    let titled = sections.into_iter().map(|(key, text)| {
        let title = known.iter().find(|section| section.key == *key).map_or(key.as_str(), |section| &section.title);
        format!("{title}: {}", text.as_str())
    });
    titled.collect::<Vec<_>>().join("\n")
}
