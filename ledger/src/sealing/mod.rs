//! PHI sealing (ledger.md section 7): protected values are lifted out of a payload and sealed under a key of the one
//! patient and class the event concerns. Sealing and opening are two halves, so that who can write cannot read.

mod blind_index;
mod closing;
mod envelope;
mod file;
mod keys;
mod lift;
mod rewrap;
mod ring;

pub use blind_index::{BlindIndex, normalize};
pub(crate) use closing::Closed;
pub use envelope::{Address, DataKey, EventKeys, SealError, data_key_id};
pub use file::{FILE_HEAD, FileOpener, FilePlace, FileSealer, sealed_length};
pub use keys::{KeyError, KeyFacts, KeyProvider, LocalKeys, WrapKey, wrapped_under};
pub use lift::{LiftError, lift, lower, mark};
pub use rewrap::{RewrapError, Rewrapped, all_open, rewrap, wrapped_under_which};
pub use ring::{EventKey, Field, KeyRing, Opener, RingError, Sealer, open_payload};
