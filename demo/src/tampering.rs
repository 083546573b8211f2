//! Somebody with a superuser's rights changes what happened, in front of whoever watches: on a copy of the demo's database,
//! with the triggers switched off. After each attack the copy is verified and what was done to it is named.

use anyhow::{Context, ensure};
use daybook_ledger::kept::{EpochHead, Outside};
use daybook_ledger::verify::{self, Report, Verdict};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use uuid::Uuid;

use crate::postgres::{self, Database};

/// Something somebody does to a log.
struct Attack {
    title: &'static str,
    /// Run one after the other, as the database's superuser. `$clinic` stands for the clinic's id.
    sql: &'static [&'static str],
    /// Whether the log is found out alone, by what the witness signed, or only against a checkpoint kept elsewhere.
    shows: Shows,
}

enum Shows {
    Alone,
    /// Alone, where a witness has seen the log.
    ByTheWitness,
    AgainstWhatWasKept,
}

const ATTACKS: [Attack; 6] = [
    Attack {
        title: "A consent that a patient withdrew is made one they gave",
        sql: &["UPDATE ledger.events SET event_type = 'consent-given' WHERE clinic_id = $clinic AND event_type = 'consent-withdrawn'"],
        shows: Shows::Alone,
    },
    Attack {
        title: "A note is signed an hour earlier than it was",
        sql: &["UPDATE ledger.events SET recorded_at = recorded_at - interval '1 hour' WHERE clinic_id = $clinic AND position =
                (SELECT min(position) FROM ledger.events WHERE clinic_id = $clinic AND event_type = 'note-signed')"],
        shows: Shows::Alone,
    },
    Attack {
        title: "That Ben Sorensen looked at Tomás Novák's record, whom he does not treat, is taken out",
        sql: &["DELETE FROM ledger.events WHERE clinic_id = $clinic AND position =
                (SELECT max(position) FROM ledger.events WHERE clinic_id = $clinic AND event_type = 'phi-read'
                 AND convert_from(payload, 'UTF8') LIKE '%break-glass-reads%')"],
        shows: Shows::Alone,
    },
    Attack {
        title: "Two events change places",
        sql: &[
            "UPDATE ledger.events SET position = 1000000 + position WHERE clinic_id = $clinic AND position IN (5, 6)",
            "UPDATE ledger.events SET position = 1000011 - position WHERE clinic_id = $clinic AND position > 1000000",
        ],
        shows: Shows::Alone,
    },
    Attack {
        title: "The last hundred events are cut off, with every checkpoint, tile and command that speaks of them, and not what the witness signed",
        sql: &CUT,
        shows: Shows::ByTheWitness,
    },
    Attack {
        title: "The last hundred events are cut off, with every checkpoint, tile and command that speaks of them, and what the witness signed",
        sql: &[
            CUT[0],
            CUT[1],
            CUT[2],
            CUT[3],
            CUT[4],
            CUT[5],
            "DELETE FROM ledger.cosignatures s USING cut WHERE clinic_id = $clinic AND s.size > cut.size",
        ],
        shows: Shows::AgainstWhatWasKept,
    },
];

/// Cuts off the last hundred events and everything of ours that speaks of them.
const CUT: [&str; 6] = [
    "CREATE TEMPORARY TABLE cut AS SELECT max(position) - 99 AS size FROM ledger.events WHERE clinic_id = $clinic",
    "UPDATE cut SET size = (SELECT max(c.size) FROM ledger.checkpoints c WHERE clinic_id = $clinic AND c.size <= cut.size)",
    "DELETE FROM ledger.events USING cut WHERE clinic_id = $clinic AND position >= cut.size",
    "DELETE FROM ledger.checkpoints c USING cut WHERE clinic_id = $clinic AND c.size > cut.size",
    "DELETE FROM ledger.tiles USING cut WHERE clinic_id = $clinic AND (index + 1) * 256 ^ (level + 1) > cut.size",
    "DELETE FROM ledger.commands USING cut WHERE clinic_id = $clinic AND first_position >= cut.size",
];

/// The copy's name.
const COPY: &str = "daybook_tampered";

/// Shows them all on this clinic's log. Nobody else may be connected to the database. What is tampered with is a copy that is
/// thrown away; an attack that was not found out is an error.
pub async fn show(database: &Database, clinic: Uuid) -> anyhow::Result<()> {
    let kept = kept(database, clinic).await?;
    println!(
        "\nSomebody with a superuser's rights and the triggers switched off, on a copy of the log of clinic {clinic}."
    );
    println!("An auditor elsewhere kept its checkpoint of size {}.", kept.size);
    let seen = is_witnessed(database, clinic).await?;
    let attacks = ATTACKS.iter().filter(|attack| seen || !matches!(attack.shows, Shows::ByTheWitness));
    for (number, attack) in attacks.enumerate() {
        println!("\n{}. {}", number + 1, attack.title);
        let url = database.copy_to(COPY).await?;
        let result = commit(attack, &url, clinic, kept).await;
        database.drop_copy(COPY).await?;
        result.with_context(|| attack.title)?;
    }
    println!("\nThe copy is thrown away; the demo's own log was not touched.");
    Ok(())
}

async fn is_witnessed(database: &Database, clinic: Uuid) -> anyhow::Result<bool> {
    let mut connection = postgres::connect(database.url()).await?;
    let seen = sqlx::query_scalar("SELECT EXISTS (SELECT FROM ledger.cosignatures WHERE clinic_id = $1)");
    let seen = seen.bind(clinic).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(seen)
}

async fn kept(database: &Database, clinic: Uuid) -> anyhow::Result<EpochHead> {
    let mut connection = postgres::connect(database.url()).await?;
    let (size, root): (i64, Vec<u8>) = sqlx::query_as(
        "SELECT size, root FROM ledger.checkpoints WHERE clinic_id = $1 ORDER BY size_before DESC LIMIT 1",
    )
    .bind(clinic)
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    Ok(EpochHead { epoch: 1, size: size as u64, root: root.try_into().ok().context("a root of another length")? })
}

async fn commit(attack: &Attack, url: &str, clinic: Uuid, kept: EpochHead) -> anyhow::Result<()> {
    let mut superuser = postgres::connect(url).await?;
    superuser.execute("SET session_replication_role = replica").await?;
    superuser.execute(&*switched_off()).await?;
    let mut rows = 0;
    for sql in attack.sql {
        println!("     {}", sql.split_whitespace().collect::<Vec<_>>().join(" "));
        rows += change(&mut superuser, sql, clinic).await?;
    }
    superuser.close().await?;
    ensure!(rows > 0, "nothing was there to be changed");
    let pool = PgPool::connect(url).await?;
    let alone = verify::clinic(&pool, clinic, |_| {}).await;
    let against = verify::against(&pool, clinic, &Outside { kept: vec![kept], keys: vec![] }, |_| {}).await;
    pool.close().await;
    match attack.shows {
        Shows::Alone | Shows::ByTheWitness => say("verify", &alone?, Verdict::Invalid),
        Shows::AgainstWhatWasKept => {
            say("verify", &alone?, Verdict::Valid)?;
            println!("     The shorter log is whole in itself: it shows only against what somebody else has seen.");
            say("verify --against the checkpoint that was kept", &against?, Verdict::Invalid)
        }
    }
}

fn switched_off() -> String {
    let tables = ["events", "checkpoints", "tiles", "commands", "cosignatures"];
    tables.map(|table| format!("ALTER TABLE ledger.{table} DISABLE TRIGGER ALL;")).concat()
}

async fn change(superuser: &mut PgConnection, sql: &str, clinic: Uuid) -> anyhow::Result<u64> {
    let sql = sql.replace("$clinic", &format!("'{clinic}'"));
    Ok(superuser.execute(&*sql).await?.rows_affected())
}

/// Says what a verification found, which must be what was expected.
fn say(how: &str, report: &Report, expected: Verdict) -> anyhow::Result<()> {
    println!("   {how}: {}", if report.verdict == Verdict::Invalid { "INVALID" } else { "valid" });
    for finding in report.findings.iter().take(3) {
        println!("     at position {}: {:?}: {}", finding.position, finding.check, finding.what);
    }
    ensure!(report.verdict == expected, "the verdict should be {expected:?}");
    Ok(())
}
