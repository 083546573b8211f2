//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use daybook_domain::safekeeping::Span;
use daybook_domain::{Code, KeySecretId, Sha256Hex};
use daybook_ledger::note::NoteVerifier;
use daybook_projections::View;
use uuid::Uuid;

use crate::visit::{Moment, ServedTo};

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
    Verify(Verify),
    /// Tells a visit: what was done and who read it, in one order, and how it then stood.
    Visit(Visit),
    /// What a signature under a note covers, what the signer had before them, and whether it all is still so.
    Signature(Signature),
    /// Holds the read models against the log, shows the rows that differ, builds them again.
    #[command(subcommand)]
    Projections(ProjectionsCommand),
    /// Takes a part of the log away as a bundle that proves itself, sealed values left out.
    Export(Export),
    /// Verifies a bundle with nothing but a trust policy from elsewhere; needs no database and no network.
    VerifyExport(VerifyExport),
    /// Makes backups, and tells the logs of them.
    Backup(Backup),
    /// Restores a backup into a Postgres of its own, verifies it there and compares it with the live log; then it is gone.
    /// Each log is told what came of it, signed.
    Drill(Drill),
    /// Restores a backup for production into an empty database, verifies it, and begins a new epoch of every log.
    Restore(Restore),
    /// The secrets that patients' keys are wrapped under.
    Keys(Keys),
    /// Tells what compliance officers and auditors ask for, out of the log alone; who asked and why is recorded.
    Report(crate::report::arguments::Report),
    /// Follows a log from outside, over what it shows the world, and alarms where it is not what it was.
    Watch(Watch),
    /// A witness: run by somebody else than the log's operator, it signs that a log has only grown.
    #[command(subcommand)]
    Witness(Witness),
}

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

#[derive(Subcommand)]
pub enum Witness {
    /// Makes a folder with a new key and prints the public key, for those who are to believe the witness.
    Key(WitnessKey),
    /// Serves POST /add-checkpoint (C2SP tlog-witness) until it is told to stop.
    Serve(WitnessServe),
}

#[derive(Args)]
pub struct WitnessKey {
    /// The witness's name: a host name of its organization, such as witness.example
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// The folder to make
    #[arg(long, value_name = "FOLDER")]
    pub folder: PathBuf,
}

#[derive(Args)]
pub struct WitnessServe {
    /// The folder with its key and what it has seen. Lost or put back to an earlier state, it needs a new key
    #[arg(long, value_name = "FOLDER")]
    pub folder: PathBuf,
    /// The public key of a log to witness (GET /v1/clinics/ID/log/key, compared with what the operator says otherwise). May
    /// be given several times
    #[arg(long, value_name = "VKEY")]
    pub log: Vec<NoteVerifier>,
    /// A trust policy (C2SP tlog-policy) whose logs are witnessed too
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Address and port; port 0 takes a free one. TLS is the business of something in front of it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8199")]
    pub listen: SocketAddr,
}

#[derive(Args)]
pub struct Keys {
    #[command(subcommand)]
    pub command: KeysCommand,
}

#[derive(Subcommand)]
pub enum KeysCommand {
    /// Wraps every key anew, under the first of DAYBOOK_KEY_SECRETS, and tells the logs.
    Rewrap(Rewrap),
    /// Tells the logs that no copy of a key secret is left, on your word.
    SecretDestroyed(SecretDestroyed),
    /// How many keys are wrapped under which secret.
    Status(KeysStatus),
}

#[derive(Args)]
pub struct Rewrap {
    /// Who runs this; recorded
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub operator: Code,
    #[command(flatten)]
    pub recording: Recording,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct SecretDestroyed {
    /// The secret's name, as `keys status` shows it
    #[arg(long, value_name = "ID", value_parser = key_secret)]
    pub key_secret: KeySecretId,
    /// When the last copy was destroyed
    #[arg(long, value_name = "RFC3339")]
    pub at: DateTime<Utc>,
    /// Who has seen to it; recorded
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub operator: Code,
    #[command(flatten)]
    pub recording: Recording,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct KeysStatus {
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct Restore {
    /// The log's file
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// The file with the identity (the private key of age) that decrypts it
    #[arg(long, value_name = "FILE")]
    pub identity: PathBuf,
    /// The keys' file
    #[arg(long, value_name = "FILE")]
    pub keys_from: PathBuf,
    /// The file with the identity that decrypts the keys
    #[arg(long, value_name = "FILE")]
    pub keys_identity: PathBuf,
    /// A checkpoint that was kept elsewhere: what it covers beyond the backup is known to be lost. May be given several times
    #[arg(long, value_name = "FILE")]
    pub against: Vec<PathBuf>,
    /// The trust policy (C2SP tlog-policy) that the kept checkpoints and the logs' keys are judged by
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub recording: Recording,
    /// The empty database, as its owner
    #[command(flatten)]
    pub database: Database,
}

#[derive(Subcommand)]
pub enum ProjectionsCommand {
    /// Says of each read model whether it is what the log says.
    Verify(ReadModels),
    /// Shows each row that is not what the log says, field by field.
    Diff(ReadModels),
    /// Builds them again from the log. Readers see the old rows until the new ones stand.
    Rebuild(ReadModels),
}

#[derive(Args)]
pub struct ReadModels {
    /// Only in this clinic
    #[arg(long, value_name = "ID")]
    pub clinic: Option<Uuid>,
    /// Only this read model
    #[arg(long, value_name = "NAME", value_parser = View::named)]
    pub projection: Option<View>,
    #[command(flatten)]
    pub database: Database,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Backup {
    #[command(subcommand)]
    pub command: BackupCommand,
}

#[derive(Subcommand)]
pub enum BackupCommand {
    /// Writes the log and, apart from it, the keys as of one moment, each encrypted (age) for a recipient of its own.
    Make(MakeBackup),
    /// Tells the logs of a backup that stands whole, where that was not done when it was made.
    Record(RecordBackup),
    /// Tells the logs that no copy of a backup's keys file is left, on your word.
    Destroyed(BackupDestroyed),
    /// How old each log's newest backup is and its last drill that passed; ends with 1 if one is too old.
    Status(BackupStatus),
}

#[derive(Args)]
pub struct BackupDestroyed {
    /// The hash of the keys' file, as what lies beside the backup has it
    #[arg(long, value_name = "SHA256", value_parser = sha256)]
    pub keys_sha256: Sha256Hex,
    /// When the last copy was destroyed
    #[arg(long, value_name = "RFC3339")]
    pub at: DateTime<Utc>,
    /// Who has seen to it; recorded
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub operator: Code,
    #[command(flatten)]
    pub recording: Recording,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct BackupStatus {
    /// The oldest that a newest backup may be (recovery point objective)
    #[arg(long, env = "DAYBOOK_RECOVERY_POINT_OBJECTIVE", value_name = "90s|15m|24h|30d", default_value = "24h")]
    pub point_objective: Span,
    /// The longest that the last drill may have taken (recovery time objective)
    #[arg(long, env = "DAYBOOK_RECOVERY_TIME_OBJECTIVE", value_name = "90s|15m|24h|30d")]
    pub time_objective: Option<Span>,
    /// The oldest that the last drill that passed may be
    #[arg(long, env = "DAYBOOK_DRILL_EVERY", value_name = "90s|15m|24h|30d", default_value = "90d")]
    pub drill_every: Span,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct MakeBackup {
    /// The log's file; beside it, with .json added, is written in the clear where each log stood
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Who can decrypt it: a public key of age
    #[arg(long, value_name = "age1…")]
    pub recipient: String,
    /// The keys' file, to be kept elsewhere
    #[arg(long, value_name = "FILE")]
    pub keys_to: PathBuf,
    /// Who can decrypt the keys: another public key
    #[arg(long, value_name = "age1…")]
    pub keys_recipient: String,
    #[command(flatten)]
    pub recording: Recording,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct RecordBackup {
    /// The log's file
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// The keys' file
    #[arg(long, value_name = "FILE")]
    pub keys_from: PathBuf,
    #[command(flatten)]
    pub recording: Recording,
    #[command(flatten)]
    pub database: Database,
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
pub struct Drill {
    /// The log's file
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// The file with the identity (the private key of age) that decrypts it
    #[arg(long, value_name = "FILE")]
    pub identity: PathBuf,
    /// The keys' file
    #[arg(long, value_name = "FILE")]
    pub keys_from: PathBuf,
    /// The file with the identity that decrypts the keys
    #[arg(long, value_name = "FILE")]
    pub keys_identity: PathBuf,
    /// The most that may be lost, as promised (recovery point objective)
    #[arg(long, env = "DAYBOOK_RECOVERY_POINT_OBJECTIVE", value_name = "90s|15m|24h|30d")]
    pub point_objective: Option<Span>,
    /// The longest it may take, as promised (recovery time objective)
    #[arg(long, env = "DAYBOOK_RECOVERY_TIME_OBJECTIVE", value_name = "90s|15m|24h|30d")]
    pub time_objective: Option<Span>,
    /// A folder for the certificates, one a clinic, as signed notes
    #[arg(long, value_name = "FOLDER")]
    pub certificates: Option<PathBuf>,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub recording: Recording,
    /// The live log to compare with
    #[command(flatten)]
    pub database: Database,
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

#[derive(Args)]
pub struct Verify {
    /// Only this clinic's log
    #[arg(long, value_name = "ID")]
    pub clinic: Option<Uuid>,
    /// A checkpoint that was kept elsewhere: the log must have grown from it. May be given several times
    #[arg(long, value_name = "FILE")]
    pub against: Vec<PathBuf>,
    /// The trust policy (C2SP tlog-policy) that the kept checkpoints and the log's key are judged by
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    /// Prints the reports as JSON
    #[arg(long)]
    pub json: bool,
}

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
    #[arg(long, value_name = "TIMES", num_args = 0..=1, default_missing_value = "60", conflicts_with_all = ["diff", "json"],
          value_parser = clap::value_parser!(u32).range(1..))]
    pub play: Option<u32>,
    /// What a person of this role was shown of it, made again from the log
    #[arg(long, value_name = "ROLE", conflicts_with_all = ["diff", "play"], requires = "token")]
    pub as_served: Option<ServedTo>,
    #[command(flatten)]
    pub database: Database,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub opening: Opening,
}

#[derive(Args)]
pub struct Signature {
    /// The note
    #[arg(value_name = "NOTE")]
    pub note: Uuid,
    /// The clinic it is at
    #[arg(long, value_name = "ID")]
    pub clinic: Uuid,
    /// The visit it is of; without it the log is searched
    #[arg(long, value_name = "ID")]
    pub visit: Option<Uuid>,
    #[command(flatten)]
    pub database: Database,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub opening: Opening,
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

fn sha256(text: &str) -> Result<Sha256Hex, daybook_domain::ShapeError> {
    Sha256Hex::try_from(text)
}

fn key_secret(text: &str) -> Result<KeySecretId, daybook_domain::ShapeError> {
    KeySecretId::try_from(text)
}

fn code(text: &str) -> Result<Code, daybook_domain::ShapeError> {
    Code::try_from(text)
}
