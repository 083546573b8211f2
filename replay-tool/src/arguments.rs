//! The command line: the commands, and what several of them take. What one takes stands with it.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use daybook_domain::{Code, ShapeError};
use uuid::Uuid;

use crate::{
    backup, drill, keys, projections, recover, report, restore, signature, verify, verify_export, visit, watch, witness,
};

/// Daybook's log from a terminal.
///
/// Ends with 0 if everything looked at is as it was written, 1 if something is not, 2 if it could not be found out, 3 if
/// there is nothing to verify.
#[derive(Parser)]
#[command(name = "daybook-replay", version)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Verifies every hash, link, tile, checkpoint and signature of the log.
    Verify(verify::arguments::Verify),
    /// Tells a visit: what was done and who read it, in one order, and how it then stood.
    Visit(visit::arguments::Visit),
    /// What a signature under a note covers, what the signer had before them, and whether it all is still so.
    Signature(signature::arguments::Signature),
    /// Holds the read models against the log, shows the rows that differ, builds them again.
    #[command(subcommand)]
    Projections(projections::arguments::ProjectionsCommand),
    /// Takes a part of the log away as a bundle that proves itself, sealed values left out.
    Export(Export),
    /// Verifies a bundle with nothing but a trust policy from elsewhere; needs no database and no network.
    VerifyExport(verify_export::arguments::VerifyExport),
    /// Makes backups, and tells the logs of them.
    Backup(backup::arguments::Backup),
    /// Restores a backup into a Postgres of its own, verifies it there and compares it with the live log; then it is gone.
    /// Each log is told what came of it, signed.
    Drill(drill::arguments::Drill),
    /// Restores a backup for production into an empty database, verifies it, and begins a new epoch of every log.
    Restore(restore::arguments::Restore),
    /// Begins a new epoch of every log of a database that went back to an earlier point by other means than a restore. Stop every
    /// server first.
    Recover(recover::arguments::Recover),
    /// The secrets that patients' keys are wrapped under.
    Keys(keys::arguments::Keys),
    /// Tells what compliance officers and auditors ask for, out of the log alone; who asked and why is recorded.
    Report(report::arguments::Report),
    /// Follows a log from outside, over what it shows the world, and alarms where it is not what it was.
    Watch(watch::arguments::Watch),
    /// A witness: run by somebody else than the log's operator, it signs that a log has only grown.
    #[command(subcommand)]
    Witness(witness::arguments::Witness),
}

/// What it takes to tell a log something. The root secret is read from the environment alone (`DAYBOOK_ROOT_SECRET`, as the
/// server has it).
#[derive(Args)]
#[command(next_help_heading = "Telling the logs (also needs DAYBOOK_ROOT_SECRET)")]
pub struct Recording {
    /// The installation's name, as the server has it
    #[arg(long, env = "DAYBOOK_ORIGIN", value_name = "NAME", default_value = "daybook.localhost")]
    pub origin: String,
}

#[derive(Args)]
pub struct Export {
    /// The clinic
    #[arg(long, value_name = "ID")]
    pub clinic: Uuid,
    #[command(flatten)]
    pub what: Exported,
    /// Adds every entry of the log (75 bytes an event, no PHI), so that nothing can be missing unseen
    #[arg(long)]
    pub entries: bool,
    /// For whom it is, as a code of your own; it is recorded
    #[arg(long = "for", value_name = "CODE", value_parser = code)]
    pub recipient: Option<Code>,
    /// The form: a bundle, which proves itself; or a table, FHIR AuditEvent and Provenance as NDJSON, or a page to be printed,
    /// which prove nothing
    #[arg(long, value_enum, default_value_t = Format::Bundle, conflicts_with = "content")]
    pub format: Format,
    /// With content: what is sealed goes along
    #[arg(long, requires = "recipient_key")]
    pub content: bool,
    /// Who can open the content: a public key of age
    #[arg(long = "recipient", value_name = "age1…", requires = "content")]
    pub recipient_key: Option<String>,
    /// The folder to make, or a file that ends in .tar, or - for a tar on standard output; of other forms the file
    #[arg(long, alias = "out", value_name = "FOLDER|FILE|-")]
    pub output: PathBuf,
    /// Prints what was made as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub opening: Opening,
}

/// In which form.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Bundle,
    Csv,
    Fhir,
    Html,
}

/// What is exported: one of these.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub struct Exported {
    /// A visit, and who looked at it
    #[arg(long, value_name = "ID", conflicts_with_all = ["patient", "from", "all"])]
    pub visit: Option<Uuid>,
    /// Everything about a patient
    #[arg(long, value_name = "ID", conflicts_with_all = ["from", "all"])]
    pub patient: Option<Uuid>,
    /// Everything recorded from this time on
    #[arg(long, value_name = "RFC3339", requires = "to", conflicts_with = "all")]
    pub from: Option<DateTime<Utc>>,
    /// Until this time, itself not included
    #[arg(long, value_name = "RFC3339", requires = "from")]
    pub to: Option<DateTime<Utc>>,
    /// The clinic's whole log
    #[arg(long)]
    pub all: bool,
}

/// Somebody's word that no copy of something is left.
#[derive(Args)]
pub struct Destroyed {
    /// When the last copy was destroyed
    #[arg(long, value_name = "RFC3339")]
    pub at: DateTime<Utc>,
    /// Who has seen to it; recorded
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub operator: Code,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub recording: Recording,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct Database {
    /// The database
    #[arg(long, env = "DAYBOOK_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: String,
}

/// What it takes to see protected values. The root secret is read from the environment alone (`DAYBOOK_ROOT_SECRET`, as
/// the server has it), because other people of the machine can read a command line.
#[derive(Args)]
#[command(next_help_heading = "Opening sealed values (also needs DAYBOOK_ROOT_SECRET)")]
pub struct Opening {
    /// A file with your access token, or - for standard input
    #[arg(long, value_name = "FILE", requires = "reason")]
    pub token: Option<PathBuf>,
    /// Why you look, as a code; it is recorded with the read before anything is opened
    #[arg(long, value_name = "CODE", requires = "token", value_parser = code)]
    pub reason: Option<Code>,
    /// Issuer of access tokens
    #[arg(long, env = "DAYBOOK_ISSUER", value_name = "URL")]
    pub issuer: Option<String>,
    /// Audience access tokens must name
    #[arg(long, env = "DAYBOOK_AUDIENCE", value_name = "NAME")]
    pub audience: Option<String>,
    /// Where the issuer publishes its keys
    #[arg(long, env = "DAYBOOK_JWKS_URL", value_name = "URL")]
    pub jwks_url: Option<String>,
    /// The installation's name, as the server has it
    #[arg(long, env = "DAYBOOK_ORIGIN", value_name = "NAME", default_value = "daybook.localhost")]
    pub origin: String,
}

/// A code, as an argument.
pub fn code(text: &str) -> Result<Code, ShapeError> {
    Code::try_from(text)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// Commands that have no commands of their own, by their whole names.
    fn leaves(command: &clap::Command, name: &str) -> Vec<(String, clap::Command)> {
        let name = format!("{name} {}", command.get_name());
        let inner: Vec<_> = command.get_subcommands().flat_map(|inner| leaves(inner, &name)).collect();
        if inner.is_empty() { vec![(name, command.clone())] } else { inner }
    }

    #[test]
    fn everything_can_be_had_as_json() {
        let commands = leaves(&Arguments::command(), "");
        assert!(commands.len() > 20, "{commands:?}");
        for (name, command) in commands {
            assert!(command.get_arguments().any(|argument| argument.get_long() == Some("json")), "{name}");
        }
    }
}
