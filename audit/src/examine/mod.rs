//! Examining a bundle: with the bundle, a trust policy from elsewhere, and nothing else. What is wrong is listed, and the
//! examination goes on to find the rest. A bundle of which nothing is wrong is valid only if nothing it needs is missing.

mod content;
mod entries;
mod events;
mod listing;
mod reached;

use chrono::{DateTime, Utc};
use daybook_ledger::checkpoint;
use daybook_ledger::epochs;
use daybook_ledger::note;

use crate::bundle::{self, Bundle, Manifest, Scope, is_time};
use crate::policy::{Believed, Policy};
use crate::report::{AtMost, Check, Finding, Report, Tail, Verdict};
use content::Contents;
pub use content::Opening;
use entries::Entries;
use events::Events;
pub use reached::{Reached, Stage, Told};

/// Findings listed, at most; all are counted.
const LISTED: usize = 1_000;

/// What is wrong, and what is not there.
#[derive(Default)]
struct Found {
    count: u64,
    findings: Vec<Finding>,
    missing: Vec<String>,
}

impl Found {
    fn wrong(&mut self, check: Check, what: impl Into<String>) {
        self.note(Finding { check, position: None, what: what.into() });
    }

    fn wrong_at(&mut self, check: Check, position: u64, what: impl Into<String>) {
        self.note(Finding { check, position: Some(position), what: what.into() });
    }

    fn note(&mut self, finding: Finding) {
        self.count += 1;
        if self.findings.len() < LISTED {
            self.findings.push(finding);
        }
    }

    fn missing(&mut self, what: impl Into<String>) {
        if self.missing.len() < LISTED {
            self.missing.push(what.into());
        }
    }
}

/// Examines a bundle.
pub fn examine(bundle: &Bundle, policy: &Policy) -> Report {
    examine_and_open(bundle, policy, None, &mut |_| {})
}

/// Examines a bundle, and opens what is sealed in it. `progress` is told how far it is.
pub fn examine_and_open(bundle: &Bundle, policy: &Policy, opening: Option<Opening<'_>>, progress: Told<'_>) -> Report {
    let opens = opening.is_some();
    let mut found = Found::default();
    let Some((manifest, manifest_bytes)) = listing::manifest(bundle, &mut found) else {
        // What was cut off has no manifest any more: it comes last.
        if let Err(problem) = bundle.paths() {
            found.wrong(Check::File, problem.to_string());
        }
        return report(None, None, (0, None), Tail::NotClaimed, found, (0, None));
    };
    listing::statement(bundle, policy, &manifest, &manifest_bytes, &mut found);
    listing::files(bundle, &manifest, &mut found, progress);
    let believed = believe(bundle, policy, &manifest, &mut found);
    let mut entries = Entries::of(bundle, &manifest);
    let mut events = Events::new(bundle, &manifest, believed.as_ref(), policy);
    let mut contents = Contents::new(bundle, &manifest, opening);
    events.follow(&mut entries, &mut contents, &mut found, progress);
    let proven = entries.finish(believed.as_ref(), &mut found, progress);
    events.finish(&entries, &mut found);
    contents.finish(&mut found);
    let tail = match (proven, manifest.scope) {
        (true, _) => Tail::Proven,
        (false, Scope::Visit { .. } | Scope::Patient { .. }) => Tail::OperatorsStatement,
        (false, Scope::Time { .. } | Scope::Clinic {}) => Tail::NotClaimed,
    };
    let followed = (events.count(), events.first_at());
    let content = (contents.erased(), opens.then_some(contents.opened));
    report(Some(&manifest), believed, followed, tail, found, content)
}

/// The checkpoint, if it is believed and of the log that the manifest names.
fn believe(bundle: &Bundle, policy: &Policy, manifest: &Manifest, found: &mut Found) -> Option<Believed> {
    let note = match text(bundle, bundle::CHECKPOINT) {
        Ok(note) => note,
        Err(problem) => {
            found.wrong(Check::Checkpoint, problem);
            return None;
        }
    };
    match policy.believe(&note) {
        Ok(believed) => {
            if believed.origin != manifest.origin || believed.size != manifest.size {
                found.wrong(Check::Checkpoint, "the checkpoint is of another log or size than the manifest says");
            }
            if epochs::of_origin(&manifest.origin).is_none_or(|(clinic, _)| clinic != manifest.clinic_id) {
                found.wrong(Check::Checkpoint, "the log's name is not that of the clinic");
            }
            Some(believed)
        }
        Err(distrust) => {
            found.wrong(Check::Checkpoint, distrust.to_string());
            None
        }
    }
}

/// A small file as text.
fn text(bundle: &Bundle, path: &str) -> Result<String, String> {
    let bytes = bundle.read(path, 64 * 1024).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| format!("{path}: it is not UTF-8"))
}

/// A checkpoint's text without its signatures: what a proof must lead to, whoever signed it.
fn head_of(note: &str) -> Option<&str> {
    note::split(note).ok().map(|(text, _)| text)
}

/// The text of a believed checkpoint.
fn text_of(believed: &Believed) -> String {
    checkpoint::text(&believed.origin, believed.size, &believed.root)
}

fn report(
    manifest: Option<&Manifest>,
    believed: Option<Believed>,
    (events, first_at): (u64, Option<DateTime<Utc>>),
    tail: Tail,
    found: Found,
    (erased, opened): (u64, Option<u64>),
) -> Report {
    let Found { count, findings, mut missing } = found;
    if manifest.is_some() && events == 0 {
        missing.push("there is no event in the bundle".into());
    }
    let verdict = match (count, missing.is_empty()) {
        (0, true) => Verdict::Valid,
        (0, false) => Verdict::Incomplete,
        _ => Verdict::Invalid,
    };
    Report {
        verdict,
        origin: manifest.map(|manifest| manifest.origin.clone()),
        scope: manifest.map(|manifest| manifest.scope),
        content: manifest.map(|manifest| manifest.content),
        events,
        size: manifest.map(|manifest| manifest.size),
        unwitnessed: believed.as_ref().zip(first_at).map(|(believed, from)| at_most(believed, from)),
        witnesses: believed.map(|believed| believed.witnesses.into_keys().collect()).unwrap_or_default(),
        tail,
        erased,
        opened,
        finding_count: count,
        findings,
        missing,
    }
}

fn at_most(believed: &Believed, from: DateTime<Utc>) -> AtMost {
    let seconds = believed.seen_at.and_then(|seconds| i64::try_from(seconds).ok());
    let until = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).filter(is_time);
    // A witness whose clock is behind has not seen what was not there yet.
    AtMost { from, until: until.map(|until| until.max(from)) }
}
