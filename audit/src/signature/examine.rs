//! The signatures under a note, each held against what the log says of it.

use daybook_domain::visit::{ConsentMoment, Event, NoteBody, NoteTrail, content_sha256, signed_sha256};
use daybook_domain::{Code, NoteId, Phi, ProviderId, Sha256Hex};
use serde::Serialize;

use super::check::{Check, Outcome};
use crate::replay::{Act, Line};

/// What somebody put their name to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Signed,
    /// Signed in the place of what was signed before.
    Corrected,
    Cosigned,
}

/// One signature.
#[derive(Serialize)]
pub struct Signature {
    pub kind: Kind,
    pub provider: ProviderId,
    /// Whether it is about what the note says now.
    pub stands: bool,
    pub signed_sha256: Sha256Hex,
    /// What it covers; of a cosignature, what the signature covers that was attested to.
    pub covers: Option<Covers>,
    pub rendered_at_position: u64,
    pub checks: Vec<Check>,
    /// The event, as it stands in the story of the visit.
    pub event: Line,
}

/// What a signature covers.
#[derive(Clone, Serialize)]
pub struct Covers {
    pub content_sha256: Sha256Hex,
    pub template_version: Code,
    pub consents: Vec<ConsentMoment>,
    /// The visit's event that says it.
    pub written_in_event: u64,
}

/// What the note says at some moment, and whether its words have its hash.
struct Content {
    sha256: Sha256Hex,
    sequence: u64,
    words: Outcome,
}

/// Every signature under this note, oldest first; none where it was never signed. `reads` are of the same visit.
pub fn signatures(note: NoteId, acts: Vec<Act>, reads: &[Line]) -> Vec<Signature> {
    let mut examiner = Examiner { note, trail: NoteTrail::of(note), content: None, reads, signatures: Vec::new() };
    acts.into_iter().for_each(|act| examiner.take(act));
    examiner.signatures
}

struct Examiner<'a> {
    note: NoteId,
    trail: NoteTrail,
    content: Option<Content>,
    reads: &'a [Line],
    signatures: Vec<Signature>,
}

impl Examiner<'_> {
    fn take(&mut self, act: Act) {
        let Ok(event) = act.event else { return };
        let (position, at) = (act.line.position, act.line.recorded_at);
        match &event {
            Event::NoteDrafted(drafted) if drafted.note_id == self.note => {
                self.content = Some(Content {
                    sha256: drafted.content_sha256.clone(),
                    sequence: act.line.sequence,
                    words: words(&drafted.salt, &drafted.body, &drafted.content_sha256),
                });
            }
            Event::NoteSigned(signed) if signed.note_id == self.note => {
                let covers = self.covers(&signed.content_sha256, &signed.template_version, &signed.consents);
                let checks = self.signing(&covers, &signed.signed_sha256, signed.rendered_at_position, &act.line);
                self.add(Kind::Signed, signed.signer_id, covers, &signed.signed_sha256, checks, act.line)
                    .rendered_at_position = signed.rendered_at_position;
            }
            Event::NoteCorrected(corrected) if corrected.note_id == self.note => {
                let before = self.standing().map(|before| before.signed_sha256.clone());
                let replaces =
                    Outcome::same(before.as_ref() == Some(&corrected.replaces_sha256), "it replaces another");
                self.content = Some(Content {
                    sha256: corrected.content_sha256.clone(),
                    sequence: act.line.sequence,
                    words: words(&corrected.salt, &corrected.body, &corrected.content_sha256),
                });
                let covers = self.covers(&corrected.content_sha256, &corrected.template_version, &corrected.consents);
                let mut checks =
                    self.signing(&covers, &corrected.signed_sha256, corrected.rendered_at_position, &act.line);
                checks.push(Check::new("it replaces the signature that stood", replaces));
                self.signatures.iter_mut().for_each(|before| before.stands = false);
                self.add(Kind::Corrected, corrected.author_id, covers, &corrected.signed_sha256, checks, act.line)
                    .rendered_at_position = corrected.rendered_at_position;
            }
            Event::Cosigned(cosigned) if cosigned.note_id == self.note => {
                let stood = self.standing().filter(|stood| stood.signed_sha256 == cosigned.signed_sha256);
                let attested = Outcome::same(stood.is_some(), "no standing signature of the author has this hash");
                let covers = stood.and_then(|stood| stood.covers.clone());
                let shown = self.shown(cosigned.rendered_at_position, &act.line);
                let checks = vec![
                    Check::new("it attests to the signature that stood", attested),
                    Check::new("the cosigner had the note before them", shown),
                ];
                let signed = &cosigned.signed_sha256;
                let signature = self.add(Kind::Cosigned, cosigned.cosigner_id, None, signed, checks, act.line);
                signature.covers = covers;
                signature.rendered_at_position = cosigned.rendered_at_position;
            }
            Event::NoteEnteredInError(error) if error.note_id == self.note => {
                self.signatures.iter_mut().for_each(|signature| signature.stands = false);
            }
            _ => {}
        }
        self.trail.observe(position, at, &event);
    }

    /// The author's signature that stands.
    fn standing(&self) -> Option<&Signature> {
        self.signatures.iter().rev().find(|signature| signature.stands && signature.kind != Kind::Cosigned)
    }

    fn covers(&self, content: &Sha256Hex, template: &Code, consents: &[ConsentMoment]) -> Option<Covers> {
        let written_in_event = self.content.as_ref().filter(|written| written.sha256 == *content)?.sequence;
        Some(Covers {
            content_sha256: content.clone(),
            template_version: template.clone(),
            consents: consents.to_vec(),
            written_in_event,
        })
    }

    fn add(
        &mut self,
        kind: Kind,
        provider: ProviderId,
        covers: Option<Covers>,
        signed_sha256: &Sha256Hex,
        checks: Vec<Check>,
        event: Line,
    ) -> &mut Signature {
        let signed_sha256 = signed_sha256.clone();
        let signature =
            Signature { kind, provider, stands: true, signed_sha256, covers, rendered_at_position: 0, checks, event };
        self.signatures.push(signature);
        let last = self.signatures.len() - 1;
        &mut self.signatures[last]
    }

    /// What has to hold of an author's signature.
    fn signing(&self, covers: &Option<Covers>, signed: &Sha256Hex, rendered: u64, line: &Line) -> Vec<Check> {
        let what = "what was signed is what was written last";
        let Some(covers) = covers else {
            return vec![Check::new(what, Outcome::Fails("the newest draft before it has another hash".into()))];
        };
        let computed = signed_sha256(&covers.content_sha256, &covers.template_version, &covers.consents);
        let facts = self.trail.clone().facts(line.position, 0);
        let shown =
            facts.content_position.max(facts.consents.iter().map(|consent| consent.position).max().unwrap_or(0));
        let possible = (shown..line.position).contains(&rendered);
        let words = self.content.as_ref().map_or(Outcome::Holds, |content| content.words.clone());
        vec![
            Check::new(what, Outcome::Holds),
            Check::new("the words have the hash that was signed", words),
            Check::new(
                "the signed hash covers content, template and consents",
                Outcome::same(computed == *signed, "they have another hash"),
            ),
            Check::new(
                "the consents are those that stood",
                Outcome::same(facts.consents == covers.consents, "the visit's own events tell other consents"),
            ),
            Check::new(
                "all of it can have been in what was shown",
                Outcome::same(possible, "something that was signed came after the position that was shown"),
            ),
            Check::new("the signer had the note before them", self.shown(rendered, line)),
        ]
    }

    /// The reading of the note by whoever signed, at or before the position that they name.
    fn shown(&self, rendered: u64, line: &Line) -> Outcome {
        let by = |read: &&Line| read.metadata.get("actor") == line.metadata.get("actor");
        let of_note = |read: &&Line| read.event_type == "phi-read" && read.payload["action"] == "read-note";
        match self.reads.iter().rfind(|read| read.position <= rendered && by(read) && of_note(read)) {
            Some(read) if read.position == rendered => Outcome::Holds,
            Some(read) => {
                Outcome::NotSeen(format!("it was read at position {}, not the one that is named", read.position))
            }
            None => {
                Outcome::NotSeen("no reading of a note by them is on record at or before the position named".into())
            }
        }
    }
}

/// Whether these words have this hash. Only who may open them can tell.
fn words(salt: &Phi<String>, body: &Phi<NoteBody>, hash: &Sha256Hex) -> Outcome {
    match (salt, body) {
        (Phi::Clear(salt), Phi::Clear(body)) => match salt_bytes(salt) {
            Some(salt) => Outcome::same(content_sha256(&salt, body) == *hash, "they have another hash"),
            None => Outcome::Fails("the salt is not 32 bytes in hexadecimal".into()),
        },
        (Phi::Erased, _) | (_, Phi::Erased) => Outcome::NotSeen("the words are erased".into()),
        (Phi::KeyMissing, _) | (_, Phi::KeyMissing) => Outcome::Fails("their key is missing".into()),
        _ => Outcome::NotSeen("the words are sealed and were not opened".into()),
    }
}

fn salt_bytes(salt: &str) -> Option<[u8; 32]> {
    let digits = (salt.len() == 64 && salt.is_ascii()).then_some(salt)?;
    let bytes: Option<Vec<u8>> =
        (0..32).map(|index| u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).ok()).collect();
    bytes?.try_into().ok()
}
