//! `daybook-replay keys rewrap`. Clinic by clinic: a log is told once all its keys are wrapped, and never before.

use anyhow::Context;
use daybook_domain::safekeeping::{Command, KeysRewrapped};
use daybook_ledger::sealing::rewrap;

use super::{arguments, store};
use crate::exit::Exit;
use crate::opening;
use crate::print::{self, number};
use crate::recorder::Recorder;

pub async fn run(arguments: arguments::Rewrap) -> anyhow::Result<Exit> {
    let arguments::Rewrap { operator, recording, database } = arguments;
    let (keys, store) = (opening::local_keys()?, store(&database.database_url).await?);
    let recorder = Recorder::open(&database, &recording).await?.on_the_word_of(operator);
    let mut all = 0;
    for clinic in recorder.ledger.clinics().await? {
        let done = rewrap(&store, &keys, clinic).await;
        let done =
            done.with_context(|| format!("the keys of clinic {clinic} are not all wrapped anew; all of them open"))?;
        let from = done.from.into_iter().collect();
        let fact = KeysRewrapped { key_secret: keys.key_secret(), from, keys: done.keys };
        recorder.record(clinic, Command::RecordRewrapping(fact)).await?;
        all += done.keys;
    }
    print::out(&format!("All {} keys are wrapped under the secret {}.", number(all), keys.key_secret().as_str()))?;
    Ok(Exit::Valid)
}
