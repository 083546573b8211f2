//! A witness of another organization, and some that do not do what they should.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use daybook_api::WitnessConfig;
use daybook_audit::{LogKeys, witness};
use daybook_ledger::clock::System;
use daybook_ledger::cosignature::Cosigner;
use daybook_ledger::{Ids, add_checkpoint, note};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does when it is asked.
pub enum Behaviour {
    /// What a witness should.
    Honest(witness::Witness),
    /// Nothing: it takes the question and says no more.
    Silent,
    /// It says this, with this status.
    Says(u16, String),
    /// It signs with this key and so many seconds before now, something else than was asked if it is told to.
    Signs { key: Cosigner, before: u64, something_else: bool },
}

/// A witness at an address of this machine.
pub struct Witness {
    folder: PathBuf,
    url: String,
    vkey: String,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Witness {
    /// One that knows no log yet.
    pub async fn start() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("witness-{}", System.internal()));
        let vkey = witness::make(&folder, "witness.example", &System.secret()).unwrap().to_string();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behaviour = Arc::new(Mutex::new(Behaviour::Says(404, String::new())));
        let answering = behaviour.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(answer(connection, answering.clone()));
            }
        });
        Self { folder, url, vkey, behaviour }
    }

    /// From now on it looks at this log.
    pub fn looks_at(&self, vkey: &str) {
        let mut logs = LogKeys::default();
        logs.add(vkey.trim_end().parse().unwrap());
        self.does(Behaviour::Honest(witness::Witness::open(&self.folder, logs, Arc::new(System)).unwrap()));
    }

    pub fn does(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    /// Its key in somebody's hands.
    pub fn key(&self) -> Cosigner {
        std::fs::read_to_string(self.folder.join("key")).unwrap().trim_end().parse().unwrap()
    }

    /// How a server is told of it.
    pub fn config(&self, name: &str) -> WitnessConfig {
        WitnessConfig { name: name.into(), url: self.url.clone(), vkey: self.vkey.clone() }
    }
}

async fn answer(mut connection: TcpStream, behaviour: Arc<Mutex<Behaviour>>) {
    let Some(body) = request(&mut connection).await else { return };
    let answer = match &*behaviour.lock().unwrap() {
        Behaviour::Silent => None,
        Behaviour::Says(status, text) => Some((*status, text.clone())),
        Behaviour::Honest(witness) => Some(match witness.add(&body) {
            Ok(lines) => (200, lines),
            Err(witness::NotCosigned::Refused(refusal) | witness::NotCosigned::Contradicted { refusal, .. }) => {
                (refusal.status(), refusal.held().map(|size| format!("{size}\n")).unwrap_or_default())
            }
            Err(error) => panic!("{error}"),
        }),
        Behaviour::Signs { key, before, something_else } => {
            let note = add_checkpoint::read(&body).unwrap().checkpoint;
            let (text, _) = note::split(note).unwrap();
            let text = if *something_else { text.replacen("localhost", "elsewhere", 1) } else { text.to_owned() };
            let seconds = super::now().timestamp() as u64 - before;
            Some((200, key.witness().line(&key.cosign(&text, seconds))))
        }
    };
    match answer {
        None => std::future::pending().await,
        Some((status, text)) => {
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", text.len());
            let _ = connection.write_all((head + &text).as_bytes()).await;
            let _ = connection.shutdown().await;
        }
    }
}

/// The body of the question, read to its end.
async fn request(connection: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                assert!(head.starts_with("POST /add-checkpoint HTTP/1.1"), "{head}");
                return Some(body.to_owned());
            }
        }
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
