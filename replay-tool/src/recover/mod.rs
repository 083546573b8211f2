//! `daybook-replay recover`: a database that went back to an earlier point by other means than a restore (a snapshot of the
//! disk, a standby that had not got the last transactions). Nothing in it says so; whoever put it back has to.
//!
//! What a crash leaves: some logs in a new epoch and some not. Done again, the former begin another one, which says no less.

pub mod arguments;
mod gone_back;
mod kept;

use anyhow::bail;
use daybook_ledger::backup;
use sqlx::{Connection, PgConnection};

pub use gone_back::{GoneBack, sound};
pub use kept::KeptElsewhere;

use crate::exit::Exit;
use crate::print;
use crate::recorder::Recorder;
use crate::verify::words as verification;

pub async fn run(arguments: arguments::Recover) -> anyhow::Result<Exit> {
    let arguments::Recover { kept, json, recording, database } = arguments;
    let kept = KeptElsewhere::read(&kept)?;
    // Refuses what a restore has left unfinished: that is for the restore to go on with.
    let recorder = Recorder::open(&database, &recording).await?;
    let heads = backup::heads(&mut PgConnection::connect(&database.database_url).await?).await?;
    if heads.is_empty() {
        bail!("there is no log in this database");
    }
    let gone_back = GoneBack::new(&database.database_url, recorder, heads, kept).await?;
    let mut reports = gone_back.verified("verifying").await?;
    if sound(&reports) {
        gone_back.begin_epochs(&reports, None).await?;
        // Once more, as anyone will from now on.
        reports = gone_back.verified("verifying once more").await?;
    }
    if json {
        print::json(&reports)?
    } else {
        print::out(&verification::reports(&reports))?
    }
    Ok(if sound(&reports) { Exit::Valid } else { Exit::Invalid })
}
