//! What proves a clinic's log to those who trust nothing of ours: an export is a bundle of files, and is verified against a
//! trust policy that never comes from the bundle itself. And a visit replayed, the signatures under its notes, and what was
//! served of it, made again from the log; and the reports that compliance officers and auditors ask for: facts of the log as
//! tables.

pub mod bundle;
pub mod changes;
pub mod examine;
pub mod export;
mod forms;
pub mod kept_note;
pub mod log_keys;
mod markup;
pub mod policy;
pub mod proof;
pub mod reads;
pub mod replay;
pub mod report;
pub mod reports;
pub mod served;
pub mod signature;
pub mod table;
pub mod tone;
pub mod unwitnessed;
pub mod witness;
pub mod words;

pub use examine::{Opening, examine, examine_and_open};
pub use kept_note::{KeptError, KeptNote};
pub use log_keys::LogKeys;
pub use policy::Policy;
pub use replay::ReplayError;
pub use report::{AtMost, Check, Finding, Report, Tail, Verdict};
pub use table::{Cell, Form, Table};
pub use tone::Tone;
pub use unwitnessed::Unwitnessed;
