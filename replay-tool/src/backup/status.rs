//! `daybook-replay backup status`: whether what was promised of recovering could be kept at this moment, as far as the logs
//! know. Whether the files are still where they were put a log cannot know.

use chrono::{DateTime, TimeDelta, Utc};
use daybook_audit::Tone;
use daybook_domain::Safekeeping;
use daybook_domain::safekeeping::{Alarm, Promises};
use daybook_ledger::clock::System;
use daybook_ledger::{Clock, Loaded, aggregate};
use serde::Serialize;
use uuid::Uuid;

use super::arguments;
use crate::exit::Exit;
use crate::print;
use crate::reader::Reader;

/// What one log knows.
#[derive(Serialize)]
struct Status {
    clinic: Uuid,
    backup_begun_at: Option<DateTime<Utc>>,
    /// Of the newest that every file of visits is in.
    files_backup_begun_at: Option<DateTime<Utc>>,
    drill_passed_at: Option<DateTime<Utc>>,
    /// Of the last that passed and in which the files of visits were opened.
    files_drill_passed_at: Option<DateTime<Utc>>,
    alarms: Vec<Alarm>,
}

pub async fn run(arguments: arguments::BackupStatus) -> anyhow::Result<Exit> {
    let reader = Reader::connect(&arguments.database.database_url, 4).await?;
    let promises = Promises {
        point: arguments.point_objective,
        time: arguments.time_objective,
        drill_every: arguments.drill_every,
        files: arguments.files_in_backups,
    };
    let (at, mut found) = (System.now(), Vec::new());
    for clinic in reader.ledger.clinics().await? {
        let kept: Loaded<Safekeeping> = aggregate::load(&reader.ledger, clinic, clinic).await?;
        found.push(Status {
            clinic,
            backup_begun_at: kept.newest_backup().map(|backup| backup.begun_at),
            files_backup_begun_at: kept.newest_backup_with_files().map(|backup| backup.begun_at),
            drill_passed_at: kept.last_passed_drill().map(|drill| drill.drilled_at),
            files_drill_passed_at: kept.last_passed_drill_with_files().map(|drill| drill.drilled_at),
            alarms: kept.alarms(&promises, at),
        });
    }
    if arguments.json {
        print::json(&found)?
    } else {
        print::out(&words(&found, at))?
    }
    Ok(match found.iter().all(|status| status.alarms.is_empty()) {
        _ if found.is_empty() => Exit::Incomplete,
        true => Exit::Valid,
        false => Exit::Invalid,
    })
}

fn words(found: &[Status], at: DateTime<Utc>) -> String {
    if found.is_empty() {
        return "There is no log in this database: there is nothing to back up.".into();
    }
    let lines = found.iter().map(|status| {
        let since = |then: Option<DateTime<Utc>>| then.map_or_else(|| "never".into(), |then| ago(at - then));
        let mut line = format!(
            "Clinic {}: last backup {} (with all files of visits {}), last drill that passed {} (with files of visits {})",
            status.clinic,
            since(status.backup_begun_at),
            since(status.files_backup_begun_at),
            since(status.drill_passed_at),
            since(status.files_drill_passed_at)
        );
        status.alarms.iter().for_each(|alarm| line.push_str(&format!("\n  {}", Tone::Bad.on(told(*alarm)))));
        line
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn ago(span: TimeDelta) -> String {
    match (span.num_days(), span.num_hours(), span.num_minutes()) {
        (days @ 2.., ..) => format!("{days} days ago"),
        (_, hours @ 2.., _) => format!("{hours} hours ago"),
        (.., minutes) => format!("{} minutes ago", minutes.max(0)),
    }
}

fn told(alarm: Alarm) -> &'static str {
    match alarm {
        Alarm::NoBackup => "NO BACKUP was ever recorded",
        Alarm::BackupStale => "the backup is OLDER than what may be lost",
        Alarm::FilesNotBackedUp => "FILES OF VISITS are not in the backup, and in none that is as new as it has to be",
        Alarm::NoDrill => "NO DRILL has ever passed: nobody knows whether a backup can be restored",
        Alarm::DrillStale => "the last drill that passed is TOO LONG AGO",
        Alarm::FilesNotDrilled => "the FILES OF VISITS were not opened in any drill that is as late as it has to be",
        Alarm::DrillFailed => {
            "the last drill FAILED; report integrity tells at what, or that what was restored is not what was written"
        }
        Alarm::RecoveryTooSlow => "the last drill took LONGER than a recovery may",
    }
}
