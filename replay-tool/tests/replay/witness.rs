//! A witness of another organization, as a process of its own, and what a log asks of it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

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
        let mut serving = self.begin(log, &[]).await;
        let said = serving.line();
        serving.url = said.rsplit(' ').next().unwrap().to_owned();
        assert!(said.contains(&self.key) && serving.url.starts_with("http://"), "{said}");
        serving
    }

    /// The same, told as a program is told it.
    pub async fn serve_as_json(&self, log: &Log) -> Serving {
        let mut serving = self.begin(log, &["--json"]).await;
        let said: serde_json::Value = serde_json::from_str(&serving.line()).unwrap();
        serving.url = said["url"].as_str().unwrap().to_owned();
        let told = serde_json::json!({ "event": "serving", "key": self.key, "logs": 1, "url": serving.url });
        assert_eq!(said, told);
        serving
    }

    async fn begin(&self, log: &Log, more: &[&str]) -> Serving {
        let vkey = log.ledger.verifier(CLINIC).await.unwrap().unwrap().to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_daybook-replay"))
            .env_clear()
            .args(["witness", "serve", "--listen", "127.0.0.1:0", "--folder", &self.folder(), "--log", &vkey])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Serving { child, said, url: String::new() }
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
    said: BufReader<ChildStdout>,
    pub url: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serving {
    /// The next line that it says.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

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
