//! What came of a drill, in words.

use daybook_audit::{Tone, unwitnessed};
use daybook_ledger::verify::Verdict;

use super::Drilled;
use crate::print::{self, number};

pub fn words(drilled: &Drilled) -> String {
    let verdict = Tone::from(drilled.verdict).on(match drilled.verdict {
        Verdict::Valid => "restored and verified",
        Verdict::Invalid => "NOT as it was written",
        Verdict::Incomplete => "incomplete: there is no log in it",
    });
    let told = drilled.logs.iter().map(|log| (log.clinic, &log.witnessing));
    let lead = unwitnessed::headline(told).map_or_else(String::new, |line| {
        Tone::Doubtful.on(format!("{line} So it stood when the backup was begun.")) + "\n\n"
    });
    let mut text = format!(
        "{lead}Backup of {}: {verdict}\nRecovery time, measured: {:.1} s{}. Recovery point, measured: {} s of the live log are not in it{}.",
        print::time(drilled.backup_made_at),
        drilled.recovery_seconds,
        promised(drilled.time_objective_seconds),
        drilled.lost_seconds,
        promised(drilled.point_objective_seconds),
    );
    match drilled.objectives_met {
        None => {}
        Some(true) => text.push_str(&format!("\n{}", Tone::Good.on("What was promised was kept."))),
        Some(false) => text.push_str(&format!("\n{}", Tone::Bad.on("What was promised was NOT kept."))),
    }
    for log in &drilled.logs {
        let told = match (log.recorded, log.is_live()) {
            (true, _) => "recorded and signed in its log",
            (false, true) => "NOT recorded: its log could not be told",
            (false, false) => "not recorded: there is no such log",
        };
        text.push_str(&format!(
            "\nClinic {}: {} events, {} of the live log missing; {} rows of read models built anew, {}; {}; {told}",
            log.clinic,
            number(log.events),
            number(log.lost_events),
            number(log.read_model_rows),
            log.read_model_rows_as_live.map_or_else(
                || "not compared with live ones: there are none that far".into(),
                |rows| format!("{} of them as in the live ones", number(rows))
            ),
            files(log.files, log.verified_files),
        ));
        log.wrong.iter().for_each(|wrong| text.push_str(&format!("\n  {}", Tone::Bad.on(wrong))));
    }
    text
}

fn files(named: u64, verified: Option<u64>) -> String {
    match (named, verified) {
        (0, _) => "it names no files of visits".into(),
        (named, None) => {
            let unseen = format!("its {} files of visits were NOT looked at (--files-from)", number(named));
            Tone::Doubtful.on(unseen).to_string()
        }
        (named, Some(verified)) => {
            format!("{} of its {} files of visits opened and as they were attached", number(verified), number(named))
        }
    }
}

fn promised(most: Option<u64>) -> String {
    most.map_or_else(String::new, |most| format!(" (at most {most} s promised)"))
}
