//! `daybook-replay backup record`: telling the logs of a backup that stands whole, where whoever made it could not. What a
//! log knows already it is not told again.

use anyhow::bail;
use daybook_domain::safekeeping::Command;
use serde::Serialize;

use super::Beside;
use super::arguments;
use crate::exit::Exit;
use crate::print;
use crate::progress::Progress;
use crate::recorder::Recorder;

/// What is told of it as JSON.
#[derive(Serialize)]
struct Told {
    logs: usize,
    /// Those that did not know.
    logs_told: usize,
}

pub async fn run(arguments: arguments::RecordBackup) -> anyhow::Result<Exit> {
    let arguments::RecordBackup { from, keys_from, files_from, json, recording, database } = arguments;
    let beside = Beside::read(&from)?;
    if beside.files.is_some() && files_from.is_none() {
        bail!("this backup has a file of the files of visits too: --files-from says where it is");
    }
    beside.is_of(&from, &keys_from, files_from.as_deref())?;
    let recorder = Recorder::open(&database, &recording).await?;
    let told = Told { logs: beside.heads.len(), logs_told: tell(&recorder, &beside).await? };
    if json {
        print::json(&told)?
    } else {
        print::out(&format!("{} of {} logs were told of it; the others knew.", told.logs_told, told.logs))?
    }
    Ok(Exit::Valid)
}

/// How many logs did not know of it.
pub async fn tell(recorder: &Recorder, beside: &Beside) -> anyhow::Result<usize> {
    let (mut told, progress) = (0, Progress::logs(beside.heads.len() as u64).doing("telling the logs"));
    for head in &beside.heads {
        let command = Command::RecordBackup(Box::new(beside.told(head)?));
        told += usize::from(recorder.record(head.clinic, command).await?);
        progress.add(1);
    }
    progress.finish();
    Ok(told)
}
