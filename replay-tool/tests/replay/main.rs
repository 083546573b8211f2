//! The program itself, on a real log: what it says and how it ends.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod against;
mod backing_up;
mod exporting;
mod failing_drills;
mod issuer;
mod keeping_files;
mod opening;
mod place;
mod projecting;
mod reporting;
mod restoring;
mod rewrapping;
mod rewriting;
mod signing;
mod support;
mod toning;
mod verifying;
mod visiting;
mod watching;
mod witness;
mod witnessing;
