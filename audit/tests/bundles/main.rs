//! Bundles of a real log, and what is done to them. Each test is an attack, and both verifiers, which share no code, must
//! name it alike.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod attacks;
mod content;
mod honest;
mod independent;
#[path = "../../../tests/python.rs"]
mod python;
mod support;
mod tars;
mod witnessed;
