//! The only writer. Clinics are hashed onto lanes; each lane has one task and one statement under way at a time, so
//! that everything queued meanwhile shares the next commit.

mod cache;
mod lane;
mod plan;
mod recovery;
mod write;

pub(crate) use lane::{Job, Lane};
pub(crate) use recovery::begin_epoch;
pub(crate) use write::{commands, tile_roots};

/// Events written by one statement, at most.
pub(crate) const MAX_BATCH: usize = 1_024;
