//! What came of a restore, in words.

use daybook_audit::Tone;
use daybook_ledger::verify::Verdict;

use super::Outcome;
use crate::print::{self, number};
use crate::verify::words as verification;

pub fn words(outcome: &Outcome) -> String {
    let reports = verification::reports(&outcome.reports);
    let made = print::time(outcome.backup_made_at);
    let any_invalid = outcome.reports.iter().any(|report| report.verdict == Verdict::Invalid);
    match (outcome.recovered, any_invalid) {
        (true, false) => format!(
            "{} Every log has begun a new epoch: whoever keeps checkpoints of it is told its new name, below.{}\n\n{reports}",
            Tone::Good.on(format!("Restored from the backup of {made}.")),
            files(outcome)
        ),
        (true, true) => {
            let changed = Tone::Bad.on(format!("Restored from the backup of {made}, and changed since:"));
            format!("{changed}\n\n{reports}")
        }
        (false, _) => format!(
            "{} No log has begun a new epoch, and no server will run on this database.\n\n{reports}",
            Tone::Bad.on(format!("The backup of {made} is NOT as it was written."))
        ),
    }
}

fn files(outcome: &Outcome) -> String {
    match &outcome.files {
        None if outcome.files_named == 0 => String::new(),
        None => {
            let named = number(outcome.files_named as u64);
            let text =
                format!("Before the servers are started, bring back the files of visits: the logs name {named}.");
            format!("\n{}", Tone::Doubtful.on(text))
        }
        Some(files) => {
            let (count, named) = (number(files.count), number(outcome.files_named as u64));
            let wrong = files.wrong.iter().map(|wrong| format!("\n  {}", Tone::Bad.on(wrong.words())));
            format!(
                "\n{count} files of visits are back in {}; of {named} that the logs name {} were opened and are as they were \
                 attached.{}",
                files.storage.display(),
                number(files.as_attached),
                wrong.collect::<String>()
            )
        }
    }
}
