//! The command line of `watch`.

use std::path::PathBuf;

use clap::Args;

#[derive(Args)]
pub struct Watch {
    /// The log's public address: https://HOST/v1/clinics/ID/log
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// The trust policy (C2SP tlog-policy): the log's key, the witnesses, and how many of them
    #[arg(long, value_name = "FILE")]
    pub policy: PathBuf,
    /// Where it is remembered what was seen
    #[arg(long, value_name = "FILE")]
    pub state: PathBuf,
    /// How often to look
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    pub every: u64,
    /// Alarms where nothing new was shown for longer
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    pub stale_after: u64,
    /// Alarms where something stands in the log for longer that not enough witnesses have seen
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub unwitnessed_after: u64,
    /// Looks once: ends with 0 if all is well, 1 with an alarm, 2 if the log did not answer
    #[arg(long)]
    pub once: bool,
    /// Prints a line of JSON for each look
    #[arg(long)]
    pub json: bool,
}
