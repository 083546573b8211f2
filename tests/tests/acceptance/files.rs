//! Files of a visit: sent, listed, read and removed by whom they are for, and everything that is turned away.

use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use daybook_api::files::{Files, sweep::sweep};
use daybook_ledger::clock::System;
use reqwest::Method;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Answer, App, Client, Visit, eventually, fresh_id, now};

/// Stands in every photograph here, so that a search finds where one stands in the clear.
const MARK: &[u8] = b"Salbuterex on the left arm";

/// A photograph of some size, told from others by a number.
pub fn photograph(bytes: usize, number: u8) -> Vec<u8> {
    let mut photograph = b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec();
    photograph.extend_from_slice(MARK);
    photograph.extend((photograph.len()..bytes).map(|at| (at % 253) as u8 ^ number));
    photograph
}

/// Every file below a directory.
pub fn stored(directory: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { stored(&path) } else { vec![path] }).collect()
}

impl Visit {
    pub async fn send(&self, who: &Client, name: &str, kind: &str, content: &[u8], more: &[(&str, &str)]) -> Answer {
        let name = format!("attachment; filename=\"{name}\"");
        let headers = [&[("content-type", kind), ("content-disposition", name.as_str())], more].concat();
        who.post_bytes(&self.path("files"), content.to_vec(), &headers).await
    }

    pub async fn photo(&self, who: &Client, content: &[u8]) -> Answer {
        self.send(who, "rash.jpg", "image/jpeg", content, &[]).await
    }

    pub fn file(&self, sent: &Answer) -> String {
        self.path(&format!("files/{}", sent["file_id"].as_str().expect("an id")))
    }
}

async fn bytes_of(who: &Client, path: &str) -> reqwest::Response {
    who.request(Method::GET, path).send().await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_goes_from_the_patient_to_the_provider_and_is_stored_sealed() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let content = photograph(300_000, 1);
    let name = "attachment; filename*=UTF-8''M%C3%A4rz%20%22links%22.jpg";
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&content)));
    let headers = [("content-type", "image/jpeg"), ("content-disposition", name), ("content-digest", digest.as_str())];
    let sent = visit.patient.client.post_bytes(&visit.path("files"), content.clone(), &headers).await.written();
    assert_eq!((sent.status, sent.header("location")), (201, visit.file(&sent).as_str()));

    // The provider reads it, to be saved under its name; so does the patient; that both did stands in the log before.
    for who in [&visit.provider.client, &visit.patient.client] {
        let request = fresh_id();
        let asked = who.request(Method::GET, &visit.file(&sent)).header("x-request-id", request.to_string());
        let answer = asked.send().await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!((answer.status().as_u16(), header("content-type").as_str()), (200, "image/jpeg"));
        assert_eq!(
            (header("x-content-type-options").as_str(), header("cache-control").as_str()),
            ("nosniff", "no-store")
        );
        assert_eq!(header("content-length"), content.len().to_string());
        let disposition = header("content-disposition");
        assert!(
            disposition.starts_with("attachment;") && disposition.contains("M%C3%A4rz%20%22links%22.jpg"),
            "{disposition}"
        );
        assert!(answer.bytes().await.unwrap() == content);
        let facts = visit.clinic.facts_of(request).await;
        assert_eq!((facts[0].kind.as_str(), &facts[0].payload["action"]), ("phi-read", &json!("read-file")));
    }

    // It is listed with its name, and in chart and timeline.
    let list = visit.provider.client.get(&visit.path("files")).await.ok();
    let listed = list.entry("files", "file_id", sent["file_id"].as_str().unwrap());
    assert_eq!((&listed["name"], &listed["media_type"]), (&json!("März \"links\".jpg"), &json!("image/jpeg")));
    assert_eq!(
        (&listed["bytes"], &listed["attached_by"], &listed["removed"]),
        (&json!(300_000), &json!("patient"), &json!(false))
    );
    let at_least = format!("min_position={}", sent.position());
    let chart = visit.provider.client.get(&format!("/v1/patients/{}/chart?{at_least}", visit.patient.id)).await.ok();
    assert_eq!(chart["visits"][0]["files"][0]["file_id"], sent["file_id"]);
    assert!(!chart["visits"][0]["files"].to_string().contains("März"));
    let timeline = visit.provider.client.get(&visit.path(&format!("timeline?{at_least}"))).await.ok();
    let told = timeline.entry("entries", "event_type", "file-attached");
    assert_eq!((&told["payload"]["name"], &told["payload"]["bytes"]), (&json!("März \"links\".jpg"), &json!(300_000)));

    // Outside of an answer nothing of it stands in the clear.
    let log = json!(visit.clinic.log_from(0).await).to_string();
    let sha256: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(log.contains("file-attached") && !log.contains("links") && !log.contains(&sha256));
    let files = stored(visit.clinic.app.storage());
    assert_eq!(files.len(), 1);
    let path = files[0].to_string_lossy();
    assert!(
        path.ends_with(&format!("files/{}/{}/{}", visit.clinic.id, visit.id, sent["file_id"].as_str().unwrap())),
        "{path}"
    );
    let kept = std::fs::read(&files[0]).unwrap();
    assert!(!kept.windows(MARK.len()).any(|window| window == MARK));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_for_those_they_are_for() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let (clinic, small) = (visit.clinic.clone(), photograph(500, 2));
    let sent = visit.photo(&visit.patient.client, &small).await.written();
    let by_desk = visit.photo(&visit.desk, &small).await.written();
    let path = visit.file(&sent);

    // The front desk reads and lists what the front desk sent, and nothing else.
    visit.desk.get(&path).await.refused(403, "denied");
    assert_eq!(bytes_of(&visit.desk, &visit.file(&by_desk)).await.bytes().await.unwrap(), small);
    let listed = visit.desk.get(&visit.path("files")).await.ok();
    assert_eq!(listed.list("files").iter().map(|file| &file["file_id"]).collect::<Vec<_>>(), [&by_desk["file_id"]]);
    for who in [&visit.patient.client, &visit.provider.client, &clinic.compliance().await] {
        assert_eq!(who.get(&visit.path("files")).await.ok().list("files").len(), 2);
        assert_eq!(bytes_of(who, &path).await.bytes().await.unwrap(), small);
    }

    // Nobody else: not billing, not another patient, not another provider, not another clinic.
    let (stranger, colleague) = (clinic.patient().await, clinic.provider().await);
    let elsewhere = clinic.app.with_clinic().await.provider().await;
    for (who, status, code) in [
        (&visit.billing, 403, "denied"),
        (&stranger.client, 404, "not-found"),
        (&colleague.client, 403, "denied"),
        (&elsewhere.client, 403, "denied"),
    ] {
        who.get(&path).await.refused(status, code);
        who.get(&visit.path("files")).await.refused(status, code);
        visit.photo(who, &small).await.refused(status, code);
        who.post(&format!("{path}/remove"), json!({ "reason": "other" })).await.refused(status, code);
    }
    clinic.app.anybody().get(&path).await.refused(401, "token-missing");
    let compliance = clinic.compliance().await;
    visit.photo(&compliance, &small).await.refused(403, "denied");
    assert_eq!(stored(clinic.app.storage()).len(), 2);

    // Who sent a file removes it: it is gone for everybody, and that it was there is not.
    let remove = format!("{path}/remove");
    visit.desk.post(&remove, json!({ "reason": "other" })).await.refused(403, "file-of-others");
    let answer = visit.patient.client.post(&remove, json!({ "reason": "whatever" })).await.refused(422, "invalid-body");
    assert_eq!(answer["errors"][0]["field"], "reason");
    visit.patient.client.post(&remove, json!({ "reason": "wrong-file", "details": "My brother's" })).await.written();
    visit.patient.client.post(&remove, json!({ "reason": "wrong-file" })).await.refused(409, "wrong-state");
    visit.provider.client.get(&path).await.refused(410, "file-removed");
    let listed = visit.provider.client.get(&visit.path("files")).await.ok();
    let entry = listed.entry("files", "file_id", sent["file_id"].as_str().unwrap());
    assert_eq!((&entry["removed"], &entry["name"]), (&json!(true), &json!(null)));
    // Its name is shown to neither side any more; compliance sees it where what happened is told.
    clinic.app.read_models_caught_up().await;
    let told = async |who: &Client| {
        let timeline = who.get(&visit.path("timeline?limit=500")).await.ok();
        let attached = timeline.list("entries").iter().find(|entry| entry["payload"]["file_id"] == sent["file_id"]);
        attached.expect("it is told")["payload"]["name"].clone()
    };
    assert_eq!(told(&visit.patient.client).await, json!({ "withheld": true }));
    assert_eq!(told(&visit.provider.client).await, json!({ "withheld": true }));
    assert_eq!(told(&compliance).await, json!("rash.jpg"));
    let unknown = visit.path(&format!("files/{}", fresh_id()));
    visit.provider.client.get(&unknown).await.refused(404, "not-found");
    visit
        .provider
        .client
        .post(&format!("{unknown}/remove"), json!({ "reason": "other" }))
        .await
        .refused(404, "unknown-file");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_visit_does_not_take_is_refused_and_leaves_nothing() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let (patient, before) = (&visit.patient.client, visit.clinic.log_size().await);
    let send = async |name: &str, kind: &str, content: &[u8]| visit.send(patient, name, kind, content, &[]).await;

    // An executable called .pdf: the answer says what it is and what would be right.
    let refused =
        send("invoice.pdf", "application/pdf", b"MZ\x90\0\x03\0\0\0").await.refused(415, "file-type-not-allowed");
    assert!(refused.text.contains("a Windows program") && refused.text.contains("PDF, PNG, JPEG"), "{}", refused.text);
    send("run.txt", "text/plain", b"#!/bin/sh\n").await.refused(415, "file-type-not-allowed");
    send("page.txt", "text/plain", b"<html><script>").await.refused(415, "file-type-not-allowed");
    send("x.zip", "application/zip", b"PK\x03\x04").await.refused(415, "file-type-not-allowed");
    send("x.pdf", "application/pdf", &photograph(500, 0)).await.refused(415, "file-type-misdeclared");
    send("x.txt", "text/plain", "März".repeat(200).as_bytes().split_last().unwrap().1).await.ok();
    send("x.txt", "text/plain", &[b'a'; 400].iter().chain(b"\0").copied().collect::<Vec<_>>())
        .await
        .refused(415, "file-not-text");
    send("x.txt", "text/plain", b"").await.refused(422, "file-empty");
    let refused = send("x.exe", "image/jpeg", &photograph(500, 0)).await.refused(422, "file-name-unfit");
    assert_eq!(refused["errors"][0]["field"], "Content-Disposition");
    send("../x.jpg", "image/jpeg", &photograph(500, 0)).await.refused(422, "file-name-unfit");
    let unnamed = [("content-type", "image/jpeg")];
    patient.post_bytes(&visit.path("files"), photograph(500, 0), &unnamed).await.refused(400, "invalid-parameter");
    let wrong = format!("sha-256=:{}:", STANDARD.encode([7; 32]));
    let digest = [("content-digest", wrong.as_str())];
    visit.send(patient, "x.jpg", "image/jpeg", &photograph(500, 0), &digest).await.refused(400, "digest-mismatch");
    let stale = [("if-match", "\"7\"")];
    visit.send(patient, "x.jpg", "image/jpeg", &photograph(500, 0), &stale).await.refused(412, "stale-version");

    // One file was right. Of all the others nothing is left, neither in the log nor in the storage.
    assert_eq!(visit.show().await.sequence(), visit.scheduled.sequence() + 1);
    assert!(visit.clinic.log_size().await <= before + 3);
    assert_eq!(stored(visit.clinic.app.storage()).len(), 1);

    // Once it is called off nothing is taken any more.
    visit.cancel().await;
    visit.photo(patient, &photograph(500, 0)).await.refused(409, "wrong-state");
    assert_eq!(stored(visit.clinic.app.storage()).len(), 1);
}

/// Begins to send a file by hand, so that it can be told to be of any size.
async fn begin(visit: &Visit, more: &str) -> TcpStream {
    let app = &visit.clinic.app;
    let mut connection = TcpStream::connect(app.server.address()).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-type: image/jpeg\r\n\
         content-disposition: attachment; filename=\"x.jpg\"\r\n{more}\r\n\r\n",
        visit.path("files"),
        visit.patient.client.token()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection
}

/// The answer's beginning, however the connection ends.
async fn answer(connection: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(read @ 1..) = connection.read(&mut piece).await {
        answer.extend_from_slice(&piece[..read]);
        if answer.windows(9).any(|window| window == b"trace_id\"") {
            break;
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_megabytes_are_refused_before_they_are_sent_and_while_they_are() {
    let app = App::start_with(|config| config.max_file_bytes = 1_000_000).await;
    let visit = app.with_clinic().await.visit().await;
    let before = visit.clinic.log_size().await;

    // Announced: refused without a byte of it.
    let mut connection = begin(&visit, "content-length: 200000000").await;
    let refused = answer(&mut connection).await;
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
    assert!(refused.contains("file-too-large") && refused.contains("1000000 bytes"), "{refused}");

    // Not announced: refused once it is too much.
    let mut connection = begin(&visit, "transfer-encoding: chunked").await;
    let (piece, mut sent) = (photograph(100_000, 0), 0);
    while sent < 200_000_000 {
        let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), &piece, b"\r\n"].concat();
        if connection.write_all(&chunk).await.is_err() {
            break;
        }
        sent += piece.len();
        // Stops sending at the latest where the answer is there.
        let mut one = [0];
        let peeked = tokio::time::timeout(std::time::Duration::from_millis(1), connection.peek(&mut one)).await;
        if peeked.is_ok() {
            break;
        }
    }
    let refused = answer(&mut connection).await;
    assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 413"), "{refused}");
    assert!(sent < 100_000_000, "{sent} bytes were taken in");

    eventually("nothing is left of either", async || stored(app.storage()).is_empty()).await;
    assert_eq!(visit.clinic.log_size().await, before);
    visit.photo(&visit.patient.client, &photograph(1_000_000, 0)).await.written();
    visit.photo(&visit.patient.client, &photograph(1_000_001, 0)).await.refused(413, "file-too-large");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_leaves_nothing() {
    let app = App::start().await;
    let visit = app.with_clinic().await.visit().await;
    let before = visit.clinic.log_size().await;
    let mut connection = begin(&visit, "content-length: 500000").await;
    connection.write_all(&photograph(300_000, 0)).await.unwrap();
    eventually("it began to gather", async || stored(app.storage()).len() == 1).await;
    drop(connection);
    eventually("nothing is left of it", async || stored(app.storage()).is_empty()).await;
    assert_eq!(visit.clinic.log_size().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_again_is_no_second_file() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let key = [("idempotency-key", "photo-1")];
    let send =
        async |content: &[u8], name: &str| visit.send(&visit.patient.client, name, "image/jpeg", content, &key).await;
    let content = photograph(70_000, 3);
    let first = send(&content, "a.jpg").await.written();
    let again = send(&content, "a.jpg").await.written();
    assert_eq!((&again["repeated"], &again["file_id"]), (&json!(true), &first["file_id"]));
    assert_eq!(again.header("location"), first.header("location"));
    send(&photograph(70_000, 4), "a.jpg").await.refused(422, "command-reused");
    send(&content, "b.jpg").await.refused(422, "command-reused");
    assert_eq!(stored(visit.clinic.app.storage()).len(), 1);
    let read = bytes_of(&visit.provider.client, &visit.file(&first)).await;
    assert!(read.bytes().await.unwrap() == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_is_swept_up_and_what_an_event_names_is_not() {
    let app = App::start().await;
    let visit = app.with_clinic().await.visit().await;
    let sent = visit.photo(&visit.patient.client, &photograph(500, 0)).await.written();
    let of = |clinic, visit, file| app.storage().join(format!("files/{clinic}/{visit}/{file}"));
    let (orphan, foreign) = (of(visit.clinic.id, visit.id, fresh_id()), of(fresh_id(), fresh_id(), fresh_id()));
    for path in [&orphan, &foreign, &app.storage().join("spool/half")] {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"left").unwrap();
    }
    let (files, ledger) =
        (Files::new(&app.config(), Arc::new(System)).unwrap().unwrap(), app.foundation().await.ledger);
    assert_eq!(sweep(&files, &ledger, now()).await.unwrap(), 0, "what is younger than a day may be under way");
    assert_eq!(sweep(&files, &ledger, now() + TimeDelta::hours(25)).await.unwrap(), 2);
    assert!(!orphan.exists() && foreign.exists(), "another database's file is not ours to remove");
    assert!(bytes_of(&visit.provider.client, &visit.file(&sent)).await.status().is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_storage_no_files_are_kept() {
    let visit = App::start_with(|config| config.storage_directory = None).await.with_clinic().await.visit().await;
    visit.photo(&visit.patient.client, &photograph(500, 0)).await.refused(501, "files-not-set-up");
    assert!(visit.patient.client.get(&visit.path("files")).await.ok().list("files").is_empty());
}
