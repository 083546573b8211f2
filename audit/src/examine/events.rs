//! The events of a bundle: each as it was written, each in the log, each following on the one before it in its stream.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use daybook_ledger::format::{Hash, Stream, entry, stream_tag};
use daybook_ledger::merkle::{leaf_hash, verify_inclusion};
use daybook_ledger::statement::StreamHead;

use super::content::Contents;
use super::entries::Entries;
use super::{Found, Reached, Stage, Told, head_of, text, text_of};
use crate::bundle::{self, Bundle, EventLine, LONGEST_FILE, Manifest, Scope};
use crate::policy::{Believed, Policy};
use crate::proof;
use crate::report::Check;

/// A stream as far as it was followed.
struct Followed {
    sequence: u64,
    hash: Hash,
    count: u64,
}

/// The events, followed in order.
pub struct Events<'a> {
    bundle: &'a Bundle,
    manifest: &'a Manifest,
    believed: Option<&'a Believed>,
    policy: &'a Policy,
    streams: BTreeMap<Stream, Followed>,
    /// Whether each stream the manifest names is said to be whole.
    named: BTreeMap<Stream, bool>,
    paths: BTreeSet<&'a str>,
    first_at: Option<i64>,
    last: Option<(u64, i64)>,
    highest: Option<u64>,
    count: u64,
}

impl<'a> Events<'a> {
    pub fn new(bundle: &'a Bundle, manifest: &'a Manifest, believed: Option<&'a Believed>, policy: &'a Policy) -> Self {
        let named = manifest
            .streams
            .iter()
            .map(|part| (Stream { kind: part.stream_type.clone().into(), id: part.stream_id }, part.whole));
        let (named, paths) = (named.collect(), manifest.files.iter().map(|file| file.path.as_str()).collect());
        Self {
            bundle,
            manifest,
            believed,
            policy,
            streams: BTreeMap::new(),
            named,
            paths,
            first_at: None,
            last: None,
            highest: None,
            count: 0,
        }
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// When the first event was recorded.
    pub fn first_at(&self) -> Option<DateTime<Utc>> {
        self.first_at.and_then(DateTime::from_timestamp_micros)
    }

    /// Reads the files of events in order.
    pub fn follow(
        &mut self,
        entries: &mut Entries<'_>,
        contents: &mut Contents<'_, '_>,
        found: &mut Found,
        progress: Told<'_>,
    ) {
        for number in 0.. {
            let path = bundle::events(number);
            if !self.paths.contains(path.as_str()) {
                break;
            }
            // What cannot be read was found when the files were compared with the manifest.
            let Ok(bytes) = self.bundle.read(&path, LONGEST_FILE) else { continue };
            let mut events = Vec::new();
            for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
                match EventLine::read(line) {
                    Ok(event) => {
                        self.event(&event, entries, found);
                        events.push(event);
                    }
                    Err(problem) => {
                        found.wrong(Check::Event, format!("{path}, line {}: not an event: {problem}", index + 1));
                    }
                }
            }
            contents.beside(number, &events, found);
            progress(Reached { stage: Stage::Events, done: self.count, of: self.manifest.events });
        }
    }

    fn event(&mut self, event: &EventLine, entries: &mut Entries<'_>, found: &mut Found) {
        self.count += 1;
        let position = event.position;
        let checked = event.stream().and_then(|stream| {
            let computed = event.computed_hash(self.manifest.clinic_id, &stream)?;
            Ok((stream, computed, bundle::hash(&event.hash)?, bundle::hash(&event.prev_hash)?))
        });
        let (stream, computed, hash, prev_hash) = match checked {
            Ok(checked) => checked,
            Err(problem) => return found.wrong_at(Check::Event, position, problem),
        };
        let name = format!("{stream} {} {}", event.sequence, event.event_type);
        if computed != hash {
            found.wrong_at(Check::Event, position, format!("{name}: its content does not have its hash"));
        }
        self.order(event, &name, found);
        let tag = stream_tag(self.manifest.clinic_id, &stream);
        self.link(stream, event.sequence, (tag, prev_hash, hash), position, &name, found);
        // An event that stands after a later one is found already, and the entries were read on.
        if !entries.there || self.highest.is_none_or(|highest| position > highest) {
            self.inclusion(position, &entry(&tag, event.sequence, &computed), &name, entries, found);
        }
        self.highest = self.highest.max(Some(position));
    }

    /// Positions go up, by one where the scope leaves nothing out; time never runs backwards.
    fn order(&mut self, event: &EventLine, name: &str, found: &mut Found) {
        let (position, time) = (event.position, event.recorded_at);
        self.first_at.get_or_insert(time);
        let contiguous = matches!(self.manifest.scope, Scope::Clinic {} | Scope::Time { .. });
        match self.last {
            Some((last, _)) if position <= last => {
                found.wrong_at(Check::Position, position, format!("{name}: it stands after position {last}"));
            }
            Some((last, _)) if contiguous && position != last + 1 => {
                found.wrong_at(
                    Check::Position,
                    position,
                    format!("{name}: nothing stands between it and position {last}"),
                );
            }
            None if matches!(self.manifest.scope, Scope::Clinic {}) && position != 0 => {
                found.wrong_at(Check::Position, position, format!("{name}: the log does not begin with it"));
            }
            _ => {}
        }
        if self.last.is_some_and(|(_, last)| time < last) {
            found.wrong_at(Check::Time, position, format!("{name}: it is dated before the event before it"));
        }
        if let Scope::Time { from, to } = self.manifest.scope
            && !(from.timestamp_micros()..to.timestamp_micros()).contains(&time)
        {
            found.wrong_at(Check::Time, position, format!("{name}: it is outside the time that the export is of"));
        }
        self.last = Some((position, time));
    }

    fn is_whole(&self, stream: &Stream) -> bool {
        match self.manifest.scope {
            Scope::Clinic {} => true,
            Scope::Time { .. } => false,
            _ => self.named.get(stream).copied().unwrap_or(false),
        }
    }

    fn link(
        &mut self,
        stream: Stream,
        sequence: u64,
        (tag, prev_hash, hash): (Hash, Hash, Hash),
        position: u64,
        name: &str,
        found: &mut Found,
    ) {
        let whole = self.is_whole(&stream);
        let listed = matches!(self.manifest.scope, Scope::Clinic {} | Scope::Time { .. });
        if !listed && !self.named.contains_key(&stream) {
            found.wrong_at(Check::Manifest, position, format!("{name}: the manifest does not name its stream"));
        }
        let known = self.streams.get(&stream);
        let (last, last_hash) = known.map_or((0, tag), |followed| (followed.sequence, followed.hash));
        if sequence == last + 1 {
            if prev_hash != last_hash {
                found.wrong_at(Check::Link, position, format!("{name}: it does not follow on the event before it"));
            }
        } else if whole || sequence <= last {
            found.wrong_at(
                Check::Sequence,
                position,
                format!("{name}: the numbers of its stream do not count up by one"),
            );
        }
        let count = known.map_or(0, |followed| followed.count) + 1;
        self.streams.insert(stream, Followed { sequence, hash, count });
    }

    /// The entry is the log's at this position: by all entries where they are there, or by a proof of its own.
    fn inclusion(&self, position: u64, entry: &[u8], name: &str, entries: &mut Entries<'_>, found: &mut Found) {
        if entries.there {
            if entries.at(position).is_none_or(|stored| stored != entry) {
                found.wrong_at(
                    Check::Inclusion,
                    position,
                    format!("{name}: it is not the log's entry at its position"),
                );
            }
            return;
        }
        let path = bundle::proof(position);
        if !self.paths.contains(path.as_str()) {
            return found.missing(format!("{name}: there is no proof that it is in the log"));
        }
        // Without a checkpoint that is believed, which is found already, there is nothing that it could lead to.
        let Some(believed) = self.believed else { return };
        // The file may be the listed one and still be no text, or too long for one: then it proves nothing.
        if let Err(problem) = text(self.bundle, &path).and_then(|text| proven(position, entry, &text, believed)) {
            found.wrong_at(Check::Inclusion, position, format!("{name}: {problem}"));
        }
    }

    /// That nothing is missing at the ends: of each stream said to be whole, and of the log where all of it is exported.
    pub fn finish(&self, entries: &Entries<'_>, found: &mut Found) {
        if self.manifest.events != self.count {
            found.wrong(
                Check::Manifest,
                format!("the manifest speaks of {} events, and there are {}", self.manifest.events, self.count),
            );
        }
        match self.manifest.scope {
            Scope::Clinic {} => {
                if self.count != self.manifest.size {
                    let (count, size) = (self.count, self.manifest.size);
                    found.wrong(Check::Position, format!("the log has {size} events, and {count} of them are here"));
                }
                if !entries.there {
                    found.missing("the entries of the log are not there, so nothing shows that these are all");
                }
            }
            Scope::Time { .. } => {}
            Scope::Visit { visit_id } => self.named_whole(&Stream::new("visit", visit_id), found),
            Scope::Patient { patient_id } => self.named_whole(&Stream::new("patient", patient_id), found),
        }
        let whole: Vec<_> = self.named.iter().filter(|(_, whole)| **whole).map(|(stream, _)| stream.clone()).collect();
        for stream in whole {
            let tag = stream_tag(self.manifest.clinic_id, &stream);
            let Some(followed) = self.streams.get(&stream) else {
                found.wrong(Check::StreamHead, format!("{stream}: it is said to be whole, and no event of it is here"));
                continue;
            };
            if entries.there {
                let logged = entries.streams.get(&tag).copied().unwrap_or_default();
                if logged != followed.count {
                    found.wrong(Check::StreamHead, format!("{stream}: the log has {logged} events of it"));
                }
            } else {
                self.stream_head(&stream, tag, followed, found);
            }
        }
    }

    fn named_whole(&self, stream: &Stream, found: &mut Found) {
        if self.named.get(stream) != Some(&true) {
            found.wrong(Check::Manifest, format!("{stream}: the export is of it, and does not say that it is whole"));
        }
    }

    fn stream_head(&self, stream: &Stream, tag: Hash, followed: &Followed, found: &mut Found) {
        let path = bundle::stream_head(stream);
        if !self.paths.contains(path.as_str()) {
            return found.missing(format!("{stream}: there is no statement where it ends"));
        }
        // Without a checkpoint that is believed, which is found already, the log itself has no end that is known.
        let Some(believed) = self.believed else { return };
        let note = match text(self.bundle, &path) {
            Ok(note) => note,
            Err(problem) => return found.wrong(Check::StreamHead, problem),
        };
        let head = match self.policy.opened(&self.manifest.origin, |key| StreamHead::open(&note, key)) {
            Ok(head) => head,
            Err(error) => return found.wrong(Check::StreamHead, format!("{path}: {error}")),
        };
        let ends = StreamHead {
            size: believed.size,
            root: believed.root,
            tag,
            sequence: followed.sequence,
            hash: followed.hash,
        };
        if head != ends {
            found.wrong(Check::StreamHead, format!("{stream}: it does not end where the operator says"));
        }
    }
}

/// Whether an entry is in the log at this position, as its proof says.
fn proven(position: u64, entry: &[u8], text: &str, believed: &Believed) -> Result<(), String> {
    let proof = proof::read(text).map_err(|error| error.to_string())?;
    if proof.index != position {
        return Err(format!("its proof is of position {}", proof.index));
    }
    if head_of(proof.checkpoint) != Some(&text_of(believed)) {
        return Err("its proof leads to another checkpoint than the bundle's".into());
    }
    let Believed { size, root, .. } = believed;
    verify_inclusion(&leaf_hash(entry), position, *size, &proof.path, root).map_err(|error| error.to_string())
}
