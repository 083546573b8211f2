//! The command line of `verify-export`.

use std::path::PathBuf;

use clap::Args;

#[derive(Args)]
pub struct VerifyExport {
    /// The bundle: a folder, or the tar of one
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,
    /// The trust policy (C2SP tlog-policy); never one that came with the bundle
    #[arg(long, value_name = "FILE")]
    pub policy: PathBuf,
    /// The file with the identity (the private key of age) that opens the content of the bundle; opened values are shown
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
    /// Prints the report as JSON
    #[arg(long)]
    pub json: bool,
}
