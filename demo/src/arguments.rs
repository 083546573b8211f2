//! What the demo can be told.

use std::path::PathBuf;

use clap::Parser;

/// A clinic at work on this computer. Everything in it is simulated; Ctrl-C ends it and leaves nothing running
#[derive(Parser)]
#[command(version)]
pub struct Arguments {
    /// Where its Postgres, its secret and its log files are kept between runs
    #[arg(long, value_name = "DIR", default_value = ".daybook/demo")]
    pub data_dir: PathBuf,
    /// Throw away what earlier runs left behind
    #[arg(long)]
    pub fresh: bool,
    /// Seconds between the steps of the day; 0: as fast as it goes
    #[arg(long, value_name = "SECONDS", default_value_t = 0.7)]
    pub pace: f32,
    /// Port to listen on, of 127.0.0.1 [default: 8080, or any that is free]
    #[arg(long)]
    pub port: Option<u16>,
    /// End after the day was played and the log verified
    #[arg(long)]
    pub exit_after_play: bool,
    /// After the day, change a copy of its log as a superuser could, and show how each change is named
    #[arg(long, conflicts_with_all = ["population", "database_url"])]
    pub tamper: bool,
    /// Play people and ambulatory encounters from FHIR R4 NDJSON files (plain or gzip) instead, as fast as it can
    #[arg(long, value_name = "DIR")]
    pub population: Option<PathBuf>,
    /// Visits played at the same time
    #[arg(long, value_name = "VISITS", default_value_t = 64, requires = "population")]
    pub in_flight: usize,
    /// Database to use instead of a private one; a `postgres://` URL of its owner
    #[arg(long, value_name = "URL", env = "DAYBOOK_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
}
