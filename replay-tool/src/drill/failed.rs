//! A drill that failed before anybody knew whether the backup can be restored. That too stands in the logs: who looks at
//! them sees that it was tried, and at what it failed. Of a log that cannot be told, whoever runs this hears.

use chrono::{DateTime, Utc};
use daybook_domain::safekeeping::{Command, DrillFailed, DrillStep};

use crate::backup::Beside;
use crate::recorder::Recorder;

/// At what it failed, and why.
pub struct Failed {
    step: DrillStep,
    error: anyhow::Error,
}

/// Says what was being done.
pub trait During<T> {
    fn during(self, step: DrillStep) -> Result<T, Failed>;
}

impl<T, E: Into<anyhow::Error>> During<T> for Result<T, E> {
    fn during(self, step: DrillStep) -> Result<T, Failed> {
        self.map_err(|error| Failed { step, error: error.into() })
    }
}

impl Failed {
    /// Tells every log of the live database, and is then the error that the program ends with. Every log: what lies beside the
    /// backup, which knows whose logs are in it, may be the very thing that is missing.
    pub async fn tell(self, recorder: &Recorder, drilled_at: DateTime<Utc>, beside: Option<&Beside>) -> anyhow::Error {
        let Self { step, error } = self;
        let failed = DrillFailed {
            drilled_at,
            step,
            backup_begun_at: beside.map(|beside| beside.made_at),
            log_sha256: beside.map(|beside| beside.log.sha256.clone()),
        };
        let (failing, why) = (doing(step), format!("{error:#}"));
        match everyone(recorder, failed).await {
            Ok(logs) => error.context(format!("the drill failed {failing}, as {logs} logs were told")),
            Err(untold) => untold.context(format!(
                "the drill failed {failing}: {why}; and NOT every log could be told, so that it may be on no record"
            )),
        }
    }
}

/// How many were told. One that cannot be is no reason not to tell the others.
async fn everyone(recorder: &Recorder, failed: DrillFailed) -> anyhow::Result<usize> {
    let clinics = recorder.ledger.clinics().await?;
    let (all, mut untold) = (clinics.len(), None);
    for clinic in clinics {
        let told = recorder.record(clinic, Command::RecordDrillFailed(failed.clone())).await;
        untold = untold.or(told.err());
    }
    untold.map_or(Ok(all), Err)
}

/// In words that follow on *failed*.
fn doing(step: DrillStep) -> &'static str {
    match step {
        DrillStep::FindBackup => "reading what lies beside the backup",
        DrillStep::CompareFiles => "comparing the backup's files",
        DrillStep::StartCopy => "starting a database of its own",
        DrillStep::DecryptLog => "decrypting the log",
        DrillStep::RestoreLog => "restoring the log",
        DrillStep::DecryptKeys => "decrypting the keys",
        DrillStep::RestoreKeys => "restoring the keys",
        DrillStep::Verify => "verifying what was restored",
        DrillStep::OpenKeys => "opening the keys",
        DrillStep::BuildReadModels => "building the read models",
        DrillStep::NameFiles => "finding out which files of visits there should be",
        DrillStep::DecryptFiles => "decrypting the files of visits",
        DrillStep::OpenFiles => "opening the files of visits",
        DrillStep::CompareLive => "comparing with the live log",
    }
}
