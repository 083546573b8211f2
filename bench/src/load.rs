//! Loading a long visit for a command: its whole stream read, decoded and folded, as every command on it does.

use anyhow::ensure;
use daybook_domain::visit::{Event, Modality, Participant, ParticipantJoined, ParticipantLeft, Scheduled};
use daybook_domain::visit::{LeaveReason, Visit};
use daybook_domain::{Catalogue, Class, PatientId, Subject};
use daybook_ledger::append::{Append, CommandKey, Expected, StreamAppend};
use daybook_ledger::clock::System;
use daybook_ledger::{Clock, Draft, Ids, Ledger, Loaded, Stream, Unsealed, aggregate};
use uuid::Uuid;

use crate::ledger::{daybook, metadata};
use crate::measure::{Until, closed_loop};
use crate::report::Row;

const CLINIC: Uuid = Uuid::from_u128(1);
const VISIT: Uuid = Uuid::from_u128(2);
const LOADS: u64 = 400;
/// What one append carries while the visit is made.
const AT_ONCE: usize = 250;

/// Makes a visit of `events` events and loads it again and again, as one caller and as eight at once.
pub async fn run(cluster: &str, events: u64) -> anyhow::Result<Vec<Row>> {
    let (ledger, _) = daybook::fresh(cluster).await?;
    fill(&ledger, &story(events)?).await?;
    let mut rows = Vec::new();
    for callers in [1, 8] {
        let shared = ledger.clone();
        let run = closed_loop(callers, Until::Rounds(LOADS), move |_, _| {
            let ledger = shared.clone();
            async move {
                let visit: Loaded<Visit> = aggregate::load(&ledger, CLINIC, VISIT).await?;
                ensure!(visit.sequence() == events, "loaded {} events", visit.sequence());
                Ok(())
            }
        })
        .await?;
        let (system, workload) = ("daybook".into(), format!("load {events}"));
        let (ops_per_s, p50_ms, p99_ms) = (run.ops_per_s, run.p50_ms, run.p99_ms);
        rows.push(Row { system, workload, callers, ops_per_s, p50_ms, p99_ms, mib: None });
    }
    Ok(rows)
}

/// A visit on a bad line: the patient connects and drops, again and again, each time as a connection of its own.
fn story(events: u64) -> anyhow::Result<Vec<Event>> {
    let now = System.now();
    let mut story = vec![Event::from(Scheduled {
        patient_id: PatientId(Uuid::from_u128(3)),
        provider_id: Uuid::from_u128(4).into(),
        starts_at: now,
        duration_minutes: 20,
        modality: Modality::Video,
        reason: None,
    })];
    let (participant, participant_id) = (Participant::Patient, None);
    for number in 1..events {
        let connection = format!("connection-{}", number.div_ceil(2)).try_into()?;
        story.push(match number % 2 {
            1 => ParticipantJoined { participant, participant_id, connection, observed_at: now }.into(),
            _ => {
                let reason = LeaveReason::Dropped;
                ParticipantLeft { participant, participant_id, connection, reason, observed_at: now }.into()
            }
        });
    }
    Ok(story)
}

async fn fill(ledger: &Ledger, story: &[Event]) -> anyhow::Result<()> {
    let (stream, metadata) = (Stream::new("visit", VISIT), metadata());
    let subject = Subject { patient: PatientId(Uuid::from_u128(3)), class: Class::General };
    for events in story.chunks(AT_ONCE) {
        let mut drafts = Vec::with_capacity(events.len());
        for event in events {
            let event = Unsealed {
                event_id: System.internal(),
                event_type: event.event_type(),
                event_version: event.event_version(),
                payload: event.payload(),
            };
            drafts.push(Draft::seal(event, CLINIC, &stream, Some(subject), &metadata, ledger.sealer()).await?);
        }
        let command = CommandKey { id: System.internal(), request_hash: [0; 32] };
        let streams = vec![StreamAppend { stream: stream.clone(), expected: Expected::Any, events: drafts }];
        ledger.append(Append { clinic: CLINIC, command, streams, guards: vec![] }).await?;
    }
    Ok(())
}
