//! `watch`: somebody outside follows a log over what it shows the world.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use daybook_ledger::clock::System;
use daybook_ledger::{Ids, Ledger};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::against::file;
use crate::rewriting::{cosign, operated, rewrite, witness};
use crate::support::*;
use crate::witness::note;

/// A log's public face, as a server shows it.
struct Shown {
    url: String,
    log: Arc<Mutex<Showing>>,
}

struct Showing {
    ledger: Ledger,
    /// Instead of the newest cosigned head.
    cosigned: Option<String>,
    tiles: bool,
}

impl Shown {
    async fn of(log: &Log) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/log", listener.local_addr().unwrap());
        let shown = Arc::new(Mutex::new(Showing { ledger: log.ledger.clone(), cosigned: None, tiles: true }));
        let showing = shown.clone();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let length = connection.read(&mut request).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default().trim_start_matches("/log/").to_owned();
                let (status, body) = match answer(&showing, &path).await {
                    Some(body) => (200, body),
                    None => (404, Vec::new()),
                };
                let head =
                    format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                let _ = connection.write_all(&[head.as_bytes(), &body].concat()).await;
                let _ = connection.shutdown().await;
            }
        });
        Self { url, log: shown }
    }

    fn shows(&self, log: &Log) {
        self.log.lock().unwrap().ledger = log.ledger.clone();
    }
}

async fn answer(showing: &Mutex<Showing>, path: &str) -> Option<Vec<u8>> {
    let (ledger, cosigned, tiles) = {
        let showing = showing.lock().unwrap();
        (showing.ledger.clone(), showing.cosigned.clone(), showing.tiles)
    };
    let key = ledger.verifier(CLINIC).await.unwrap()?;
    match (path, cosigned) {
        ("checkpoint", _) => Some(ledger.newest(CLINIC).await.unwrap()?.note(&key).into()),
        ("cosigned-checkpoint", Some(cosigned)) => Some(cosigned.into()),
        ("cosigned-checkpoint", None) => Some(ledger.newest_cosigned(CLINIC).await.unwrap()?.note(&key).into()),
        (tile, _) => ledger.tile(CLINIC, tile.strip_prefix("tile/")?.parse().ok()?).await.unwrap().filter(|_| tiles),
    }
}

/// Somebody who watches, with a file of their own.
struct Watcher {
    policy: String,
    state: PathBuf,
}

impl Watcher {
    async fn of(log: &Log, witnesses: &str) -> Self {
        let key = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
        let policy = file("policy", &format!("log {key}\n{witnesses}\n"));
        let state = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("watch-{}", System.internal()));
        Self { policy, state }
    }

    fn arguments<'a>(&'a self, shown: &'a Shown) -> [&'a str; 7] {
        ["watch", "--url", &shown.url, "--policy", &self.policy, "--state", self.state.to_str().unwrap()]
    }

    async fn looks(&self, log: &Log, shown: &Shown, more: &[&str]) -> crate::support::Answer {
        log.replay(&[&self.arguments(shown)[..], &["--once"], more].concat()).await
    }

    fn contradiction(&self) -> String {
        std::fs::read_to_string(self.state.with_extension("contradiction")).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_grows_is_followed() {
    let log = Log::checked_in().await;
    let (shown, watcher) = (Shown::of(&log).await, Watcher::of(&log, "quorum none").await);
    watcher.looks(&log, &shown, &[]).await.ended(0, &["7 events", "no witness has seen it"]);
    for events in 8..12 {
        log.is_read().await;
        let seen = watcher.looks(&log, &shown, &["--json"]).await;
        seen.ended(0, &[]);
        assert_eq!((&seen.json()["size"], &seen.json()["alarms"]), (&events.into(), &serde_json::json!([])));
    }
    let state: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&watcher.state).unwrap()).unwrap();
    assert_eq!(state["checkpoint"], note(&log).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_more_than_a_tile_is_followed() {
    let log = Log::checked_in().await;
    let (shown, watcher) = (Shown::of(&log).await, Watcher::of(&log, "quorum none").await);
    for _ in 0..3 {
        for _ in 0..130 {
            log.is_read().await;
        }
        watcher.looks(&log, &shown, &[]).await.ended(0, &[]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_written_anew_is_a_fork_and_what_shows_it_is_kept() {
    let log = operated().await;
    let (shown, watcher) = (Shown::of(&log).await, Watcher::of(&log, "quorum none").await);
    watcher.looks(&log, &shown, &[]).await.ended(0, &[]);
    let before = std::fs::read_to_string(&watcher.state).unwrap();
    rewrite(&log).await;
    let said = ["ALARM, fork: the log is not the one that was seen before"];
    watcher.looks(&log, &shown, &[]).await.ended(1, &said);
    watcher.looks(&log, &shown, &[]).await.ended(1, &said);
    assert_eq!(watcher.contradiction(), note(&log).await);
    assert_eq!(std::fs::read_to_string(&watcher.state).unwrap(), before, "what was seen is not forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_written_anew_and_then_longer_is_a_fork_too() {
    let (log, anew) = (Log::checked_in().await, Log::checked_in().await);
    anew.is_read().await;
    anew.is_read().await;
    let (shown, watcher) = (Shown::of(&log).await, Watcher::of(&log, "quorum none").await);
    watcher.looks(&log, &shown, &[]).await.ended(0, &[]);
    shown.shows(&anew);
    watcher.looks(&log, &shown, &[]).await.ended(1, &["ALARM, fork", "at 7 events it was another than at 9"]);
    let told = watcher.looks(&log, &shown, &["--json"]).await;
    told.ended(1, &["ALARM, fork"]);
    assert_eq!(told.json()["alarms"], serde_json::json!([{ "alarm": "fork", "old": 7, "new": 9 }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_put_back_is_a_rollback() {
    let log = operated().await;
    let (shown, watcher) = (Shown::of(&log).await, Watcher::of(&log, "quorum none").await);
    watcher.looks(&log, &shown, &[]).await.ended(0, &[]);
    let cut = "ALTER TABLE ledger.checkpoints DISABLE TRIGGER append_only;
        DELETE FROM ledger.events WHERE position >= 5; DELETE FROM ledger.checkpoints WHERE size > 5";
    log.tamper(cut).await;
    watcher
        .looks(&log, &shown, &[])
        .await
        .ended(1, &["ALARM, rollback: the log had 7 events, and now it is shown with 5"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_shows_nothing_new_is_stale() {
    let log = Log::checked_in().await;
    let (shown, watcher) = (Shown::of(&log).await, Watcher::of(&log, "quorum none").await);
    watcher.looks(&log, &shown, &["--stale-after", "0"]).await.ended(0, &[]);
    watcher.looks(&log, &shown, &["--stale-after", "0"]).await.ended(1, &["ALARM, stale: nothing new has been shown"]);
    watcher.looks(&log, &shown, &["--stale-after", "600"]).await.ended(0, &[]);
    let gone = Shown { url: "http://127.0.0.1:1/log".into(), log: shown.log.clone() };
    watcher.looks(&log, &gone, &["--stale-after", "600"]).await.ended(2, &["the log cannot be looked at"]);
    watcher.looks(&log, &gone, &["--stale-after", "0"]).await.ended(1, &["cannot be looked at", "ALARM, stale"]);
    let told = watcher.looks(&log, &gone, &["--stale-after", "0", "--json"]).await.json();
    assert_eq!((&told["alarms"][0]["alarm"], &told["size"]), (&"stale".into(), &serde_json::Value::Null), "{told}");
    assert!(told["unanswered"].is_string() && told["at"].is_string(), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_witnesses_do_not_see_any_more_is_unwitnessed() {
    let log = operated().await;
    let quorum = format!("witness archive {}\nquorum archive", witness().witness());
    let (shown, watcher) = (Shown::of(&log).await, Watcher::of(&log, &quorum).await);
    let at_once = ["--unwitnessed-after", "0"];
    watcher.looks(&log, &shown, &at_once).await.ended(0, &["no witness has seen it"]);
    watcher.looks(&log, &shown, &at_once).await.ended(1, &["ALARM, unwitnessed"]);
    watcher.looks(&log, &shown, &[]).await.ended(0, &[]);
    cosign(&log, &witness(), 0).await;
    watcher.looks(&log, &shown, &at_once).await.ended(0, &["witnesses saw all of it"]);
    watcher.looks(&log, &shown, &at_once).await.ended(0, &[]);
    log.is_read().await;
    watcher.looks(&log, &shown, &at_once).await.ended(0, &["witnesses saw 7 of them"]);
    watcher.looks(&log, &shown, &at_once).await.ended(1, &["ALARM, unwitnessed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_not_the_one_witnesses_saw_is_a_fork_for_whoever_comes_first_too() {
    let log = operated().await;
    cosign(&log, &witness(), 0).await;
    let quorum = format!("witness archive {}\nquorum archive", witness().witness());
    let (shown, watcher) = (Shown::of(&log).await, Watcher::of(&log, &quorum).await);
    let key = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
    let seen = log.ledger.newest_cosigned(CLINIC).await.unwrap().unwrap().note(&key);
    rewrite(&log).await;
    watcher.looks(&log, &shown, &[]).await.ended(0, &["no witness has seen it"]);
    shown.log.lock().unwrap().cosigned = Some(seen);
    watcher.looks(&log, &shown, &[]).await.ended(1, &["ALARM, fork", "or that witnesses saw"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_head_of_the_log_or_proves_nothing_is_said() {
    let (log, other) = (Log::checked_in().await, operated().await);
    let (shown, watcher) = (Shown::of(&log).await, Watcher::of(&log, "quorum none").await);
    watcher.looks(&log, &shown, &[]).await.ended(0, &[]);
    shown.shows(&other);
    watcher.looks(&log, &shown, &[]).await.ended(1, &["ALARM, not-believed", "is not a head of this log"]);
    shown.shows(&log);
    log.is_read().await;
    shown.log.lock().unwrap().tiles = false;
    watcher.looks(&log, &shown, &[]).await.ended(2, &["the log cannot be looked at: tile 0/000.p/8 is not shown"]);
    shown.log.lock().unwrap().tiles = true;
    watcher.looks(&log, &shown, &[]).await.ended(0, &["8 events"]);
    let state = std::fs::read_to_string(&watcher.state).unwrap();
    std::fs::write(&watcher.state, state.replace("\\n8\\n", "\\n9\\n")).unwrap();
    watcher.looks(&log, &shown, &[]).await.ended(2, &["what was seen before", "cannot be read"]);
    let nowhere = Shown { url: "file:///etc/passwd".into(), log: shown.log.clone() };
    watcher.looks(&log, &nowhere, &[]).await.ended(2, &["begins with https://"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_on_watching_ends_with_the_alarm() {
    let log = operated().await;
    let (shown, watcher) = (Shown::of(&log).await, Watcher::of(&log, "quorum none").await);
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook-replay"));
    command.env_clear().args(watcher.arguments(&shown)).args(["--every", "1"]).stdin(Stdio::null());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !watcher.state.exists() {
        tokio::task::yield_now().await;
    }
    rewrite(&log).await;
    let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    let ended = crate::support::Answer::from(ended.await.unwrap());
    ended.ended(1, &["7 events", "ALARM, fork"]);
}
