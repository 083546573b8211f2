//! `daybook-replay backup`: the log and the keys, each in a file of its own and for a recipient of its own, after them the files
//! of visits, and beside them in the clear where every log stood. Once all of it is there, and not before, each log is told.
//!
//! What a crash leaves: before the last file has its name, files that no restore takes for a backup; after it, a whole backup
//! that the logs do not know of, which `backup record` tells them of.

pub mod arguments;
mod beside;
mod destroyed;
pub mod file;
mod make;
mod record;
mod status;

pub use beside::{Beside, FilesOf};

use self::arguments::BackupCommand;
use crate::exit::Exit;

pub async fn run(arguments: arguments::Backup) -> anyhow::Result<Exit> {
    match arguments.command {
        BackupCommand::Make(arguments) => make::run(arguments).await,
        BackupCommand::Record(arguments) => record::run(arguments).await,
        BackupCommand::Destroyed(arguments) => destroyed::run(arguments).await,
        BackupCommand::Status(arguments) => status::run(arguments).await,
    }
}
