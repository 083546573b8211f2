//! The program itself, on a real log: what it says and how it ends.

mod opening;
mod support;
mod verifying;
mod visiting;
