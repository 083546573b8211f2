//! The demo's root secret: made once, kept beside the data it opens, readable by its owner alone.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use daybook_ledger::Ids;
use daybook_ledger::clock::System;

/// The path of the secret in `directory`, made if it is not there.
pub fn ensure(directory: &Path) -> anyhow::Result<PathBuf> {
    let path = directory.join("root-secret");
    if path.exists() {
        return Ok(path);
    }
    // Whole or not there: a half-written secret would be one that opens nothing.
    let draft = directory.join("root-secret.new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).context("an old draft is in the way"),
        _ => {}
    }
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(hexadecimal(&System.secret()).as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &path)
    };
    write().with_context(|| format!("the root secret cannot be written to {}", path.display()))?;
    Ok(path)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
