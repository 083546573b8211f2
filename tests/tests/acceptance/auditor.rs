//! An auditor who trusts nothing of Daybook's: the formats are written anew here from their description alone, and every
//! hash, link, leaf, root and signature of a log is computed again from the stored bytes and the public endpoints.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use futures::future::join_all;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::Row;
use uuid::Uuid;

use crate::support::{App, Client, Clinic, visit_request};

type Hash = [u8; 32];

fn sha256(parts: &[&[u8]]) -> Hash {
    parts.iter().fold(Sha256::new(), |hasher, part| hasher.chain_update(part)).finalize().into()
}

/// A label: `daybook/…/v1`, LF, NUL.
fn label(name: &str) -> Vec<u8> {
    [b"daybook/", name.as_bytes(), b"/v1\n\0"].concat()
}

/// A length byte and the text.
fn short(text: &str) -> Vec<u8> {
    [&[text.len() as u8], text.as_bytes()].concat()
}

/// A row of the log.
#[derive(Clone)]
struct Event {
    clinic: Uuid,
    stream_type: String,
    stream: Uuid,
    sequence: u64,
    id: Uuid,
    kind: String,
    version: String,
    recorded_at: i64,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
    metadata: Vec<u8>,
    payload: Vec<u8>,
    /// SHA-256 of the label `sealed` and the sealed bytes.
    sealed_hash: Vec<u8>,
}

impl Event {
    fn stream_tag(&self) -> Hash {
        sha256(&[&label("stream"), self.clinic.as_bytes(), &short(&self.stream_type), self.stream.as_bytes()])
    }

    fn computed_hash(&self) -> Hash {
        sha256(&[
            &label("event"),
            self.clinic.as_bytes(),
            &short(&self.stream_type),
            self.stream.as_bytes(),
            &self.sequence.to_be_bytes(),
            self.id.as_bytes(),
            &self.prev_hash,
            &self.recorded_at.to_be_bytes(),
            &short(&self.kind),
            &short(&self.version),
            &sha256(&[&label("metadata"), &self.metadata]),
            &sha256(&[&label("payload"), &self.payload]),
            &self.sealed_hash,
        ])
    }

    fn entry(&self) -> Vec<u8> {
        [&[1][..], &self.stream_tag(), &self.sequence.to_be_bytes(), &self.hash].concat()
    }

    fn leaf(&self) -> Hash {
        sha256(&[&[0], &self.entry()])
    }
}

fn node(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// RFC 6962, section 2.1.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node(&root(left), &root(right))
        }
    }
}

/// A log's public key, from its vkey.
struct Key {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl Key {
    fn parse(vkey: &str) -> Self {
        let mut parts = vkey.splitn(3, '+');
        let (name, id, key) =
            (parts.next().unwrap(), parts.next().unwrap(), STANDARD.decode(parts.next().unwrap()).unwrap());
        let computed = sha256(&[name.as_bytes(), b"\n", &key]);
        assert_eq!(id, hex(&computed[..4]), "the key's id is not the key's");
        assert_eq!(key[0], 1, "not an Ed25519 key");
        let key = VerifyingKey::from_bytes(&key[1..].try_into().unwrap()).unwrap();
        Self { name: name.into(), id: computed[..4].try_into().unwrap(), key }
    }

    fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
        self.key.verify(text.as_bytes(), &Signature::from_slice(signature).unwrap()).is_ok()
    }

    /// Size and root of a checkpoint note, if this key signed it.
    fn open(&self, note: &str) -> Option<(u64, Hash)> {
        let (text, signatures) = note.rsplit_once("\n\n")?;
        let text = format!("{text}\n");
        let signature = signatures.lines().find_map(|line| line.strip_prefix(&format!("\u{2014} {} ", self.name)))?;
        let bytes = STANDARD.decode(signature).ok()?;
        let (id, signature) = bytes.split_at(4);
        let lines: Vec<&str> = text.lines().collect();
        let right = id == self.id && lines.len() == 3 && lines[0] == self.name && self.has_signed(&text, signature);
        right.then(|| (lines[1].parse().unwrap(), STANDARD.decode(lines[2]).unwrap().try_into().unwrap()))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// Every event of a clinic as it is stored, in order.
async fn stored(clinic: &Clinic) -> Vec<Event> {
    let rows = sqlx::query("SELECT * FROM ledger.events WHERE clinic_id = $1 ORDER BY position").bind(clinic.id);
    let rows = rows.fetch_all(&clinic.app.owner).await.unwrap();
    let read = |(index, row): (usize, &sqlx::postgres::PgRow)| {
        assert_eq!(row.get::<i64, _>("position"), index as i64, "positions have a gap");
        Event {
            clinic: row.get("clinic_id"),
            stream_type: row.get("stream_type"),
            stream: row.get("stream_id"),
            sequence: row.get::<i64, _>("sequence") as u64,
            id: row.get("event_id"),
            kind: row.get("event_type"),
            version: row.get("event_version"),
            recorded_at: row.get::<DateTime<Utc>, _>("recorded_at").timestamp_micros(),
            prev_hash: row.get("prev_hash"),
            hash: row.get("hash"),
            metadata: row.get("metadata"),
            payload: row.get("payload"),
            sealed_hash: sha256(&[&label("sealed"), &row.get::<Vec<u8>, _>("sealed")]).to_vec(),
        }
    };
    rows.iter().enumerate().map(read).collect()
}

/// The same as an auditor gets it over HTTP: the sealed bytes are not there, their hash is.
async fn served(clinic: &Clinic) -> Vec<Event> {
    let text = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
    let read = |event: &Value| Event {
        clinic: clinic.id,
        stream_type: text(event, "stream_type"),
        stream: text(event, "stream_id").parse().unwrap(),
        sequence: event["sequence"].as_u64().unwrap(),
        id: text(event, "event_id").parse().unwrap(),
        kind: text(event, "event_type"),
        version: text(event, "event_version"),
        recorded_at: text(event, "recorded_at").parse::<DateTime<Utc>>().unwrap().timestamp_micros(),
        prev_hash: unhex(&text(event, "prev_hash")),
        hash: unhex(&text(event, "hash")),
        metadata: text(event, "metadata").into_bytes(),
        payload: text(event, "payload").into_bytes(),
        sealed_hash: unhex(&text(event, "sealed_hash")),
    };
    clinic.log_from(0).await.iter().map(read).collect()
}

/// What is wrong with a log, if anything is.
fn fault(events: &[Event], key: &Key, checkpoint: &str) -> Option<String> {
    let mut heads: BTreeMap<(String, Uuid), (u64, Vec<u8>)> = BTreeMap::new();
    let mut time = i64::MIN;
    for (position, event) in events.iter().enumerate() {
        if event.computed_hash()[..] != event.hash {
            return Some(format!("the hash of {position}"));
        }
        let place = (event.stream_type.clone(), event.stream);
        let (sequence, link) = heads.remove(&place).unwrap_or((0, event.stream_tag().to_vec()));
        if event.sequence != sequence + 1 || event.prev_hash != link {
            return Some(format!("the link of {position}"));
        }
        if event.recorded_at < time {
            return Some(format!("the time of {position}"));
        }
        time = event.recorded_at;
        heads.insert(place, (event.sequence, event.hash.clone()));
    }
    let leaves: Vec<Hash> = events.iter().map(Event::leaf).collect();
    match key.open(checkpoint) {
        None => Some("the signature".into()),
        Some((size, _)) if size != leaves.len() as u64 => Some("the size".into()),
        Some((_, signed)) if signed != root(&leaves) => Some("the root".into()),
        Some(_) => None,
    }
}

/// A clinic whose log fills one tile and begins another.
async fn long_log() -> (Clinic, crate::support::Visit) {
    let clinic = App::start().await.with_clinic().await;
    let visit = clinic.visit().await;
    visit.wait().await;
    visit.care().await;
    for _ in 0..3 {
        let request = || visit_request(visit.patient.id, visit.provider.id, visit.starts_at);
        for answer in join_all((0..45).map(|_| visit.desk.post("/v1/visits", request()))).await {
            answer.written();
        }
    }
    (clinic, visit)
}

async fn public(clinic: &Clinic, what: &str) -> String {
    clinic.app.anybody().get(&format!("/v1/clinics/{}/log/{what}", clinic.id)).await.ok().text
}

async fn tile(who: &Client, clinic: &Clinic, path: &str) -> Result<Vec<u8>, u16> {
    let path = format!("/v1/clinics/{}/log/tile/{path}", clinic.id);
    let response = who.request(reqwest::Method::GET, &path).send().await.unwrap();
    match response.status().as_u16() {
        200 => Ok(response.bytes().await.unwrap().to_vec()),
        status => Err(status),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_computes_every_hash_link_and_root_again_and_finds_them_signed() {
    let (clinic, visit) = long_log().await;
    let billed = visit.show().await;
    let key = Key::parse(public(&clinic, "key").await.trim_end());
    assert_eq!(key.name, format!("daybook.localhost/clinics/{}", clinic.id));
    let (note, events) = (public(&clinic, "checkpoint").await, stored(&clinic).await);
    assert!(events.len() >= 280);
    assert_eq!(fault(&events, &key, &note), None);

    // The hash a writer was given is the one in the log.
    assert_eq!(hex(&events[billed.position() as usize].hash), billed["hash"].as_str().unwrap());
    let scheduled = &visit.scheduled;
    assert_eq!(hex(&events[scheduled.position() as usize].hash), scheduled["hash"].as_str().unwrap());

    // Without the database, from what an auditor's token shows, the verdict is the same.
    let served = served(&clinic).await;
    assert_eq!(served.len(), events.len());
    assert_eq!(fault(&served, &key, &note), None);
    assert!(events.iter().zip(&served).all(|(one, other)| one.entry() == other.entry()));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_head_there_ever_was_is_signed_and_each_grew_from_the_one_before() {
    let (clinic, _) = long_log().await;
    let key = Key::parse(public(&clinic, "key").await.trim_end());
    let leaves: Vec<Hash> = stored(&clinic).await.iter().map(Event::leaf).collect();
    let heads =
        sqlx::query("SELECT * FROM ledger.checkpoints WHERE clinic_id = $1 ORDER BY size_before").bind(clinic.id);
    let mut size = 0;
    for head in heads.fetch_all(&clinic.app.owner).await.unwrap() {
        assert_eq!(head.get::<i64, _>("size_before"), size);
        size = head.get("size");
        let computed = root(&leaves[..size as usize]);
        assert_eq!(head.get::<Vec<u8>, _>("root"), computed);
        let text = format!("{}\n{size}\n{}\n", key.name, STANDARD.encode(computed));
        assert!(key.has_signed(&text, &head.get::<Vec<u8>, _>("signature")), "the head of size {size}");
    }
    assert_eq!(size as usize, leaves.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_hold_the_leaves_the_nodes_above_them_and_the_entries() {
    let (clinic, _) = long_log().await;
    let anybody = clinic.app.anybody();
    let events = stored(&clinic).await;
    let leaves: Vec<Hash> = events.iter().map(Event::leaf).collect();
    let (full, rest) = leaves.split_at(256);
    let width = rest.len();
    assert!((1..256).contains(&width));
    assert_eq!(tile(&anybody, &clinic, "0/000").await.unwrap(), full.concat());
    assert_eq!(tile(&anybody, &clinic, &format!("0/001.p/{width}")).await.unwrap(), rest.concat());
    assert_eq!(tile(&anybody, &clinic, "1/000.p/1").await.unwrap(), root(full));

    // From the tiles alone the signed root follows.
    let (_, signed) =
        Key::parse(public(&clinic, "key").await.trim_end()).open(&public(&clinic, "checkpoint").await).unwrap();
    assert_eq!(node(&root(full), &root(rest)), signed);

    let bundle = |events: &[Event]| -> Vec<u8> {
        events.iter().flat_map(|event| [&73u16.to_be_bytes()[..], &event.entry()].concat()).collect()
    };
    let auditor = clinic.auditor().await;
    assert_eq!(tile(&auditor, &clinic, "entries/000").await.unwrap(), bundle(&events[..256]));
    assert_eq!(tile(&auditor, &clinic, &format!("entries/001.p/{width}")).await.unwrap(), bundle(&events[256..]));
    assert_eq!(tile(&anybody, &clinic, "entries/000").await, Err(401), "entries are not public");

    // What is not there, or not named in the one right way, is not served.
    for missing in ["0/001", "0/002.p/1", "1/000", "1/000.p/2", "2/000.p/1", &format!("0/001.p/{}", width + 1)] {
        assert_eq!(tile(&anybody, &clinic, missing).await, Err(404), "{missing}");
    }
    for malformed in ["0/0", "0/1", "0/x001", "0/000.p/0", "0/000.p/256", "64/000", "a/000", "0/001.p/", "0", ""] {
        assert_eq!(tile(&anybody, &clinic, malformed).await, Err(400), "{malformed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_clinics_log_has_another_key_and_one_that_is_unknown_has_none() {
    let app = App::start().await;
    let (one, other) = (app.with_clinic().await, app.with_clinic().await);
    let note = public(&one, "checkpoint").await;
    assert!(Key::parse(public(&one, "key").await.trim_end()).open(&note).is_some());
    assert!(Key::parse(public(&other, "key").await.trim_end()).open(&note).is_none());
    for what in ["key", "checkpoint", "tile/0/000"] {
        app.anybody()
            .get(&format!("/v1/clinics/{}/log/{what}", crate::support::fresh_id()))
            .await
            .refused(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_auditor_notices_whatever_is_changed() {
    let clinic = App::start().await.with_clinic().await;
    clinic.visit().await.wait().await;
    let key = Key::parse(public(&clinic, "key").await.trim_end());
    let (note, events) = (public(&clinic, "checkpoint").await, stored(&clinic).await);
    assert_eq!(fault(&events, &key, &note), None);
    let changed = |change: fn(&mut Vec<Event>)| {
        let mut events = events.clone();
        change(&mut events);
        fault(&events, &key, &note)
    };
    assert_eq!(changed(|events| events[3].payload[2] ^= 1).unwrap(), "the hash of 3");
    assert_eq!(changed(|events| events[3].metadata[2] ^= 1).unwrap(), "the hash of 3");
    assert_eq!(changed(|events| events[3].sealed_hash[2] ^= 1).unwrap(), "the hash of 3");
    assert_eq!(changed(|events| events[3].recorded_at += 1).unwrap(), "the hash of 3");
    assert!(changed(|events| drop(events.remove(5))).is_some());
    assert_eq!(changed(|events| drop(events.pop())).unwrap(), "the size");
    assert!(changed(|events| events.swap(4, 5)).is_some());
    let rewritten = changed(|events| {
        let last = events.last_mut().unwrap();
        last.payload = b"{}".to_vec();
        last.metadata = b"{}".to_vec();
        last.hash = last.computed_hash().to_vec();
    });
    assert_eq!(rewritten.unwrap(), "the root");
    let forged = note.replacen('\n', "\n1", 1);
    assert_eq!(fault(&events, &key, &forged).unwrap(), "the signature");
}

#[test]
fn the_auditors_own_code_agrees_with_the_published_vectors() {
    let id = |byte: u8| Uuid::from_bytes([byte; 16]);
    let event = |stream: u8, sequence, event, kind: &str, later: i64, payload: &str, prev_hash: &str| {
        let mut event = Event {
            clinic: id(0x11),
            stream_type: if stream == 0x22 { "visit" } else { "access" }.into(),
            stream: id(stream),
            sequence,
            id: id(event),
            kind: kind.into(),
            version: "1.0".into(),
            recorded_at: 1_793_000_000_123_456 + later,
            prev_hash: unhex(prev_hash),
            hash: Vec::new(),
            metadata: br#"{"actor":"front-desk-7","reason":"scheduling"}"#.to_vec(),
            payload: payload.into(),
            sealed_hash: sha256(&[&label("sealed")]).to_vec(),
        };
        event.hash = event.computed_hash().to_vec();
        event
    };
    let first = "74469e28c8a77252cedeb83918186b90b693bf969c91b3bef1416cdc605a7fee";
    let second = event(0x22, 2, 0x42, "checked-in", 1_000, r#"{"location":"WI"}"#, first);
    assert_eq!(hex(&second.stream_tag()), "f716b396fdaf36953539c8fa4145fa3bf44dba573a0ad9204d5e2524173ec290");
    assert_eq!(hex(&second.hash), "3b17c02360d8dd08aa4933655e0108de2bdc565ff3dfa118d6a15e8bca7387b4");
    let access = "57acc6a39e0f240bf2325392e81a1546ac0cfc9fe566e10dcf6f20d4f5eaf882";
    let third = event(0x33, 1, 0x43, "phi-read", 2_000, r#"{"resource":"chart"}"#, access);
    assert_eq!(hex(&third.stream_tag()), access);
    assert_eq!(hex(&third.hash), "6e9cdae3d71627be2fb3a893a69ca249905222884018c876c3957a15359d437f");
    let leaf: Hash = unhex("d97325c18a35653b71946bc6e8fe102047a1a0f06eb360bd940812151a084d4d").try_into().unwrap();
    let expected = "d7268483151830dc0a37be69fbad408256b12354d59fd7e901360fc99c2cc2c5";
    assert_eq!(hex(&root(&[leaf, second.leaf(), third.leaf()])), expected);

    let key = Key::parse("daybook.example/clinics/demo+582eaded+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4");
    let note = "daybook.example/clinics/demo\n5\nGFwSVzlOix3QR8GJpQ+1mOMiHEszrnPzfY3iziLATnw=\n\n\u{2014} daybook.example/clinics/demo \
                WC6t7ctSEo/r6bWmTai0Jqa2iCDCj+R3GBqKwmUnxG6J6p7lSa1HOQ3OtIoRU5TI0FShvKmqSimAyE6eQ8CBXylwOwU=\n";
    let (size, root) = key.open(note).expect("the vector's signature");
    assert_eq!((size, hex(&root).as_str()), (5, "185c1257394e8b1dd047c189a50fb598e3221c4b33ae73f37d8de2ce22c04e7c"));
}
