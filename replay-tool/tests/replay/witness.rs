//! A witness of another organization, as a process of its own, and what a log asks of it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use daybook_ledger::clock::System;
use daybook_ledger::{Ids, add_checkpoint};

use crate::support::*;

/// Where a witness has its key and its memory.
pub struct Place {
    root: PathBuf,
    /// Its public key.
    pub key: String,
}

impl Place {
    pub fn new() -> Self {
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("witness-{}", System.internal()));
        let made = Command::new(env!("CARGO_BIN_EXE_daybook-replay"))
            .args(["witness", "key", "--name", "witness.example", "--folder"])
            .arg(&root)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        Self { root, key: String::from_utf8(made.stdout).unwrap().trim_end().into() }
    }

    pub fn folder(&self) -> String {
        self.root.to_str().unwrap().into()
    }

    /// The path of what it keeps of its one log.
    pub fn kept(&self, what: &str) -> String {
        let mut files = std::fs::read_dir(&self.root).unwrap().map(|entry| entry.unwrap().path());
        let kept = files.find(|path| path.extension().is_some_and(|extension| extension == what));
        kept.unwrap().to_str().unwrap().into()
    }

    pub fn text(&self, what: &str) -> String {
        std::fs::read_to_string(self.kept(what)).unwrap()
    }

    /// The witness at work for this log.
    pub async fn serve(&self, log: &Log) -> Serving {
        let vkey = log.ledger.verifier(CLINIC).await.unwrap().unwrap().to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_daybook-replay"))
            .env_clear()
            .args(["witness", "serve", "--listen", "127.0.0.1:0", "--folder", &self.folder(), "--log", &vkey])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let url = said.trim_end().rsplit(' ').next().unwrap().to_owned();
        assert!(said.contains(&self.key) && url.starts_with("http://"), "{said}");
        Serving { child, url }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

/// The process; killed when dropped, as a power cut would.
pub struct Serving {
    child: Child,
    pub url: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serving {
    pub async fn ask(&self, body: &str) -> Said {
        let http = reqwest::Client::builder().build().unwrap();
        let sent = http.post(format!("{}/add-checkpoint", self.url)).body(body.to_owned()).send().await.unwrap();
        let status = sent.status().as_u16();
        let kind = sent.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned()).unwrap_or_default();
        Said { status, kind, body: sent.text().await.unwrap() }
    }
}

/// What it answered.
#[derive(Debug)]
pub struct Said {
    pub status: u16,
    pub kind: String,
    pub body: String,
}

/// The log's newest checkpoint.
pub async fn note(log: &Log) -> String {
    let key = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
    log.ledger.head(CLINIC).await.unwrap().unwrap().note(&key)
}

/// What an honest log asks of a witness that has seen it at this size.
pub async fn request(log: &Log, old: u64) -> String {
    let size = log.ledger.head(CLINIC).await.unwrap().unwrap().size;
    let proof = log.ledger.consistency(CLINIC, old, size).await.unwrap().unwrap_or_default();
    add_checkpoint::write(old, &proof, &note(log).await)
}
