//! Ordinary visits in a log, many of them.

use daybook_domain::{Class, PatientId, Subject};
use daybook_ledger::append::{Append, CommandKey, Expected, StreamAppend};
use daybook_ledger::clock::System;
use daybook_ledger::{Clock, Draft, Ids, Ledger, Stream, Unsealed};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ledger::metadata;

/// Events of one visit.
pub const EVENTS: u64 = 11;

/// An ordinary visit, event by event.
fn story(patient: Uuid, provider: Uuid) -> [(&'static str, Value); EVENTS as usize] {
    let hash = "0".repeat(64);
    let (note, charge) = (Uuid::from_u128(1), Uuid::from_u128(2));
    [
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
        (
            "admitted",
            json!({ "provider_id": provider, "jurisdiction": "WI", "licence_number": "1", "on": "2026-11-24" }),
        ),
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
            json!({ "charge_id": charge, "code": { "$clear": "99213" }, "units": 1, "diagnoses": { "$clear": ["J02.9"] }, "modifiers": { "$clear": ["95"] }, "payer": { "$clear": "commercial" }, "place_of_service": { "$clear": "10" }, "date_of_service": "2026-11-24", "rules": { "$clear": [] }, "unchecked": [] }),
        ),
        ("billed", json!({ "charge_ids": [charge] })),
    ]
}

/// Writes these visits of these patients, each in a stream of its own, past the domain's rules.
pub async fn fill(
    ledger: &Ledger,
    clinic: Uuid,
    visits: std::ops::Range<u64>,
    patient: impl Fn(u64) -> Uuid,
    provider: Uuid,
) -> anyhow::Result<()> {
    let metadata = metadata();
    stream::iter(visits)
        .map(Ok::<_, anyhow::Error>)
        .try_for_each_concurrent(16, |visit| {
            let (metadata, patient) = (&metadata, patient(visit));
            async move {
                let stream = Stream::new("visit", System.internal());
                let subject = Some(Subject { patient: PatientId(patient), class: Class::General });
                let mut events = Vec::new();
                for (event_type, payload) in story(patient, provider) {
                    let event = Unsealed { event_id: System.internal(), event_type, event_version: "1.0", payload };
                    events.push(Draft::seal(event, clinic, &stream, subject, metadata, ledger.sealer()).await?);
                }
                let command = CommandKey { id: System.internal(), request_hash: [0; 32] };
                let streams = vec![StreamAppend { stream, expected: Expected::New, events }];
                ledger.append(Append { clinic, command, streams, guards: vec![] }).await?;
                Ok(())
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use daybook_domain::{Catalogue, visit};

    use super::*;

    /// Otherwise read models stop at it, and what is measured is standing still.
    #[test]
    fn the_domain_reads_every_event_of_a_visit() {
        for (event_type, payload) in story(Uuid::from_u128(3), Uuid::from_u128(4)) {
            visit::Event::decode(event_type, "1.0", &serde_json::to_vec(&payload).unwrap()).unwrap();
        }
    }
}
