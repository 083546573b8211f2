//! A provider's calendars beside a command on a visit: loaded for the days it touches, and decided in the same append, so
//! that visit and calendars never disagree and of two commands that want one time exactly one gets it. Beside them the hours
//! at which the provider works.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use daybook_domain::calendar::{self, Book, Calendar, Command, Free, OverbookReason, Slot};
use daybook_domain::visit::When;
use daybook_domain::{HoldId, NoInstant, Provider, ProviderId, TimeZone, VisitId};
use daybook_ledger::{Companion, Loaded};

use crate::caller::Call;
use crate::problem::Problem;

/// What a command wants of a provider's calendars.
#[derive(Clone, Debug)]
pub struct Booking {
    /// Whose calendars.
    pub provider_id: ProviderId,
    /// The visit.
    pub visit_id: VisitId,
    /// When it was booked so far, and how long.
    pub from: Option<(DateTime<Utc>, u16)>,
    /// When it is to be booked, and how long; `None` frees its time.
    pub to: Option<(DateTime<Utc>, u16)>,
    /// Why it does not matter what else is booked.
    pub overbook: Option<OverbookReason>,
    /// The hold that keeps the time, if there is one.
    pub hold_id: Option<HoldId>,
}

impl Booking {
    /// The days whose calendars are concerned.
    fn days(&self) -> BTreeSet<NaiveDate> {
        [self.from, self.to].into_iter().flatten().flat_map(|(at, minutes)| calendar::days(at, minutes)).collect()
    }

    /// The ids of the calendars that are concerned.
    pub fn ids(&self) -> Vec<uuid::Uuid> {
        self.days().into_iter().map(|day| calendar::id(self.provider_id, day)).collect()
    }

    /// The calendars' part in the command. They come as [`Self::ids`] names them.
    pub fn decide<const MAX: usize>(&self, call: &Call<MAX>, calendars: Vec<Loaded<Calendar>>) -> Vec<Companion> {
        let days = self.days().into_iter().zip(calendars);
        days.map(|(day, calendar)| {
            let (command, relies_on_others) = self.command(day);
            let decided = calendar.decides(call.request(command));
            if relies_on_others { decided } else { decided.wherever_it_ends() }
        })
        .collect()
    }

    /// What is asked of one day's calendar, and whether the answer depends on what others have booked there. Of the
    /// visit's own time the visit's stream decides, whose version every command names.
    fn command(&self, day: NaiveDate) -> (Command, bool) {
        let Self { provider_id, visit_id, overbook, hold_id, .. } = *self;
        match self.to.filter(|(at, minutes)| calendar::days(*at, *minutes).contains(&day)) {
            Some((starts_at, duration_minutes)) => {
                let book = Book { provider_id, day, visit_id, starts_at, duration_minutes, overbook, hold_id };
                (Command::Book(book), overbook.is_none())
            }
            None => (Command::Free(Free { provider_id, day, visit_id }), false),
        }
    }

    /// Loads the calendars and lets them decide.
    pub async fn companions<const MAX: usize>(&self, call: &Call<MAX>) -> Result<Vec<Companion>, Problem> {
        Ok(self.decide(call, call.load(self.ids()).await?))
    }
}

/// What the provider's hours say about a moment that is asked for, if it is one.
pub fn when(starts_at: Result<DateTime<Utc>, NoInstant>, minutes: u16, provider: &Provider, zone: &TimeZone) -> When {
    let covers = |at| provider.availability().covers(Slot::new(at, minutes), zone);
    When { starts_at, in_hours: starts_at.is_ok_and(covers) }
}
