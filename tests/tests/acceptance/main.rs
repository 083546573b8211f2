//! Daybook from the outside: a real server, a real Postgres, and only what callers, auditors and operators can see.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod access;
mod accounting;
mod arrival_requirements;
mod auditor;
mod availability;
mod bad_input;
mod booking;
mod charges;
mod chat;
mod compatibility;
mod detours;
mod diagnoses;
mod disclosure;
mod erasure;
mod files;
mod files_damaged;
mod importing;
mod importing_killed;
mod intake;
mod interpreters;
mod invitations;
mod law_answers;
mod live;
mod notes;
mod notes_drafts;
mod operations;
mod orders;
mod phone;
mod proposals;
mod proxies;
mod rebuild;
mod reminders;
mod repeating;
mod requests;
mod results;
mod rooming;
mod safety;
mod secrecy;
mod sessions;
mod straight_path;
mod support;
mod trainees;
mod views;
mod waiting_choreography;
