//! Read models: each is a pure fold of a clinic's log, kept in step with it by the [`Projector`] and asked through
//! [`Views`]. They hold no PHI and no keys: where a screen needs a sealed value, the row holds the log position of the
//! event that has it, and the caller opens that event through `access`.

mod access_reviews;
mod accesses;
mod alarms;
mod build;
mod chart;
mod checkpoints;
mod compare;
mod copying;
mod day;
mod directory;
mod error;
mod glass;
mod history;
mod pass;
mod progress;
mod projection;
mod projector;
mod rebuild;
mod requests;
mod seen;
mod store;
mod timeline;
#[cfg(test)]
mod told;
mod twin;
mod usage;
mod views;
mod waiting_room;

pub use access_reviews::{AccessReviewEntry, UsedRole};
pub use accesses::{Reading, Readings, Whose};
pub use alarms::{Alarm, Alarms};
pub use chart::{
    Chart, ChartAddendum, ChartCharge, ChartConsent, ChartFile, ChartIntake, ChartMinutes, ChartNoCharge, ChartNote,
    ChartResult, ChartReview, ChartSignature, ChartVisit, ConsentAnswer,
};
pub use compare::{Comparison, Difference, compare};
pub use day::{Day, DayVisit};
pub use directory::{ClinicEntry, ProviderEntry, VisitParties};
pub use error::{Behind, Error};
pub use glass::{Glass, GlassReview, Glasses};
pub use history::{DirectoryEntry, History, HistoryRecord};
pub use projection::View;
pub use projector::Projector;
pub use rebuild::{Rebuilt, Selection, Stopped, rebuild};
pub use requests::{OpenRequest, Requests};
pub use store::prepare;
pub use timeline::{AccessMark, Timeline, TimelineEntry};
pub use twin::{Twin, compare_twins};
pub use usage::{MonthUsage, Usage};
pub use views::{Lag, Views};
pub use waiting_room::{
    ConsentBadge, Estimate, InterpreterBadge, OrderReason, ParticipantPresence, WaitingRoom, WaitingRoomChanges,
    WaitingRow,
};
