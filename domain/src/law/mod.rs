//! Law and payer rules as dated data: what a rule says stands in rows under `domain/law/`, chosen by the day of service; the
//! code here only asks. A question nobody has a row for, or a row nobody has reviewed, is refused with the reason, and an
//! answer names every row it rests on.
//!
//! A row's `from` is the first day it answers for, which need not be the day its statute came into force: what lies before
//! was not looked up.

mod answer;
pub mod billing;
mod book;
mod compact;
mod controlled_substances;
mod majority;
mod recording_consent;
mod reliance;
mod retention;
mod row;
mod self_consent;
mod standing;
mod statutes;

pub use answer::{Because, Explained, Unanswered};
pub use book::LoadError;
pub use compact::Compact;
pub use controlled_substances::{ControlledSubstance, PrescribedBy, Schedule};
pub use majority::{age_on, turns};
pub use recording_consent::ConsentFloor;
pub use reliance::{Reliance, ReviewVerdict, Reviewed};
pub use retention::Keep;
pub use row::{Confidence, Rule, RuleId};
pub use self_consent::{SelfConsent, Service};
pub use standing::Standing;
pub use statutes::Law;
