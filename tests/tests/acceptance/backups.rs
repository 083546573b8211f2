//! What the server tells of backups that were made beside it.

use chrono::TimeDelta;
use daybook_domain::safekeeping::{BackupMade, Command, DrillFailed, DrillStep, Safekeeping};
use daybook_domain::{Actor, Request, Role, Sha256Hex};
use daybook_ledger::append::CommandKey;
use daybook_ledger::cqrs::{self, ExecuteError, Execution};
use daybook_ledger::{Intent, Loaded, Metadata, aggregate};
use serde_json::json;

use crate::support::{App, Clinic, fresh_id, now};

/// As `daybook-replay` tells a log.
async fn told(clinic: &Clinic, command: Command) {
    let (_, ledger) = clinic.app.beside().await;
    let execution =
        Execution { clinic: clinic.id, key: CommandKey { id: fresh_id(), request_hash: [0; 32] }, expected: None };
    let tell = || async {
        let kept: Loaded<Safekeeping> = aggregate::load(&ledger, clinic.id, clinic.id).await?;
        let actor = Actor { role: Role::System, subject: "system:safekeeping".into(), person: None };
        let request = Request { at: now(), actor, command: command.clone() };
        Ok::<_, ExecuteError>(Intent::new(kept, request, Metadata::new()))
    };
    cqrs::execute(&ledger, execution, tell).await.unwrap();
}

/// One that was begun so long ago, and lacks so many of three files.
fn backup(hours: i64, missing: u64) -> Command {
    let hash = |what: &[u8]| Sha256Hex::of(&[what, &hours.to_be_bytes()]);
    let files = (missing < 3).then(|| hash(b"files"));
    let recipient = |character: &str| format!("age1{}", character.repeat(58)).try_into().unwrap();
    Command::RecordBackup(Box::new(BackupMade {
        begun_at: now() - TimeDelta::hours(hours),
        size: 1,
        root: hash(b"root"),
        log_sha256: hash(b"log"),
        log_bytes: 4_711,
        log_recipient: recipient("q"),
        keys_sha256: hash(b"keys"),
        keys_bytes: 1_024,
        keys_recipient: recipient("p"),
        files_bytes: files.as_ref().map(|_| 65_536),
        files_sha256: files,
        named_files: Some(3),
        missing_files: Some(missing),
        key_secrets: None,
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_without_the_files_of_visits_is_an_alarm_unless_they_are_backed_up_elsewhere() {
    for (in_backups, alarms) in [(true, 1), (false, 0)] {
        let clinic = App::start_with(|config| config.files_in_backups = in_backups).await.with_clinic().await;
        told(&clinic, backup(30, 0)).await;
        told(&clinic, backup(2, 3)).await;
        let measures = clinic.app.anybody().get("/metrics").await.ok();
        for expected in [
            format!(r#"daybook_backup_alarms{{alarm="files-not-backed-up"}} {alarms}"#),
            r#"daybook_backup_alarms{alarm="backup-stale"} 0"#.into(),
        ] {
            assert!(measures.text.contains(&expected), "{expected}\n{}", measures.text);
        }
        let age = |of: &str| {
            let name = format!(r#"daybook_backup_age_seconds{{of="{of}"}} "#);
            let line = measures.text.lines().find_map(|line| line.strip_prefix(&name));
            line.map(|seconds| seconds.parse::<f64>().unwrap() as i64 / 3_600)
        };
        assert_eq!(["backup", "files-backup", "drill", "files-drill"].map(age), [Some(2), Some(30), None, None]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_integrity_report_tells_of_how_many_files_are_in_a_backup_and_at_what_a_drill_failed() {
    let clinic = App::start().await.with_clinic().await;
    let begun = now() - TimeDelta::hours(3);
    told(&clinic, backup(3, 0)).await;
    told(&clinic, backup(2, 1)).await;
    let (drilled_at, step) = (now(), DrillStep::DecryptFiles);
    let failed = DrillFailed { drilled_at, step, backup_begun_at: Some(begun), log_sha256: None };
    told(&clinic, Command::RecordDrillFailed(failed)).await;
    let report = clinic.report(&clinic.auditor().await, "integrity").await;
    let rows: Vec<_> =
        report.list("rows").iter().map(|row| json!([row["what"], row["result"], row["of_files"]])).collect();
    let expected = [
        json!(["backup-made", null, "3 of 3"]),
        json!(["backup-made", null, "2 of 3"]),
        json!(["drill-failed", "decrypt-files", null]),
    ];
    assert_eq!(rows, expected, "{}", report.text);
    let newest = format!("newest that every file of visits is in: {}", begun.format("%Y-%m-%d %H:%M"));
    assert!(report.text.contains(&newest) && report.text.contains("Last drill that passed: never"), "{}", report.text);
    let measures = clinic.app.anybody().get("/metrics").await.ok();
    for alarm in ["no-drill", "drill-failed"] {
        assert!(measures.text.contains(&format!(r#"daybook_backup_alarms{{alarm="{alarm}"}} 1"#)), "{}", measures.text);
    }
}
