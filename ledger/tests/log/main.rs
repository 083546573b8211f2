//! The ledger against a real Postgres: what it promises to callers, to other processes and to verifiers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by ending")]

mod appending;
mod calendar;
mod commands;
mod concurrency;
mod drafts;
mod publishing;
mod sumdb;
mod support;
mod tampering;
mod untouched;
