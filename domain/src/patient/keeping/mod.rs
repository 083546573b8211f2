//! How long a patient's record is kept, what forbids to let it go, and how it is let go: legal holds, and erasure by
//! destroying the keys its protected values are sealed under. Each takes two people where it cannot be taken back.

mod command;
mod erasure;
mod event;
#[cfg(test)]
pub mod example;
mod hold;
mod record;
mod terms;

pub use command::{ErasureFacts, NewLegalHold, PlaceLegalHold, ProposeErasure, ProposeHoldRelease, ReleaseLegalHold};
pub use event::{ErasureProposed, LegalHoldPlaced, LegalHoldReleaseProposed, LegalHoldReleased, PatientKeyDestroyed};
pub use record::WholeRecord;
pub use terms::{DestroyedKey, ErasureGround, HoldEnd, HoldGround, LegalHold, ProposedErasure};
