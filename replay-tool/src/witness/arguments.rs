//! The command line of `witness`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use daybook_ledger::note::NoteVerifier;

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
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
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
    /// Prints a line of JSON once it serves, and one for each head that it must not sign though the log's key did
    #[arg(long)]
    pub json: bool,
}
