//! Access as its callers see it: tokens, decisions, and what stands in the log before anything is shown.
#![allow(clippy::unwrap_used, reason = "these are tests, helpers included")]

mod decisions;
mod denying;
mod reading;
mod rotation;
mod support;
mod taking;
mod tokens;
