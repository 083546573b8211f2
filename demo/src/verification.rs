//! The whole log checked again from the stored bytes: every hash, link, leaf, tile, head and signature.

use std::time::Instant;

use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::verify::{self, Verdict};
use daybook_ledger::witnessed::anybody;
use uuid::Uuid;

use crate::postgres::Database;

const CONNECTIONS: u32 = 4;

/// Verifies these clinics' logs and says what came out; whether all is well.
pub async fn verify(database: &Database, clinics: &[Uuid]) -> anyhow::Result<bool> {
    let pool = database::connect(database.url(), DatabaseRole::Append, CONNECTIONS).await?;
    let mut sound = true;
    println!();
    for clinic in clinics {
        let began = Instant::now();
        let report = verify::clinic(&pool, *clinic, |_| {}).await?;
        sound &= report.verdict == Verdict::Valid;
        let verdict = match report.verdict {
            Verdict::Valid => "valid",
            Verdict::Invalid => "INVALID",
            Verdict::Incomplete => "empty, so nothing is verified",
        };
        println!(
            "Log of clinic {clinic}: {verdict} ({} events, {} signed checkpoints, {} findings, {:.2} s)",
            report.events,
            report.checkpoints,
            report.finding_count,
            began.elapsed().as_secs_f32()
        );
        if let Some(longest) = report.watched.witnessing(anybody, System.now()).longest {
            println!("  Longest unwitnessed interval: {} s, {} events", longest.seconds, longest.events);
        }
        for finding in report.findings.iter().take(5) {
            println!("  at {}: {:?} {}", finding.position, finding.check, finding.what);
        }
    }
    pool.close().await;
    Ok(sound)
}
