//! Names nobody else will choose. The standard library seeds every `RandomState` from the operating system; that is
//! enough for names, and these names are never secrets.

use std::hash::{BuildHasher, RandomState};

pub(crate) fn suffix() -> String {
    format!("{:016x}", RandomState::new().hash_one(std::process::id()))
}
