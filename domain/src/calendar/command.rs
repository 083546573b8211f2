//! What can be asked of a provider's calendar of a day, always beside a command on the visit.

use chrono::{DateTime, NaiveDate, Utc};

use super::OverbookReason;
use crate::{HoldId, ProviderId, VisitId};

/// Everything that can be asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Book a visit, or book it anew at another time.
    Book(Book),
    /// Free a visit's time.
    Free(Free),
    /// Keep a time for a moment.
    Hold(Hold),
}

/// Book a visit, or book it anew at another time.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// Whose calendar.
    pub provider_id: ProviderId,
    /// Which day's.
    pub day: NaiveDate,
    /// The visit.
    pub visit_id: VisitId,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// How long it takes.
    pub duration_minutes: u16,
    /// Why whatever else is booked at the time does not matter; only the staff may say so.
    pub overbook: Option<OverbookReason>,
    /// The hold that kept the time, if there was one. It ends with the booking.
    pub hold_id: Option<HoldId>,
}

/// Free a visit's time. Nothing happens where it is not booked.
#[derive(Clone, Debug, PartialEq)]
pub struct Free {
    /// Whose calendar.
    pub provider_id: ProviderId,
    /// Which day's.
    pub day: NaiveDate,
    /// The visit.
    pub visit_id: VisitId,
}

/// Keep a time for a moment, so that nobody else books it meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// Whose calendar.
    pub provider_id: ProviderId,
    /// Which day's.
    pub day: NaiveDate,
    /// The id the hold gets.
    pub hold_id: HoldId,
    /// When the time starts.
    pub starts_at: DateTime<Utc>,
    /// How long it is, 5 to 480 minutes.
    pub duration_minutes: u16,
}
