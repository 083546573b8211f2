//! Signatures in words.

use super::Signatures;
use super::check::Outcome;
use super::examine::{Covers, Kind, Signature};
use crate::tone::Tone;
use crate::words::{term, time};

impl Signatures {
    /// In words.
    pub fn words(&self) -> String {
        let of = format!("Note {} of visit {} at clinic {}", self.note, self.visit, self.clinic);
        let mut text = Tone::Heading.on(of) + "\n";
        if self.signatures.is_empty() {
            text.push_str(&Tone::Doubtful.on("\nNobody has signed it.\n"));
        }
        self.signatures.iter().for_each(|signature| text.push_str(&self::signature(signature)));
        if !self.faults.is_empty() {
            let faults = format!("\nNOT AS IT WAS WRITTEN\n  {}\n", self.faults.join("\n  "));
            text.push_str(&Tone::Bad.on(faults));
        }
        let more = "\n`daybook-replay verify` checks the whole log, its checkpoints and their signatures.";
        text.push_str(&Tone::Faint.on(more));
        if let Some(position) = self.recorded_at_position {
            text.push_str(&format!("\nThat you read this is recorded at position {position}."));
        }
        text
    }
}

fn signature(signature: &Signature) -> String {
    let done = match signature.kind {
        Kind::Signed => "Signed",
        Kind::Corrected => "Corrected and signed anew",
        Kind::Cosigned => "Cosigned",
    };
    let stands = if signature.stands { Tone::Good.on("stands") } else { Tone::Doubtful.on("NO LONGER STANDS") };
    let (event, at) = (&signature.event, time(signature.event.recorded_at));
    let mut text = format!("\n{done} by provider {} at {at}: {stands}\n", signature.provider);
    let mut say = |what: &str, said: String| text.push_str(&format!("  {what:<10} {said}\n"));
    say("by", event.who.clone());
    say("event", format!("{}, position {} of the log", event.sequence, event.position));
    signature.covers.iter().for_each(|covers| self::covers(covers, &mut say));
    say("signed", signature.signed_sha256.as_str().into());
    say("shown", format!("as of position {}", signature.rendered_at_position));
    for check in &signature.checks {
        let (tone, mark, why) = match &check.outcome {
            Outcome::Holds => (Tone::Good, "yes", String::new()),
            Outcome::Fails(why) => (Tone::Bad, "NO", format!(": {why}")),
            Outcome::NotSeen(why) => (Tone::Doubtful, "?", format!(": {why}")),
        };
        text.push_str(&tone.on(format!("  {mark:<10} {}{why}\n", check.what)));
    }
    text
}

fn covers(covers: &Covers, say: &mut impl FnMut(&str, String)) {
    say("content", format!("{}, written in event {}", covers.content_sha256.as_str(), covers.written_in_event));
    say("template", covers.template_version.as_str().into());
    for consent in &covers.consents {
        let (kind, answer, text) = (term(&consent.kind), term(&consent.answer), consent.text_version.as_str());
        let by = term(&consent.participant);
        say("consent", format!("{kind} {answer} by the {by} (text {text}, position {})", consent.position));
    }
    if covers.consents.is_empty() {
        say("consent", "none was asked for".into());
    }
}
