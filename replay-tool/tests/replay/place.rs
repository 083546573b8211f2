//! Where a backup lies in a test: a folder with the two files, what lies beside them, and two identities.

use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use daybook_ledger::Ids;
use daybook_ledger::clock::System;

use crate::issuer::root;
use crate::support::*;

/// A folder for one test, with two identities in it.
pub struct Place(PathBuf, pub [String; 2]);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Place {
    pub fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("backup-{}", System.internal()));
        std::fs::create_dir_all(&folder).unwrap();
        let recipients = ["log", "keys"].map(|name| {
            let identity = Identity::generate();
            let text = format!("# of a test\n{}\n", identity.to_string().expose_secret());
            std::fs::write(folder.join(format!("{name}.identity")), text).unwrap();
            identity.to_public().to_string()
        });
        Self(folder, recipients)
    }

    pub fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// Something that somebody keeps elsewhere.
    pub fn kept(&self, name: &str, text: &str) -> String {
        let path = self.file(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub async fn backed_up(&self, log: &Log) -> Answer {
        self.backed_up_as(log, &root()).await
    }

    pub async fn backed_up_as(&self, log: &Log, root: &str) -> Answer {
        self.backed_up_with(log, root, &[]).await
    }

    /// The same with more arguments.
    pub async fn backed_up_with(&self, log: &Log, root: &str, more: &[&str]) -> Answer {
        let (to, keys) = (self.file("log.age"), self.file("keys.age"));
        let [recipient, keys_recipient] = &self.1;
        let recipients = ["--recipient", recipient, "--keys-recipient", keys_recipient];
        let arguments = [&["backup", "make", "--to", &to, "--keys-to", &keys][..], &recipients[..], more].concat();
        log.replay_with(&arguments, &told(root)).await
    }

    pub async fn recorded(&self, log: &Log, more: &[&str]) -> Answer {
        let (from, keys) = (self.file("log.age"), self.file("keys.age"));
        let arguments = [&["backup", "record", "--from", &from, "--keys-from", &keys][..], more].concat();
        log.replay_with(&arguments, &told(&root())).await
    }

    pub async fn drilled(&self, log: &Log, identity: &str, more: &[&str]) -> Answer {
        self.drilled_in(log, identity, more, &[]).await
    }

    /// The same with more of an environment.
    pub async fn drilled_in(&self, log: &Log, identity: &str, more: &[&str], environment: &[(&str, &str)]) -> Answer {
        let (from, keys) = (self.file("log.age"), self.file("keys.age"));
        let (identity, keys_identity) = (self.file(identity), self.file("keys.identity"));
        let files = ["drill", "--from", &from, "--identity", &identity, "--keys-from", &keys];
        let (path, root) = (std::env::var("PATH").unwrap_or_default(), root());
        let arguments = [&files[..], &["--keys-identity", &keys_identity], more].concat();
        log.replay_with(&arguments, &[&told(&root)[..], &[("PATH", &path)], environment].concat()).await
    }

    /// The arguments of a restore into this database.
    pub fn restoring(&self, more: &[&str]) -> Vec<String> {
        let (from, keys) = (self.file("log.age"), self.file("keys.age"));
        let (identity, keys_identity) = (self.file("log.identity"), self.file("keys.identity"));
        let files = ["restore", "--from", &from, "--identity", &identity, "--keys-from", &keys];
        [&files[..], &["--keys-identity", &keys_identity], more].concat().iter().map(|text| text.to_string()).collect()
    }

    pub async fn restored(&self, url: &str, more: &[&str]) -> Answer {
        self.restored_in(url, more, &[]).await
    }

    /// The same with more of an environment.
    pub async fn restored_in(&self, url: &str, more: &[&str], environment: &[(&str, &str)]) -> Answer {
        let arguments = self.restoring(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        replay_on(url, &arguments, &[&told(&root())[..], environment].concat()).await
    }
}

/// What it takes to tell a log something.
pub fn told(root: &str) -> [(&str, &str); 2] {
    [("DAYBOOK_ROOT_SECRET", root), ("DAYBOOK_ORIGIN", ORIGIN)]
}
