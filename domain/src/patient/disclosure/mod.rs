//! Disclosures: what of a patient's record was given to somebody outside, to whom and why; and the accounting of them that a
//! patient may ask for (45 CFR 164.528).

mod accounting;
mod command;
mod event;
#[cfg(test)]
pub mod example;
mod recording;
mod suspending;
mod terms;

pub use accounting::{Accounted, AccountedDisclosure, Accounting, LeftOut};
pub use command::{DisclosureFacts, RecordDisclosure, SuspendAccounting};
pub use event::{AccountingSuspended, DisclosureMade};
pub use terms::{DisclosureGround, MOST_VISITS, SuspensionStatement};
