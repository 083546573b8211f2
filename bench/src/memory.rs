//! Memory of a server whose clinic's log grows from ten thousand events to a million under it: it folds all of them into
//! its read models, and answers the same requests at both sizes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use daybook_domain::{Class, PatientId, Subject};
use daybook_ledger::append::{Append, CommandKey, Expected, StreamAppend};
use daybook_ledger::clock::System;
use daybook_ledger::{Clock, Draft, Ids, Ledger, Stream, Unsealed};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ledger::{daybook, metadata};
use crate::measure::{Until, closed_loop};
use crate::report::Row;
use crate::rest::clinic::Clinic;
use crate::rest::server::{self, Server};

/// Visits set up over REST before each look, four requests each.
const REQUESTED: u64 = 500;
const CALLERS: usize = 16;

/// Grows the log to each of these sizes in turn and looks at the server then.
pub async fn run(cluster: &str, sizes: &[u64]) -> anyhow::Result<Vec<Row>> {
    let database = server::database(cluster).await?;
    let server = Server::start(&database, "memory").await?;
    let clinic = Arc::new(Clinic::open(&server).await?);
    let ledger = daybook::over(&database, "memory.bench.localhost").await?;
    let (mut rows, mut visits) = (Vec::new(), 0);
    for size in sizes {
        let wanted = size / story(&clinic).len() as u64;
        fill(&ledger, &clinic, visits..wanted).await?;
        visits = wanted;
        folded(&ledger, &clinic).await?;
        let requesting = clinic.clone();
        let run = closed_loop(CALLERS, Until::Rounds(REQUESTED / CALLERS as u64), move |_, _| {
            let clinic = requesting.clone();
            async move { clinic.visit_ready_to_check_in().await.map(drop) }
        })
        .await?;
        let mib = server.resident_mib()?;
        eprintln!("{size} events: {mib:.0} MiB");
        rows.push(Row {
            system: "daybook".into(),
            workload: format!("{size} events"),
            callers: CALLERS,
            ops_per_s: run.ops_per_s,
            p50_ms: run.p50_ms,
            p99_ms: run.p99_ms,
            mib: Some(mib),
        });
    }
    Ok(rows)
}

/// An ordinary visit, event by event.
fn story(clinic: &Clinic) -> Vec<(&'static str, Value)> {
    let (patient, provider) = (clinic.patient(), clinic.provider());
    let hash = "0".repeat(64);
    let (note, charge) = (Uuid::from_u128(1), Uuid::from_u128(2));
    vec![
        (
            "scheduled",
            json!({ "patient_id": patient, "provider_id": provider, "starts_at": System.now(), "duration_minutes": 20, "modality": "video", "reason": { "$clear": "Sore throat since Sunday" } }),
        ),
        ("arrived", json!({ "returning": false })),
        (
            "identity-verified",
            json!({ "method": "spoken", "identifiers": ["name", "birth-date"], "verified_by": "front-desk" }),
        ),
        (
            "location-attested",
            json!({ "jurisdiction": "WI", "address": { "$clear": "1 Bench Street, Madison" }, "attested_by": "patient" }),
        ),
        ("checked-in", json!({})),
        ("admitted", json!({ "provider_id": provider, "jurisdiction": "WI", "licence_number": "1" })),
        (
            "note-drafted",
            json!({ "note_id": note, "revision": 1, "template_version": "soap/1", "sections": ["plan"], "body": { "$clear": { "plan": "Rest and fluids." } }, "salt": { "$clear": "00" }, "content_sha256": hash, "author_id": provider }),
        ),
        (
            "note-signed",
            json!({ "note_id": note, "signer_id": provider, "content_sha256": hash, "template_version": "soap/1", "consents": [], "signed_sha256": hash, "rendered_at_position": 1 }),
        ),
        ("ended", json!({ "outcome": "completed", "ended_at": "2026-11-24T15:30:00Z" })),
        (
            "charge-captured",
            json!({ "charge_id": charge, "code": { "$clear": "99213" }, "units": 1, "diagnoses": { "$clear": ["J02.9"] } }),
        ),
        ("billed", json!({ "charge_ids": [charge] })),
    ]
}

async fn fill(ledger: &Ledger, clinic: &Clinic, visits: std::ops::Range<u64>) -> anyhow::Result<()> {
    let metadata = metadata();
    let patient = PatientId(clinic.patient().as_str().context("a patient's id")?.parse()?);
    let subject = Some(Subject { patient, class: Class::General });
    stream::iter(visits)
        .map(Ok::<_, anyhow::Error>)
        .try_for_each_concurrent(16, |_| {
            let metadata = &metadata;
            async move {
                let (clinic_id, stream) = (Clinic::ID, Stream::new("visit", System.internal()));
                let mut events = Vec::new();
                for (event_type, payload) in story(clinic) {
                    let event = Unsealed { event_id: System.internal(), event_type, event_version: "1.0", payload };
                    events.push(Draft::seal(event, clinic_id, &stream, subject, metadata, ledger.sealer()).await?);
                }
                let command = CommandKey { id: System.internal(), request_hash: [0; 32] };
                let streams = vec![StreamAppend { stream, expected: Expected::New, events }];
                ledger.append(Append { clinic: clinic_id, command, streams, guards: vec![] }).await?;
                Ok(())
            }
        })
        .await
}

/// Waits until the server's read models know all of the log.
async fn folded(ledger: &Ledger, clinic: &Clinic) -> anyhow::Result<()> {
    let newest = ledger.head(Clinic::ID).await?.context("a log")?.size - 1;
    let begin = Instant::now();
    while !clinic.knows(newest).await? {
        anyhow::ensure!(begin.elapsed() < Duration::from_secs(900), "the read models do not catch up");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}
