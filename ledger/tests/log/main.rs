//! The ledger against a real Postgres: what it promises to callers, to other processes and to verifiers.

mod appending;
mod concurrency;
mod publishing;
mod support;
mod tampering;
