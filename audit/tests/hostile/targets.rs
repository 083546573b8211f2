//! What reads outside input, each as a function of bytes that must not panic, whatever they are. `fuzz/` hands them what a
//! fuzzer makes up; the test beside this, a corpus and its mutations.

use std::path::Path;

use daybook_audit::bundle::{Bundle, EventLine, SealedLine, hash, is_safe, read_key_line, tar};
use daybook_audit::{Policy, Verdict, examine, proof};
use daybook_domain::{
    AccessEvent, Catalogue, calendar, clinic, history, patient, provider, safekeeping, session, visit,
};
use daybook_ledger::statement::{self, StreamHead};
use daybook_ledger::{checkpoint, cosignature::Witness, note};
use uuid::Uuid;

/// The log of the vectors; nobody here has its private key at hand.
const LOG: &str = "daybook.example/clinics/demo+582eaded+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
/// Longer input finds nothing that shorter does not.
pub const LONGEST: usize = 64 * 1024;

/// Signed notes, keys and trust policies.
pub fn note(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let key: note::NoteVerifier = LOG.parse().expect("a vector");
    let _ = note::split(text);
    let _ = checkpoint::open(text, &key);
    let _ = StreamHead::open(text, &key);
    let _ = statement::open_export(text, &key);
    let _ = text.parse::<note::NoteVerifier>();
    let _ = text.parse::<Witness>();
    let _ = Policy::read(text).map(|policy| policy.believe(text));
    let _ = policy().believe(text);
}

/// Inclusion proofs: what is read is written in no other way.
pub fn proof(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(read) = proof::read(text) {
        assert_eq!(proof::write(read.index, &read.path, read.checkpoint), text);
    }
}

/// Lines of events, and payloads as every version of every event.
pub fn event(data: &[u8]) {
    if let Ok(event) = EventLine::read(data) {
        assert_eq!(event.line(), data);
        if let Ok(stream) = event.stream() {
            let _ = event.computed_hash(Uuid::nil(), &stream);
        }
    }
    if let Ok((line, _)) = SealedLine::read(data) {
        assert_eq!(line.line(), data);
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = (read_key_line(text), hash(text), is_safe(text));
    let Some((event_type, payload)) = text.split_once('\n') else { return };
    decode::<visit::Event>(event_type, payload);
    decode::<patient::Event>(event_type, payload);
    decode::<provider::Event>(event_type, payload);
    decode::<clinic::Event>(event_type, payload);
    decode::<calendar::Event>(event_type, payload);
    decode::<history::Event>(event_type, payload);
    decode::<session::Event>(event_type, payload);
    decode::<safekeeping::Event>(event_type, payload);
    decode::<AccessEvent>(event_type, payload);
}

/// What was read once is written so that it is read again.
fn decode<E: Catalogue>(event_type: &str, payload: &str) {
    if let Ok(event) = E::decode(event_type, "1.0", payload.as_bytes()) {
        let again = event.payload().to_string();
        assert!(E::decode(event_type, "1.0", again.as_bytes()).is_ok(), "{event_type} is not read again");
    }
}

/// A bundle as a tar, at this place: raw, or files under right headers. Without the log's key nothing is ever valid.
pub fn bundle(data: &[u8], place: &Path) {
    let bytes = match data.split_first() {
        Some((0, raw)) => raw.to_vec(),
        Some((_, files)) => members(files),
        None => Vec::new(),
    };
    std::fs::write(place, bytes).expect("a place for a bundle");
    if let Ok(bundle) = Bundle::open(place) {
        assert_ne!(examine(&bundle, &policy()).verdict, Verdict::Valid);
    }
}

/// Files divided by NUL, each beginning with a line that is its path.
fn members(files: &[u8]) -> Vec<u8> {
    let member = |file: &[u8]| {
        let at = file.iter().position(|byte| *byte == b'\n')?;
        tar::member(std::str::from_utf8(&file[..at]).ok()?, &file[at + 1..])
    };
    let members = files.split(|byte| *byte == 0).filter_map(member);
    members.flatten().chain(tar::END).collect()
}

fn policy() -> Policy {
    Policy::read(&format!("log {LOG}\nquorum none\n")).expect("a vector")
}
