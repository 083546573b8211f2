//! What may be billed for a telehealth visit: whether a code exists on the day, how the visit must have been held for it,
//! which modifiers and place of service go with it, how many minutes it takes and what a payer does not pay.
//!
//! What the rows do not know is accepted by its shape and reported as not checked, never as right.

mod claim;
mod code;
mod medicare;
mod minutes;
mod modifier;
mod objection;
mod payer;
mod place;

pub use claim::{Claim, Judged, Unchecked};
pub use code::{Basis, Delivery};
pub use medicare::{AudioOnlyReason, Flexibility};
pub use modifier::Modifier;
pub use objection::Objection;
pub use payer::PayerClass;
pub use place::PlaceOfService;

pub(super) use code::BillingCode;
pub(super) use medicare::{AudioOnlyRule, MedicareWindow};
pub(super) use minutes::Minutes;
pub(super) use modifier::ModifierRule;
pub(super) use payer::Payable;
pub(super) use place::PlaceRule;
