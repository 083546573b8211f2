//! The functions that `fuzz/` calls, with a committed corpus and mutations of it, so that every run of the tests goes through
//! them.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod targets;

use std::path::{Path, PathBuf};

use daybook_ledger::Ids;
use daybook_ledger::clock::System;

/// Mutations of each file of a corpus.
const MUTATIONS: u64 = 200;

/// The files of a corpus.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    let files: Vec<_> = files.collect();
    assert!(!files.is_empty(), "{name} has no corpus");
    files
}

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    /// xorshift64*.
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// A change or a few: a bit, a byte, a piece taken out, doubled, or moved from another file.
fn mutated(data: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut data = data.to_vec();
    for _ in 0..=numbers.below(3) {
        let (at, to) = (numbers.below(data.len()), numbers.below(data.len() + 1));
        let piece = at.min(to)..at.max(to);
        match numbers.below(6) {
            _ if data.is_empty() => data.push(numbers.next() as u8),
            0 => data[at] ^= 1 << numbers.below(8),
            1 => data[at] = numbers.next() as u8,
            2 => drop(data.drain(piece)),
            3 => {
                let piece = data[piece].to_vec();
                data.splice(at..at, piece);
            }
            4 => {
                let (from, end) = (numbers.below(other.len()), numbers.below(other.len() + 1));
                data.splice(at..at, other[from.min(end)..from.max(end)].iter().copied());
            }
            _ => data.truncate(at),
        }
    }
    data.truncate(targets::LONGEST);
    data
}

/// Every file, its mutations, and bytes that are nothing at all.
fn through(files: &[Vec<u8>], mut target: impl FnMut(&[u8])) {
    let mut numbers = Numbers(0x00DA_B00C);
    for file in files {
        target(file);
        for _ in 0..MUTATIONS {
            let other = &files[numbers.below(files.len())];
            target(&mutated(file, other, &mut numbers));
        }
    }
    for length in 0..200 {
        let bytes: Vec<u8> = (0..length).map(|_| numbers.next() as u8).collect();
        target(&bytes);
    }
}

#[test]
fn notes_keys_and_policies() {
    through(&corpus("note"), targets::note);
}

#[test]
fn proofs() {
    through(&corpus("proof"), targets::proof);
}

#[test]
fn bundles_are_never_valid_without_the_logs_key() {
    let place = std::env::temp_dir().join(format!("daybook-hostile-{}.tar", System.internal()));
    through(&corpus("bundle"), |data| targets::bundle(data, &place));
    std::fs::remove_file(place).unwrap();
}

#[test]
fn lines_of_events_and_every_published_example_of_an_event() {
    let mut files = corpus("event");
    files.extend(examples());
    through(&files, targets::event);
}

/// The published examples, as this target takes them: the event's type, and its payload as it is stored.
fn examples() -> Vec<Vec<u8>> {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/schemas");
    let streams = std::fs::read_dir(schemas).unwrap().map(|stream| stream.unwrap().path());
    let files = streams.flat_map(|stream| std::fs::read_dir(stream).unwrap()).map(|file| file.unwrap().path());
    let mut examples: Vec<PathBuf> =
        files.filter(|file| file.to_str().unwrap().ends_with(".1.0.example.json")).collect();
    examples.sort();
    assert!(examples.len() > 90, "{}", examples.len());
    let read = |path: PathBuf| {
        let event_type = path.file_name().unwrap().to_str().unwrap().trim_end_matches(".1.0.example.json").to_owned();
        let golden: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        format!("{event_type}\n{}", golden["payload"]).into_bytes()
    };
    examples.into_iter().map(read).collect()
}
