//! A Postgres of one's own.
//!
//! The demo, the tests and the benchmarks need a real Postgres and must not ask anybody to set one up, nor touch one
//! that is already running. This crate finds the Postgres programs on this computer and runs a [`Cluster`] with them:
//! its own data directory, reachable through a Unix socket in a directory only its owner may enter, no network port, and
//! gone when the program that started it is gone.
//!
//! It is for development, tests and single-computer use. In production Daybook is given the address of a database.

mod account;
mod cluster;
mod error;
mod initialize;
mod locate;
mod place;
mod processes;
mod random;
mod server;
pub mod test;
mod throwaway;

pub use cluster::{Cluster, Options};
pub use error::Error;
pub use locate::Binaries;
pub use test::{TestDatabase, fresh_database};
pub use throwaway::Throwaway;
