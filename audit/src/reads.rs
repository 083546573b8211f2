//! The facts of the door out of the log itself, without a read model: for whoever has only the log, such as a restored copy.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use daybook_domain::access_events::{ExportMade, PATIENT_STREAM, SESSION_STREAM};
use daybook_domain::{
    AccessEvent, Catalogue, Concerns, GlassId, Patient, PatientId, Provider, Safekeeping, Visit, VisitId, patient,
    provider, safekeeping, visit,
};
use daybook_ledger::{Ledger, Recorded, Stream};
use daybook_projections::{Glass, Glasses, Reading, Readings, Whose};
use uuid::Uuid;

use crate::reports::is_export;

/// Events read at once.
const PAGE: u64 = 2_000;

/// Why the facts could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadsError {
    #[error("the database does not answer: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the fact at position {position} cannot be read: {error}")]
    Decode {
        position: u64,
        #[source]
        error: daybook_domain::DecodeError,
    },
    #[error("there is no event at position {0}, though the log goes on behind it")]
    Missing(u64),
}

/// Every fact recorded from one time to another (not including it), as of the log's end when this began. `told` hears how far
/// it has come, of how much.
pub async fn between(
    ledger: &Ledger,
    clinic: Uuid,
    whose: Whose<'_>,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    told: impl Fn(u64, u64),
) -> Result<Readings, ReadsError> {
    let size = ledger.head(clinic).await?.map_or(0, |head| head.size);
    let (first, end) = (first_since(ledger, clinic, from, size).await?, first_since(ledger, clinic, to, size).await?);
    let (mut readings, mut next) = (Vec::new(), first);
    while next < end {
        let page = ledger.read_log(clinic, next, PAGE.min(end - next)).await?;
        next = page.last().ok_or(ReadsError::Missing(next))?.position + 1;
        for event in page.iter().filter(|event| [PATIENT_STREAM, SESSION_STREAM].contains(&&*event.stream.kind)) {
            readings.extend(reading(event, whose)?);
        }
        told(next - first, end.saturating_sub(first));
    }
    Ok(Readings { position: size.saturating_sub(1), readings, more_after: None })
}

/// Every time the glass was broken from one time to another (not including it), with reviews up to the log's end, and the
/// facts of the door from that time on.
pub async fn glasses(
    ledger: &Ledger,
    clinic: Uuid,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    told: impl Fn(u64, u64),
) -> Result<(Glasses, Vec<Reading>), ReadsError> {
    let size = ledger.head(clinic).await?.map_or(0, |head| head.size);
    let first = first_since(ledger, clinic, from, size).await?;
    let (mut known, mut readings, mut next) = (BTreeMap::<GlassId, Glass>::new(), Vec::new(), first);
    while next < size {
        let page = ledger.read_log(clinic, next, PAGE.min(size - next)).await?;
        next = page.last().ok_or(ReadsError::Missing(next))?.position + 1;
        for event in &page {
            match &*event.stream.kind {
                PATIENT_STREAM | SESSION_STREAM => readings.extend(reading(event, Whose::Everybody)?),
                Patient::STREAM_TYPE => {
                    let fact: patient::Event = decode(event)?;
                    let glass = Glass::after(|id| known.get(&id).cloned(), event, &fact);
                    known.extend(glass.filter(|glass| glass.broken_at < to).map(|glass| (glass.glass_id, glass)));
                }
                _ => {}
            }
        }
        told(next - first, size - first);
    }
    let mut glasses: Vec<_> = known.into_values().collect();
    glasses.sort_by_key(|glass| glass.position);
    Ok((Glasses { position: size.saturating_sub(1), glasses, more_after: None }, readings))
}

/// Every visit of a patient, with what happened in it.
pub async fn visits_of(
    ledger: &Ledger,
    clinic: Uuid,
    patient: PatientId,
    told: impl Fn(u64, u64),
) -> Result<Vec<(VisitId, Vec<(Recorded, visit::Event)>)>, ReadsError> {
    let size = ledger.head(clinic).await?.map_or(0, |head| head.size);
    let (mut visits, mut next) = (Vec::new(), 0);
    while next < size {
        let page = ledger.read_log(clinic, next, PAGE.min(size - next)).await?;
        next = page.last().ok_or(ReadsError::Missing(next))?.position + 1;
        for begun in page.iter().filter(|event| &*event.stream.kind == Visit::STREAM_TYPE && event.sequence == 1) {
            let is_theirs = match decode(begun)? {
                visit::Event::Scheduled(scheduled) => scheduled.patient_id == patient,
                visit::Event::Requested(requested) => requested.patient_id == patient,
                _ => false,
            };
            if is_theirs {
                let mut acts = Vec::new();
                for act in ledger.read_stream(clinic, &begun.stream, 0).await? {
                    let event = decode(&act)?;
                    acts.push((act, event));
                }
                visits.push((VisitId(begun.stream.id), acts));
            }
        }
        told(next, size);
    }
    Ok(visits)
}

/// The clinic's backups and their drills, as its log's safekeeping tells them.
pub async fn safekeeping(ledger: &Ledger, clinic: Uuid) -> Result<Vec<(Recorded, safekeeping::Event)>, ReadsError> {
    let recorded = ledger.read_stream(clinic, &Stream::new(Safekeeping::STREAM_TYPE, clinic), 0).await?;
    recorded
        .into_iter()
        .map(|event| Ok((decode(&event)?, event)))
        .map(|kept| kept.map(|(fact, event)| (event, fact)))
        .collect()
}

/// What is said of each export among these facts, by the position of the read that let it out: it stands behind that. An export
/// older than what is said of exports has none.
pub async fn exports(
    ledger: &Ledger,
    clinic: Uuid,
    readings: &[Reading],
) -> Result<BTreeMap<u64, ExportMade>, ReadsError> {
    let behind: Vec<_> =
        readings.iter().filter(|reading| is_export(reading)).map(|reading| reading.position + 1).collect();
    let mut exports = BTreeMap::new();
    for behind in behind.chunks(PAGE as usize) {
        let told = ledger.read_positions(clinic, behind).await?;
        for event in told.iter().filter(|event| event.event_type == "export-made") {
            if let AccessEvent::ExportMade(made) = decode(event)? {
                exports.insert(event.position - 1, made);
            }
        }
    }
    Ok(exports)
}

/// The names of the clinic's providers.
pub async fn providers(ledger: &Ledger, clinic: Uuid) -> Result<Vec<(Uuid, String)>, ReadsError> {
    let size = ledger.head(clinic).await?.map_or(0, |head| head.size);
    let (mut providers, mut next) = (Vec::new(), 0);
    while next < size {
        let page = ledger.read_log(clinic, next, PAGE.min(size - next)).await?;
        next = page.last().ok_or(ReadsError::Missing(next))?.position + 1;
        for event in page.iter().filter(|event| &*event.stream.kind == Provider::STREAM_TYPE) {
            if let provider::Event::ProviderRegistered(registered) = decode(event)? {
                providers.push((event.stream.id, registered.name.as_str().to_owned()));
            }
        }
    }
    Ok(providers)
}

fn decode<E: Catalogue>(event: &Recorded) -> Result<E, ReadsError> {
    event.decode().map_err(|error| ReadsError::Decode { position: event.position, error })
}

fn reading(event: &Recorded, whose: Whose<'_>) -> Result<Option<Reading>, ReadsError> {
    let fact: AccessEvent = decode(event)?;
    let Some(reading) = Reading::of(event, &fact) else { return Ok(None) };
    Ok(match whose {
        Whose::Everybody => Some(reading),
        Whose::Reader(subject) => (reading.reader == subject).then_some(reading),
        Whose::Patient(patient) if reading.patients.contains(&patient) => {
            Some(Reading { patients: [patient].into(), ..reading })
        }
        Whose::Patient(_) => None,
        Whose::Session(session) => (reading.session == Some(session)).then_some(reading),
    })
}

/// Time never runs backwards in a log, so the first event of a time is found by halving.
async fn first_since(ledger: &Ledger, clinic: Uuid, at: DateTime<Utc>, size: u64) -> Result<u64, ReadsError> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        let event = ledger.read_positions(clinic, &[middle]).await?.pop().ok_or(ReadsError::Missing(middle))?;
        if event.recorded_at < at { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}
