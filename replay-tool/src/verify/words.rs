//! Reports in words: a table of the clinics, and below it what is wrong where.

use daybook_audit::Tone;
use daybook_ledger::erased::Erased;
use daybook_ledger::kept::Standing;
use daybook_ledger::verify::{Check, Finding, Recovered, Report, Verdict};

use super::unwitnessed;
use crate::print::{harmless, number, short, time};
use crate::table::{Row, table};

/// Findings told of one clinic; the JSON form lists more.
const TOLD: usize = 10;

/// Everything about these reports.
pub fn reports(reports: &[Report]) -> String {
    if reports.is_empty() {
        return "There is no log in this database: nothing was verified.".into();
    }
    let mut text = unwitnessed::headline(reports) + &clinics(reports);
    for report in reports.iter().filter(|report| report.finding_count > 0) {
        text.push_str(&findings(report));
    }
    for report in reports {
        text.push_str(&grown(report));
        text.push_str(&epochs(report));
    }
    reports.iter().filter(|report| !report.erased.is_empty()).for_each(|report| text.push_str(&erased(report)));
    if reports.iter().any(|report| !report.keys_compared && report.events > 0) {
        text.push_str("\n\nThe key store was not compared with the log: that takes a login of the role daybook_keys.");
    }
    text.push_str(unwitnessed::caution(reports));
    let alone = |report: &Report| report.kept.is_empty() && !unwitnessed::is_witnessed(report);
    if reports.iter().any(|report| report.verdict == Verdict::Valid && alone(report)) {
        text.push_str(
            "\n\nValid: each log is whole in itself. That nothing was cut off its end together with the checkpoints, and \
             nothing written anew, shows only against a checkpoint kept elsewhere (--against), or by witnesses whom a policy \
             believes.",
        );
    }
    text
}

/// The kept checkpoints that the log has grown from, and those of which it says itself that it went back to before them; the
/// others are findings.
fn grown(report: &Report) -> String {
    let told = report.kept.iter().map(|kept| {
        let (clinic, size) = (report.clinic, number(kept.size));
        match kept.standing {
            Standing::Grown => {
                let grown = Tone::Good.on("the log has grown from the checkpoint");
                format!("\n\nClinic {clinic}: {grown} of size {size} that was kept.")
            }
            Standing::Lost => format!(
                "\n\nClinic {clinic}: of the checkpoint of size {size} that was kept, {}: the log was recovered from an \
                 earlier point, and says so. What they were cannot be shown any more.",
                Tone::Doubtful.on("events are lost")
            ),
            _ => String::new(),
        }
    });
    told.collect()
}

/// The epochs after the first, each of which began because something was lost or may have been.
fn epochs(report: &Report) -> String {
    let told = report.epochs.iter().map(|recovered| {
        let Recovered { epoch, origin, position, recorded_at, backup_begun_at, last_known_size, lost_events } = recovered;
        let from = backup_begun_at.map_or_else(String::new, |at| format!(" from a backup of {}", time(at)));
        format!(
            "\n\nClinic {}: a new epoch ({epoch}) began at position {position} on {}: recovered{from}. The log is known to have had \
             {} events before, of which {} are lost; if it had more, nobody here knows. Since then it is signed as {}.",
            report.clinic,
            time(*recorded_at),
            number(*last_known_size),
            number(*lost_events),
            harmless(origin),
        )
    });
    told.collect()
}

fn clinics(reports: &[Report]) -> String {
    let rows = reports.iter().map(|report| Row {
        cells: [
            report.clinic.to_string(),
            verdict(report).into(),
            number(report.events),
            number(report.checkpoints),
            unwitnessed::figure(report),
            short(&report.root).into(),
        ],
        verdict: verdict(report).into(),
        tone: report.verdict.into(),
    });
    let headings = ["Clinic", "Verdict", "Events", "Checkpoints", "Unwitnessed", "Root"];
    table(headings, &[2, 3, 4], &rows.collect::<Vec<_>>())
}

fn verdict(report: &Report) -> &'static str {
    match report.verdict {
        Verdict::Valid => "valid",
        Verdict::Invalid => "INVALID",
        Verdict::Incomplete if report.events > 0 => "incomplete: events were lost",
        Verdict::Incomplete => "incomplete: nothing to verify",
    }
}

fn findings(report: &Report) -> String {
    let wrong = Tone::Bad.on(format!("{} wrong", count(report.finding_count)));
    let mut text = format!("\n\nClinic {}: {wrong}", report.clinic);
    for found in report.findings.iter().take(TOLD) {
        text.push_str(&format!("\n  {}", Tone::Bad.on(finding(found))));
    }
    let more = report.finding_count.saturating_sub(TOLD as u64);
    if more > 0 {
        text.push_str(&format!("\n  and {} more; --json lists up to a thousand", number(more)));
    }
    text
}

/// What is erased, and by which event. That is no fault.
fn erased(report: &Report) -> String {
    let mut text = format!("\n\nClinic {}: erased, and valid", report.clinic);
    for erased in report.erased.iter().take(TOLD) {
        let Erased { position, what, keys, events, fields, .. } = erased;
        text.push_str(&format!(
            "\n  {} protected values of {} events, by position {position}, {}: {keys} keys destroyed here on {}; {}",
            number(*fields),
            number(*events),
            harmless(what),
            time(erased.destroyed_live),
            unrecoverable(erased),
        ));
    }
    let more = report.erased.len().saturating_sub(TOLD);
    if more > 0 {
        text.push_str(&format!("\n  and by {} more; --json lists all", number(more as u64)));
    }
    text
}

fn unrecoverable(erased: &Erased) -> String {
    match (erased.unrecoverable_since, erased.held_by_backups) {
        (Some(since), _) => format!("unrecoverable since {}, as far as the log knows of its backups", time(since)),
        (None, Some(1)) => "one backup on record can still undo it".into(),
        (None, Some(backups)) => format!("{} backups on record can still undo it", number(backups)),
        (None, None) => "backups of the keys made before that can still undo it, and none is on record".into(),
    }
}

fn count(findings: u64) -> String {
    if findings == 1 { "one thing is".into() } else { format!("{} things are", number(findings)) }
}

/// Which event or checkpoint, and what is wrong with it.
fn finding(finding: &Finding) -> String {
    let Finding { position, check, what } = finding;
    let what = harmless(what);
    match check {
        Check::EventHash => format!("position {position}, {what}: its stored bytes do not have its stored hash"),
        Check::Link => format!("position {position}, {what}: it does not follow on the event before it in its stream"),
        Check::Sequence => format!("position {position}, {what}: the numbers in its stream do not count up by one"),
        Check::Position => format!("position {position} is missing: {what}"),
        Check::Time => format!("position {position}, {what}: it is dated before the event at the position before"),
        Check::Root => format!("{what}: the events before it have another root than it says"),
        Check::Leaf => format!("position {position}: {what}"),
        Check::Signature => format!("{what}: its signature is not by the log's key"),
        Check::Growth => format!("the checkpoint that begins at {position} does not follow: {what}"),
        Check::Size => format!("the log has {position} events: {what}"),
        Check::Tile => format!("{what}, from position {position} on: it differs from the events"),
        Check::Epoch => format!("position {position}: {what}"),
        Check::Kept => format!("against the checkpoint of size {position} that was kept: {what}"),
        Check::Cosignature => format!("against the checkpoint of size {position} that a witness signed: {what}"),
        Check::KeyMissing => {
            format!(
                "position {position}, {what}: sealed under a key that is not there, and no event says it was destroyed"
            )
        }
        Check::KeyNotDestroyed => format!("position {position} says that {what} is destroyed, and it is there"),
        Check::Unreadable => format!("after {position} events: a stored row cannot be read"),
    }
}

#[cfg(test)]
mod tests {
    use daybook_ledger::erased::Sealing;
    use daybook_ledger::witnessed::Watched;
    use uuid::Uuid;

    use super::*;

    fn report(id: u128, verdict: Verdict, events: u64, findings: Vec<Finding>) -> Report {
        Report {
            clinic: Uuid::from_u128(id),
            verdict,
            events,
            checkpoints: events / 2,
            root: "0123456789abcdef0123456789abcdef".into(),
            head: [1; 32],
            finding_count: findings.len() as u64,
            findings,
            kept: vec![],
            epochs: vec![],
            erased: vec![],
            keys_compared: true,
            witnessing: None,
            watched: Watched::default(),
            sealing: Sealing::default(),
        }
    }

    #[test]
    fn a_table_and_then_what_is_wrong_where() {
        let what = "visit/00000000-0000-0000-0000-000000000007 2 arrived";
        let found = |position, check| Finding { position, check, what: what.into() };
        let wrong = vec![found(1, Check::EventHash), found(2, Check::Link)];
        let toned = reports(&[
            report(1, Verdict::Valid, 1_234, vec![]),
            report(2, Verdict::Invalid, 12, wrong),
            report(3, Verdict::Incomplete, 0, vec![]),
        ]);
        insta::assert_snapshot!(daybook_audit::tone::plain(&toned));
    }

    #[test]
    fn of_many_findings_the_first_are_told() {
        let wrong = (0..15).map(|position| Finding { position, check: Check::Tile, what: "level 0 tile 1".into() });
        let text = reports(&[report(1, Verdict::Invalid, 12, wrong.collect())]);
        assert!(text.ends_with("and 5 more; --json lists up to a thousand"), "{text}");
        assert!(!text.contains("Valid:"), "{text}");
    }

    #[test]
    fn no_log_at_all_is_said_to_be_none() {
        assert_eq!(reports(&[]), "There is no log in this database: nothing was verified.");
    }
}
