//! Go's `golang.org/x/mod/sumdb`, which this log's formats come from and which nobody here wrote, accepts what a log
//! publishes, and refuses what was changed in it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::{Engine, engine::general_purpose::STANDARD};
use daybook_ledger::append::Expected;
use daybook_ledger::merkle::TilePath;
use serde_json::{Value, json};

use crate::support::*;

/// Where Debian's package has Go's libraries.
const LIBRARIES: &str = "/usr/share/gocode";

/// Why there is no Go here. Where peers are required that is a failure; elsewhere the test is skipped, loudly.
fn go_is_missing() -> bool {
    let there = Command::new("go").arg("version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    let missing = !there || !Path::new(LIBRARIES).join("src/golang.org/x/mod/sumdb/tlog").exists();
    if missing {
        assert!(
            std::env::var_os("PEERS").is_none_or(|how| how != "required"),
            "golang-go and golang-golang-x-mod-dev are needed"
        );
        eprintln!("SKIPPED: there is no Go with golang.org/x/mod here (Debian: golang-go, golang-golang-x-mod-dev)");
    }
    missing
}

/// The program, built once for all that is handed to it.
fn build() -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sumdb");
    std::fs::create_dir_all(&folder).unwrap();
    let program = folder.join(format!("check-{}", std::process::id()));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sumdb/main.go");
    let mut build = Command::new("go");
    build.arg("build").arg("-o").arg(&program).arg(source);
    build.env("GO111MODULE", "off").env("GOPATH", LIBRARIES).env("GOCACHE", folder.join("cache"));
    let built = build.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    program.to_str().unwrap().into()
}

/// What Go says of it.
fn says(program: &str, published: &Value) -> String {
    let mut go = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    go.stdin.take().unwrap().write_all(published.to_string().as_bytes()).unwrap();
    String::from_utf8(go.wait_with_output().unwrap().stdout).unwrap()
}

fn encoded(bytes: &[u8]) -> Value {
    STANDARD.encode(bytes).into()
}

fn path(hashes: &[[u8; 32]]) -> Value {
    hashes.iter().map(|hash| encoded(hash)).collect()
}

/// All that the log publishes at its present size: checkpoint, a proof of every seventh event, a proof that it grew from
/// each head before, and its tiles.
async fn published(log: &Log, older: &[(u64, [u8; 32])]) -> Value {
    let (head, key) =
        (log.ledger.head(CLINIC).await.unwrap().unwrap(), log.ledger.verifier(CLINIC).await.unwrap().unwrap());
    let mut records = Vec::new();
    let entries = log.ledger.entries(CLINIC, 0, head.size).await.unwrap();
    for (index, entry) in entries.iter().enumerate().step_by(7) {
        let proof = log.ledger.inclusion(CLINIC, index as u64, head.size).await.unwrap().unwrap();
        records.push(json!({ "index": index, "entry": encoded(entry), "proof": path(&proof) }));
    }
    let mut grown = Vec::new();
    for (size, root) in older {
        let proof = log.ledger.consistency(CLINIC, *size, head.size).await.unwrap().unwrap();
        grown.push(json!({ "size": size, "root": encoded(root), "proof": path(&proof) }));
    }
    let mut tiles = serde_json::Map::new();
    for level in 0..2u8 {
        let hashes = head.size >> (8 * level);
        for index in 0..hashes.div_ceil(256) {
            let width = (hashes - index * 256).min(256);
            let tile = TilePath { level: Some(level), index, width: u8::try_from(width).ok() };
            let bytes = log.ledger.tile(CLINIC, tile).await.unwrap().unwrap();
            tiles.insert(format!("tile/{tile}"), encoded(&bytes));
        }
    }
    json!({ "vkey": key.to_string(), "note": head.note(&key), "records": records, "older": grown, "tiles": tiles })
}

#[tokio::test]
async fn go_accepts_checkpoints_inclusion_proofs_tree_proofs_and_tiles_and_nothing_that_was_changed() {
    if go_is_missing() {
        return;
    }
    let (log, program) = (Log::start().await, build());
    let mut older = Vec::new();
    for (number, events) in [1, 1, 3, 250, 2, 300, 7].into_iter().enumerate() {
        log.append(&visit(number as u128), Expected::New, &vec![json!({}); events]).await.unwrap();
        let published = published(&log, &older).await;
        assert_eq!(says(&program, &published), "accepted\n", "{published}");
        let head = log.ledger.head(CLINIC).await.unwrap().unwrap();
        older.push((head.size, head.root));
    }
    let good = published(&log, &older[..6]).await;
    let other = encoded(&[7; 32]);
    for place in [
        "/records/3/proof/0",
        "/records/3/entry",
        "/older/4/root",
        "/older/4/proof/0",
        "/tiles/tile~10~1000",
        "/tiles/tile~11~1000.p~12",
    ] {
        let mut changed = good.clone();
        let Some(value) = changed.pointer_mut(place) else {
            panic!("{place}: {:?}", good["tiles"].as_object().unwrap().keys())
        };
        *value = other.clone();
        assert!(says(&program, &changed).starts_with("refused:"), "{place}");
    }
    let mut changed = good.clone();
    changed["note"] = good["note"].as_str().unwrap().replacen("564", "565", 1).into();
    assert!(says(&program, &changed).starts_with("refused:"));
}
