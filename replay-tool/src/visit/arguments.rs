//! The command line of `visit`.

use clap::Args;
use daybook_audit::replay::{Moment, ServedTo};
use uuid::Uuid;

use crate::arguments::{Database, Opening};

#[derive(Args)]
pub struct Visit {
    /// The visit
    #[arg(value_name = "ID")]
    pub visit: Uuid,
    /// The clinic it is at
    #[arg(long, value_name = "ID")]
    pub clinic: Uuid,
    /// Up to this time, or this event of the visit: 2026-03-02T10:00:00Z, or 7
    #[arg(long, value_name = "RFC3339|SEQUENCE")]
    pub at: Option<Moment>,
    /// What happened between two such moments, and what was another after it
    #[arg(long, num_args = 2, value_names = ["RFC3339|SEQUENCE", "RFC3339|SEQUENCE"], conflicts_with = "at")]
    pub diff: Vec<Moment>,
    /// Tells it as it went, so many times faster than it was; nobody waits longer than three seconds
    #[arg(long, value_name = "TIMES", num_args = 0..=1, default_missing_value = "60", conflicts_with = "diff",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub play: Option<u32>,
    /// What a person of this role was shown of it, made again from the log
    #[arg(long, value_name = "patient|provider", conflicts_with_all = ["diff", "play"], requires = "token")]
    pub as_served: Option<ServedTo>,
    #[command(flatten)]
    pub database: Database,
    /// Prints JSON; with --play an object a line
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub opening: Opening,
}
