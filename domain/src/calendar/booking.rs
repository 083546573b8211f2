//! What a command on a visit asks of a provider's calendars: which days it concerns, and what it asks of each.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Book, Command, Free, OverbookReason, days};
use crate::{HoldId, ProviderId, VisitId};

/// A visit's time at a provider's, from and to.
#[derive(Clone, Debug)]
pub struct Booking {
    /// Whose calendars.
    pub provider_id: ProviderId,
    /// The visit.
    pub visit_id: VisitId,
    /// When it was booked so far, and how many minutes.
    pub from: Option<(DateTime<Utc>, u16)>,
    /// When it is to be booked, and how many minutes; `None` frees its time.
    pub to: Option<(DateTime<Utc>, u16)>,
    /// Why it does not matter what else is booked.
    pub overbook: Option<OverbookReason>,
    /// The hold that keeps the time, if there is one.
    pub hold_id: Option<HoldId>,
}

impl Booking {
    /// What frees a visit's time.
    pub fn freeing(provider_id: ProviderId, visit_id: VisitId, time: Option<(DateTime<Utc>, u16)>) -> Self {
        Self { provider_id, visit_id, from: time, to: None, overbook: None, hold_id: None }
    }

    /// The days whose calendars are concerned.
    pub fn days(&self) -> BTreeSet<NaiveDate> {
        [self.from, self.to].into_iter().flatten().flat_map(|(at, minutes)| days(at, minutes)).collect()
    }

    /// What is asked of one day's calendar, and whether the answer depends on what others have booked there. Of the
    /// visit's own time the visit's stream decides, whose version every command names.
    pub fn command(&self, day: NaiveDate) -> (Command, bool) {
        let Self { provider_id, visit_id, overbook, hold_id, .. } = *self;
        match self.to.filter(|(at, minutes)| days(*at, *minutes).contains(&day)) {
            Some((starts_at, duration_minutes)) => {
                let book = Book { provider_id, day, visit_id, starts_at, duration_minutes, overbook, hold_id };
                (Command::Book(book), overbook.is_none())
            }
            None => (Command::Free(Free { provider_id, day, visit_id }), false),
        }
    }
}
