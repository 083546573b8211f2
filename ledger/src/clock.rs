//! The only place where time, ids and randomness enter.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The time.
pub trait Clock: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> DateTime<Utc>;
}

/// New identifiers and random bytes.
pub trait Ids: Send + Sync {
    /// An id that is never shown outside: ordered by time (UUID v7).
    fn internal(&self) -> Uuid;
    /// An id that may be shown outside: says nothing (UUID v4).
    fn public(&self) -> Uuid;
    /// Random bytes from the operating system.
    fn secret(&self) -> [u8; 32];
}

/// The operating system's clock and random source.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Clock for System {
    #[allow(clippy::disallowed_methods, reason = "this is where time enters")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

impl Ids for System {
    #[allow(clippy::disallowed_methods, reason = "this is where ids enter")]
    fn internal(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[allow(clippy::disallowed_methods, reason = "this is where ids enter")]
    fn public(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        // aws-lc's generator aborts the process rather than return without entropy; its error type is vestigial.
        aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    }
}
