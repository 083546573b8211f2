//! What a signature under a note covers: what the note says, the template it follows, and the consents as they stood. The
//! consents are entered by the system, from the log, and are part of what is hashed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ConsentAnswer;
use crate::visit::{ConsentKind, Error, Event, Participant};
use crate::{Code, NoteId, ParticipantId, Sha256Hex};

/// One question for consent as it stood when a note was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsentMoment {
    /// What it was about.
    pub kind: ConsentKind,
    /// What became of it.
    pub answer: ConsentAnswer,
    /// Who answered.
    pub participant: Participant,
    /// Which proxy, where one answered for the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant_id: Option<ParticipantId>,
    /// Version of the text that was shown.
    pub text_version: Code,
    /// When the answer was recorded.
    pub answered_at: DateTime<Utc>,
    /// Where the answer stands in the clinic's log.
    pub position: u64,
}

/// What the log says of what somebody is about to sign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignatureFacts {
    /// Position of the newest event of the clinic's log.
    pub head: u64,
    /// Position of the newest event that changed what the note says.
    pub content_position: u64,
    /// The newest revision of the draft that was saved beside the log; 0 where none was.
    pub saved_revision: u64,
    /// The consents as they stand, by kind.
    pub consents: Vec<ConsentMoment>,
}

impl SignatureFacts {
    /// Whether all that is signed can have been in what was shown. A position is the caller's word: it must be one that the
    /// log has reached, and nothing the signature covers may have come after it.
    pub(super) fn require_shown(&self, rendered_at_position: u64) -> Result<(), Error> {
        let from = self.consents.iter().map(|consent| consent.position).chain([self.content_position]).max();
        let (from, to) = (from.unwrap_or_default(), self.head);
        if (from..=to).contains(&rendered_at_position) {
            Ok(())
        } else {
            Err(Error::RenderedPositionWrong { from, to })
        }
    }
}

/// Reads out of a visit's stream what a signature under one of its notes covers.
#[derive(Clone, Debug)]
pub struct NoteTrail {
    note: NoteId,
    content_position: u64,
    consents: BTreeMap<ConsentKind, ConsentMoment>,
}

impl NoteTrail {
    /// Of this note.
    pub fn of(note: NoteId) -> Self {
        Self { note, content_position: 0, consents: BTreeMap::new() }
    }

    /// Takes the next event of the visit in.
    pub fn observe(&mut self, position: u64, recorded_at: DateTime<Utc>, event: &Event) {
        let note = match event {
            Event::NoteDrafted(drafted) => drafted.note_id,
            Event::NoteSigned(signed) => signed.note_id,
            Event::NoteCorrected(corrected) => corrected.note_id,
            Event::NoteAddended(addended) => addended.note_id,
            Event::ConsentGiven(given) => {
                let answered = (given.kind, (given.participant, given.participant_id), &given.text_version);
                return self.answer(ConsentAnswer::Given, answered, position, recorded_at);
            }
            Event::ConsentDeclined(declined) => {
                let answered = (declined.kind, (declined.participant, declined.participant_id), &declined.text_version);
                return self.answer(ConsentAnswer::Declined, answered, position, recorded_at);
            }
            Event::ConsentWithdrawn(withdrawn) => {
                let answered =
                    (withdrawn.kind, (withdrawn.participant, withdrawn.participant_id), &withdrawn.text_version);
                return self.answer(ConsentAnswer::Withdrawn, answered, position, recorded_at);
            }
            _ => return,
        };
        if note == self.note {
            self.content_position = position;
        }
    }

    fn answer(
        &mut self,
        answer: ConsentAnswer,
        (kind, (participant, participant_id), text_version): (ConsentKind, (Participant, Option<ParticipantId>), &Code),
        position: u64,
        answered_at: DateTime<Utc>,
    ) {
        let text_version = text_version.clone();
        let moment = ConsentMoment { kind, answer, participant, participant_id, text_version, answered_at, position };
        self.consents.insert(kind, moment);
    }

    /// What was read, in a log that ends at this position, with the newest revision that was saved beside it.
    pub fn facts(self, head: u64, saved_revision: u64) -> SignatureFacts {
        let Self { content_position, consents, .. } = self;
        SignatureFacts { head, content_position, saved_revision, consents: consents.into_values().collect() }
    }
}

/// The hash of what is signed: SHA-256 over `daybook/signed-note/v1\n\0` and, as canonical JSON, an object of the consents,
/// the content's hash and the template's version. That hash covers the body with its salt, so this one can be checked by
/// whoever may see no word of the note.
pub fn signed_sha256(content: &Sha256Hex, template_version: &Code, consents: &[ConsentMoment]) -> Sha256Hex {
    let consents: Vec<_> = consents.iter().map(canonical).collect();
    let signed = BTreeMap::from([
        ("consents", serde_json::Value::from(consents)),
        ("content_sha256", content.as_str().into()),
        ("template_version", template_version.as_str().into()),
    ]);
    // A map of strings and numbers always serializes; the empty vector would only make hashes differ.
    Sha256Hex::of(&[b"daybook/signed-note/v1\n\0", &serde_json::to_vec(&signed).unwrap_or_default()])
}

/// With its names in order, whatever order `serde_json` was built to keep.
fn canonical(consent: &ConsentMoment) -> serde_json::Value {
    let fields = serde_json::to_value(consent).unwrap_or_default();
    let sorted: BTreeMap<_, _> = fields.as_object().into_iter().flatten().collect();
    sorted.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{code, id, now};
    use crate::visit::example::{NOTE, events::*};

    fn trail(events: &[Event]) -> SignatureFacts {
        let mut trail = NoteTrail::of(id(NOTE));
        for (position, event) in (10..).zip(events) {
            trail.observe(position, now(), event);
        }
        trail.facts(90, 0)
    }

    #[test]
    fn the_newest_content_and_the_newest_answer_of_each_kind_count() {
        use ConsentKind::{Recording, Telehealth};
        let facts = trail(&[
            consent_given(Telehealth, "text/1"),
            consent_given(Recording, "text/2"),
            note_drafted(),
            drafted("Antibiotics."),
            consent_withdrawn(Recording, "text/2"),
            ended(),
        ]);
        assert_eq!((facts.head, facts.content_position), (90, 13));
        let told: Vec<_> = facts.consents.iter().map(|told| (told.kind, told.answer, told.position)).collect();
        assert_eq!(told, [(Telehealth, ConsentAnswer::Given, 10), (Recording, ConsentAnswer::Withdrawn, 14)]);
        let mut other = NoteTrail::of(id(99));
        other.observe(10, now(), &note_drafted());
        assert_eq!(other.facts(90, 0).content_position, 0, "another note's draft is not this one's");
    }

    #[test]
    fn what_is_signed_was_in_what_was_shown() {
        let facts = trail(&[note_drafted(), consent_given(ConsentKind::Telehealth, "text/1")]);
        for position in [11, 50, 90] {
            assert_eq!(facts.require_shown(position), Ok(()));
        }
        for position in [0, 10, 91, u64::MAX] {
            assert_eq!(facts.require_shown(position), Err(Error::RenderedPositionWrong { from: 11, to: 90 }));
        }
    }

    #[test]
    fn the_signed_hash_covers_content_template_and_consents() {
        let facts = trail(&[consent_given(ConsentKind::Telehealth, "text/1")]);
        let content = Sha256Hex::of(&[b"content"]);
        let canonical = format!(
            "{{\"consents\":[{{\"answer\":\"given\",\"answered_at\":\"2026-03-02T10:00:00Z\",\"kind\":\"telehealth\",\
             \"participant\":\"patient\",\"position\":10,\"text_version\":\"text/1\"}}],\"content_sha256\":\"{}\",\
             \"template_version\":\"soap/1\"}}",
            content.as_str()
        );
        let hash = |content: &Sha256Hex, template: &str, consents: &[ConsentMoment]| {
            signed_sha256(content, &code(template), consents)
        };
        let signed = hash(&content, "soap/1", &facts.consents);
        assert_eq!(signed, Sha256Hex::of(&[b"daybook/signed-note/v1\n\0", canonical.as_bytes()]));
        assert_ne!(signed, hash(&content, "soap/1", &[]));
        assert_ne!(signed, hash(&content, "phone/1", &facts.consents));
        assert_ne!(signed, hash(&Sha256Hex::of(&[b"other"]), "soap/1", &facts.consents));
    }
}
