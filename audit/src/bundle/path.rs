//! Where what stands in a bundle.

use daybook_ledger::Stream;
use daybook_ledger::merkle::TilePath;

/// The list of files.
pub const MANIFEST: &str = "manifest.json";
/// The operator's signature on the list.
pub const STATEMENT: &str = "manifest.signed";
/// The head of the log that everything is proven against.
pub const CHECKPOINT: &str = "checkpoint";

/// The file of the events with this number.
pub fn events(number: usize) -> String {
    format!("events/{number:06}.jsonl")
}

/// What is sealed of the events of the file with this number.
pub fn sealed(number: usize) -> String {
    format!("sealed/{number:06}.jsonl")
}

/// What opens them, encrypted.
pub fn keys(number: usize) -> String {
    format!("keys/{number:06}.age")
}

/// The schema of an event type.
pub fn schema(stream_type: &str, event_type: &str, event_version: &str) -> String {
    format!("schemas/{stream_type}/{event_type}.{event_version}.json")
}

/// The proof of the event at a position.
pub fn proof(position: u64) -> String {
    format!("proofs/{position}.tlog-proof")
}

/// The operator's statement where a stream ends.
pub fn stream_head(stream: &Stream) -> String {
    format!("stream-heads/{}/{}", stream.kind, stream.id)
}

/// The entries of the log with this number, as a log serves them.
pub fn entries(tile: &TilePath) -> String {
    format!("tile/{tile}")
}

/// Whether a path stays in its folder: names of plain characters, none of them `.` or `..`, divided by single slashes.
pub fn is_safe(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let name = |name: &str| !name.is_empty() && !name.starts_with('.') && name.bytes().all(plain);
    path.len() <= 200 && path.split('/').all(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_in_its_folder() {
        for path in ["checkpoint", "tile/entries/x001/234.p/7", "proofs/12.tlog-proof"] {
            assert!(is_safe(path), "{path}");
        }
        for path in ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/./b", "a\\b", "a/", "C:x", "a\nb", ".hidden"] {
            assert!(!is_safe(path), "{path:?}");
        }
        assert!(!is_safe(&"a".repeat(201)));
    }
}
