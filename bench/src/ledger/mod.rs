//! Durable appends: Daybook with everything on, against postgres-es and against one plain INSERT a transaction. The
//! systems alternate within one run and the median of each is told, because a disk's mood changes by the minute.

pub mod daybook;
pub mod peers;

use std::time::Duration;

use serde_json::{Value, json};

use crate::measure::{Run, Until, closed_loop, median};
use crate::report::Row;

const ROUNDS: usize = 3;
const TIME: Duration = Duration::from_secs(2);
/// Events of a stream before a caller begins another, about as many as a visit has.
const STREAM: u64 = 50;

/// About 750 bytes a row once sealed: codes, a sealed sentence and the metadata every event carries. A payload the domain
/// can read back, so that a replay decodes it.
pub fn payload() -> Value {
    json!({
        "reason": "patient-request",
        "details": { "$clear": "I have had a sore throat since Sunday, it hurts when I swallow, and last night I had a fever of 101, so please wait." }
    })
}

pub fn metadata() -> std::collections::BTreeMap<String, String> {
    [
        ("actor", "auth0|5f7c8ec7c33c6c004bbafe82"),
        ("role", "patient"),
        ("command_id", "0193a1f2-77aa-7bbb-8ccc-1234567890ab"),
        ("correlation_id", "0193a1f2-77aa-7bbb-8ccc-1234567890ac"),
        ("causation_id", "0193a1f2-77aa-7bbb-8ccc-1234567890ab"),
        ("policy", "patient-own-visit"),
    ]
    .map(|(key, value)| (key.into(), value.into()))
    .into()
}

/// Runs the comparison at each number of callers, and with 64 clinics where 64 is among them.
pub async fn run(cluster: &str, callers: &[u64]) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for callers in callers.iter().map(|callers| *callers as usize) {
        let (mut ours, mut checked, mut theirs, mut plain) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(daybook::appends(cluster, callers, 1).await?);
            checked.push(daybook::appends_with_link_check(cluster, callers).await?);
            theirs.push(peers::postgres_es(cluster, callers).await?);
            plain.push(peers::single_insert(cluster, callers).await?);
        }
        rows.extend([
            row("daybook", "one clinic", callers, ours),
            row("with link check", "one clinic", callers, checked),
            row("postgres-es", "one clinic", callers, theirs),
            row("single-insert", "one clinic", callers, plain),
        ]);
    }
    if !callers.contains(&64) {
        return Ok(rows);
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(daybook::appends(cluster, 64, 64).await?);
        theirs.push(peers::postgres_es(cluster, 64).await?);
    }
    rows.extend([row("daybook", "64 clinics", 64, ours), row("postgres-es", "64 clinics", 64, theirs)]);
    Ok(rows)
}

fn row(system: &str, workload: &str, callers: usize, runs: Vec<Run>) -> Row {
    let run = median(runs);
    Row {
        system: system.into(),
        workload: workload.into(),
        callers,
        ops_per_s: run.ops_per_s,
        p50_ms: run.p50_ms,
        p99_ms: run.p99_ms,
        mib: None,
    }
}

/// One measured run of any system, after a short one that opens connections and prepares statements.
async fn measured<F, Fut>(callers: usize, operation: F) -> anyhow::Result<Run>
where
    F: Fn(usize, u64) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = anyhow::Result<()>> + Send,
{
    closed_loop(callers, Until::Elapsed(Duration::from_millis(500)), operation.clone()).await?;
    closed_loop(callers, Until::Elapsed(TIME), move |caller, round| operation(caller, round + 1_000_000)).await
}

/// Each caller writes streams of its own, one after the other: (stream number, sequence from 1).
fn place(caller: usize, round: u64) -> (u128, u64) {
    ((caller as u128) << 64 | u128::from(round / STREAM), round % STREAM + 1)
}
