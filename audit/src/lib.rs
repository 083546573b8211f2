//! What proves a clinic's log to those who trust nothing of ours: an export is a bundle of files, and is verified against a
//! trust policy that never comes from the bundle itself. And what was served, made again from the log.

pub mod bundle;
pub mod examine;
pub mod export;
pub mod log_keys;
pub mod policy;
pub mod proof;
pub mod report;
pub mod served;
pub mod witness;

pub use examine::examine;
pub use log_keys::LogKeys;
pub use policy::Policy;
pub use report::{Check, Finding, Report, Tail, Verdict};
