//! An identity provider, and the program asked by somebody whom it knows.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use daybook_access::DevelopmentIssuer;
use daybook_domain::Role;
use daybook_ledger::Ids;
use daybook_ledger::clock::System;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

use crate::support::*;

/// An identity provider on this machine.
pub struct Issuer {
    issuer: DevelopmentIssuer,
    jwks_url: String,
}

impl Issuer {
    pub async fn start() -> Self {
        let issuer = DevelopmentIssuer::new([3; 32], Arc::new(System)).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let jwks_url = format!("http://{}/keys", listener.local_addr().unwrap());
        let body = serde_json::to_string(&issuer.jwks()).unwrap();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let _ = connection.read(&mut request).await;
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                let _ = connection.write_all((head + &body).as_bytes()).await;
                let _ = connection.shutdown().await;
            }
        });
        Self { issuer, jwks_url }
    }

    /// A file with a token of this person's.
    pub fn token(&self, role: Role, person: Option<Uuid>) -> PathBuf {
        let token = self.issuer.issue(&principal(role, person), Duration::from_secs(60)).unwrap();
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(System.internal().to_string());
        std::fs::write(&path, token + "\n").unwrap();
        path
    }

    pub async fn open(&self, log: &Log, token: &std::path::Path, root: &str, more: &[&str]) -> Answer {
        let visit = id(VISIT);
        self.run(log, token, root, &[&["visit", &visit][..], more].concat()).await
    }

    /// The program, asked by whoever has the token, for a reason.
    pub async fn run(&self, log: &Log, token: &std::path::Path, root: &str, what: &[&str]) -> Answer {
        self.run_in(log, token, root, what, &[]).await
    }

    /// The same with more of an environment.
    pub async fn run_in(
        &self,
        log: &Log,
        token: &std::path::Path,
        root: &str,
        what: &[&str],
        more: &[(&str, &str)],
    ) -> Answer {
        let (clinic, token) = (id(CLINIC), token.to_str().unwrap());
        let arguments = ["--clinic", &clinic, "--token", token, "--reason", "complaint-review"];
        let environment = [
            ("DAYBOOK_ISSUER", DevelopmentIssuer::ISSUER),
            ("DAYBOOK_AUDIENCE", DevelopmentIssuer::AUDIENCE),
            ("DAYBOOK_JWKS_URL", &self.jwks_url),
            ("DAYBOOK_ORIGIN", ORIGIN),
            ("DAYBOOK_ROOT_SECRET", root),
        ];
        log.replay_with(&[what, &arguments].concat(), &[&environment[..], more].concat()).await
    }
}

/// The root secret of the tests in hexadecimal.
pub fn root() -> String {
    "07".repeat(32)
}
