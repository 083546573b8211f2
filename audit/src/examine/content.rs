//! What is sealed in a bundle: the bytes are those that the events commit to, whoever can open them; and for whom they were
//! encrypted, they open and fit. What is called erased is so by an event, where the bundle would hold it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use age::Decryptor;
use age::x25519::Identity;
use daybook_domain::patient;
use daybook_domain::{Catalogue, DataKeyId};
use daybook_ledger::format::{hexadecimal, part};
use daybook_ledger::sealing::{Address, EventKeys, data_key_id, open_payload};
use serde_json::Value;
use zeroize::Zeroizing;

use super::Found;
use crate::bundle::{
    self, Bundle, Content, EventLine, LONGEST_FILE, Manifest, Scope, SealedLine, State, read_key_line,
};
use crate::report::Check;

/// Who opens, and what becomes of an opened payload.
pub struct Opening<'a> {
    pub identity: &'a Identity,
    pub show: &'a mut dyn FnMut(&EventLine, &Value),
}

/// The content, beside the events.
pub struct Contents<'a, 'o> {
    bundle: &'a Bundle,
    manifest: &'a Manifest,
    opening: Option<Opening<'o>>,
    paths: BTreeSet<&'a str>,
    destroyed: BTreeSet<DataKeyId>,
    /// Positions called erased, and their keys.
    erased: Vec<(u64, DataKeyId)>,
    pub opened: u64,
}

impl<'a, 'o> Contents<'a, 'o> {
    pub fn new(bundle: &'a Bundle, manifest: &'a Manifest, opening: Option<Opening<'o>>) -> Self {
        let paths = manifest.files.iter().map(|file| file.path.as_str()).collect();
        Self { bundle, manifest, opening, paths, destroyed: BTreeSet::new(), erased: Vec::new(), opened: 0 }
    }

    /// How many events are called erased.
    pub fn erased(&self) -> u64 {
        self.erased.len() as u64
    }

    /// Looks at what stands beside a file of events.
    pub fn beside(&mut self, number: usize, events: &[EventLine], found: &mut Found) {
        for event in events {
            self.destroys(event);
        }
        if self.manifest.content == Content::Withheld {
            return;
        }
        let mut sealed = self.sealed(number, found);
        let keys = self.keys(number, found);
        let nothing = hexadecimal(&part("sealed", b""));
        for event in events {
            match sealed.remove(&event.position) {
                Some(line) => self.event(event, line, &keys, found),
                None if event.sealed_sha256 == nothing => {}
                None => found.missing(format!("position {}: what is sealed of it is not there", event.position)),
            }
        }
        for position in sealed.into_keys() {
            found.wrong_at(Check::Content, position, "something sealed is there of an event that is not there");
        }
    }

    /// The sealed bytes by position.
    fn sealed(&self, number: usize, found: &mut Found) -> BTreeMap<u64, (State, Vec<u8>)> {
        let (path, mut sealed) = (bundle::sealed(number), BTreeMap::new());
        if !self.paths.contains(path.as_str()) {
            return sealed;
        }
        // What cannot be read was found when the files were compared with the manifest.
        let Ok(bytes) = self.bundle.read(&path, LONGEST_FILE) else { return sealed };
        for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let problem = match SealedLine::read(line) {
                Ok((line, _)) if sealed.contains_key(&line.position) => "its position is there twice".into(),
                Ok((line, bytes)) => {
                    sealed.insert(line.position, (line.state, bytes));
                    continue;
                }
                Err(problem) => problem,
            };
            found.wrong(Check::Content, format!("{path}, line {}: {problem}", index + 1));
        }
        sealed
    }

    /// What opens the events, by position, if there is somebody to open them.
    fn keys(&self, number: usize, found: &mut Found) -> Option<BTreeMap<u64, EventKeys>> {
        let opening = self.opening.as_ref()?;
        let path = bundle::keys(number);
        if !self.paths.contains(path.as_str()) {
            return Some(BTreeMap::new());
        }
        let bytes = self.bundle.read(&path, LONGEST_FILE).ok()?;
        let mut text = Zeroizing::new(String::new());
        let read = Decryptor::new_buffered(&bytes[..])
            .and_then(|decryptor| decryptor.decrypt(std::iter::once(opening.identity as &dyn age::Identity)))
            .map_err(|error| error.to_string())
            .and_then(|reader| reader.take(LONGEST_FILE).read_to_string(&mut text).map_err(|error| error.to_string()));
        if let Err(problem) = read {
            found.wrong(Check::Content, format!("{path}: it does not open for this identity: {problem}"));
            return None;
        }
        let keys = text.lines().map(read_key_line).collect::<Option<BTreeMap<_, _>>>();
        if keys.is_none() {
            found.wrong(Check::Content, format!("{path}: a line of it is not one"));
        }
        keys
    }

    fn event(
        &mut self,
        event: &EventLine,
        (state, sealed): (State, Vec<u8>),
        keys: &Option<BTreeMap<u64, EventKeys>>,
        found: &mut Found,
    ) {
        let position = event.position;
        if hexadecimal(&part("sealed", &sealed)) != event.sealed_sha256 {
            return found.wrong_at(Check::Content, position, "what is sealed is not what the event commits to");
        }
        let Some(key) = data_key_id(&sealed) else {
            return found.wrong_at(Check::Content, position, "what is sealed is of no known form");
        };
        match (state, keys) {
            (State::Erased, _) => self.erased.push((position, DataKeyId(key))),
            (State::KeyMissing, _) => {
                found.missing(format!("position {position}: what opens it is nowhere, and no event says why"))
            }
            (State::Open, None) => {}
            (State::Open, Some(keys)) => match keys.get(&position) {
                None => found.wrong_at(Check::Content, position, "what opens it is not there"),
                Some(keys) => self.open(event, &sealed, keys, found),
            },
        }
    }

    fn open(&mut self, event: &EventLine, sealed: &[u8], keys: &EventKeys, found: &mut Found) {
        // Found already where the events were followed.
        let Ok(stream) = event.stream() else { return };
        let address = Address {
            clinic: self.manifest.clinic_id,
            stream: &stream,
            event_id: event.event_id,
            event_type: &event.event_type,
            event_version: &event.event_version,
            payload: event.payload.as_bytes(),
        };
        match open_payload(keys, &address, sealed) {
            Ok(payload) => {
                self.opened += 1;
                if let Some(opening) = &mut self.opening {
                    (opening.show)(event, &payload);
                }
            }
            Err(error) => found.wrong_at(Check::Content, event.position, format!("it does not open: {error}")),
        }
    }

    /// The keys that an event says are destroyed.
    fn destroys(&mut self, event: &EventLine) {
        if event.event_type != "patient-key-destroyed" {
            return;
        }
        let (kind, version, payload) = (&event.event_type, &event.event_version, event.payload.as_bytes());
        if let Ok(patient::Event::PatientKeyDestroyed(destroyed)) = patient::Event::decode(kind, version, payload) {
            self.destroyed.extend(destroyed.keys.iter().map(|key| key.data_key_id));
        }
    }

    /// What is called erased, in a bundle that would hold the event which says so, has that event; and nothing sealed comes
    /// along in one that is said to withhold it.
    pub fn finish(&self, found: &mut Found) {
        let of_content = |path: &str| path.starts_with("sealed/") || path.starts_with("keys/");
        if self.manifest.content == Content::Withheld && self.manifest.files.iter().any(|file| of_content(&file.path)) {
            found.wrong(Check::Content, "the content is said to be withheld, and some of it is there");
        }
        if !matches!(self.manifest.scope, Scope::Patient { .. } | Scope::Clinic {}) {
            return;
        }
        for (position, _) in self.erased.iter().filter(|(_, key)| !self.destroyed.contains(key)) {
            found.wrong_at(Check::Content, *position, "it is called erased, and no event says so");
        }
    }
}
