//! `Private<T>`: a personal value inside a command. It travels like the value itself and does not show itself in a log line.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value whose `Debug` says nothing. In an event the same value is a [`crate::Phi`].
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Private<T>(pub T);

impl<T> std::fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Private")
    }
}
