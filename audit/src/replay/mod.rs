//! A visit, replayed: what was done and who read it, in one order, and how it then stood; what was another between two moments;
//! and what was served of it.

pub mod as_served;
pub mod diff;
mod error;
mod found;
mod moment;
mod queue;
mod reads;
mod seal;
mod standing;
pub mod story;
pub mod told;
mod words;

pub use as_served::{AsServed, ServedTo};
pub use diff::Between;
pub use error::ReplayError;
pub use found::Found;
pub use moment::Moment;
pub use queue::{Queue, queue};
pub use story::{Act, Acts, Line};
pub use told::Told;
