//! The program itself, on a real log: what it says and how it ends.

mod support;
mod verifying;
mod visiting;
