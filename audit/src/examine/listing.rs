//! The manifest, the operator's signature on it, and whether the files are those it lists.

use std::collections::BTreeSet;

use daybook_ledger::format::{Hash, hexadecimal};
use daybook_ledger::statement;
use sha2::{Digest, Sha256};

use super::{Found, Reached, Stage, Told, text};
use crate::bundle::{Bundle, LONGEST_FILE, LONGEST_MANIFEST, MANIFEST, Manifest, STATEMENT, is_safe};
use crate::policy::Policy;
use crate::report::Check;

/// The manifest and its exact bytes.
pub fn manifest(bundle: &Bundle, found: &mut Found) -> Option<(Manifest, Vec<u8>)> {
    let read = bundle.read(MANIFEST, LONGEST_MANIFEST).map_err(|error| error.to_string());
    let parsed = read.and_then(|bytes| match Manifest::read(&bytes) {
        Ok(manifest) => Ok((manifest, bytes)),
        Err(problem) => Err(format!("{MANIFEST}: not the manifest of an export: {problem}")),
    });
    match parsed {
        Ok(parsed) => Some(parsed),
        Err(problem) => {
            found.wrong(Check::Manifest, problem);
            None
        }
    }
}

/// Whether the operator signed this manifest.
pub fn statement(bundle: &Bundle, policy: &Policy, manifest: &Manifest, bytes: &[u8], found: &mut Found) {
    let signed = text(bundle, STATEMENT).and_then(|note| {
        let opened = policy.opened(&manifest.origin, |key| statement::open_export(&note, key));
        opened.map_err(|error| format!("{STATEMENT}: {error}"))
    });
    match signed {
        Ok(hash) if hash == sha256(bytes) => {}
        Ok(_) => found.wrong(Check::Statement, format!("{MANIFEST} is not the one that was signed")),
        Err(problem) => found.wrong(Check::Statement, problem),
    }
}

/// Whether exactly the listed files are there, each with its length and hash.
pub fn files(bundle: &Bundle, manifest: &Manifest, found: &mut Found, progress: Told<'_>) {
    let mut listed = BTreeSet::from([MANIFEST, STATEMENT]);
    // As long as it likes to say: what is read of each is bounded.
    let of = manifest.files.iter().fold(0_u64, |all, file| all.saturating_add(file.bytes));
    let mut done = 0_u64;
    for file in &manifest.files {
        done = done.saturating_add(file.bytes);
        if !is_safe(&file.path) || !listed.insert(&file.path) {
            found.wrong(Check::Manifest, format!("{}: no path for a file", file.path.escape_debug()));
            continue;
        }
        match bundle.read(&file.path, file.bytes.min(LONGEST_FILE)) {
            Ok(bytes) if bytes.len() as u64 == file.bytes && hexadecimal(&sha256(&bytes)) == file.sha256 => {}
            Ok(_) => found.wrong(Check::File, format!("{}: it is not the file that the manifest lists", file.path)),
            Err(problem) => found.wrong(Check::File, problem.to_string()),
        }
        progress(Reached { stage: Stage::Files, done, of });
    }
    match bundle.paths() {
        Ok(paths) => {
            for path in paths.iter().filter(|path| !listed.contains(path.as_str())) {
                found.wrong(Check::File, format!("{}: the manifest does not list it", path.escape_debug()));
            }
        }
        Err(problem) => found.wrong(Check::File, problem.to_string()),
    }
}

fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}
