//! Bundles of a real log, and what is done to them. Each test is an attack, and both verifiers, which share no code, must
//! name it alike.

mod attacks;
mod honest;
mod support;
