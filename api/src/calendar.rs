//! A provider's calendars beside a command on a visit: loaded for the days it touches, and decided in the same append, so
//! that visit and calendars never disagree and of two commands that want one time exactly one gets it.

use daybook_domain::Calendar;
use daybook_domain::calendar::{self, Booking};
use daybook_ledger::{Companion, Loaded};

use crate::caller::Call;
use crate::problem::Problem;

/// The ids of the calendars that a booking concerns, a day each.
pub fn ids(booking: &Booking) -> Vec<uuid::Uuid> {
    booking.days().into_iter().map(|day| calendar::id(booking.provider_id, day)).collect()
}

/// The calendars' part in the command. They come as [`ids`] names them.
pub fn decide<const MAX: usize>(
    booking: &Booking,
    call: &Call<MAX>,
    calendars: Vec<Loaded<Calendar>>,
) -> Vec<Companion> {
    let days = booking.days().into_iter().zip(calendars);
    days.map(|(day, calendar)| {
        let (command, relies_on_others) = booking.command(day);
        let decided = calendar.decides(call.request(command));
        if relies_on_others { decided } else { decided.wherever_it_ends() }
    })
    .collect()
}

/// Loads the calendars and lets them decide.
pub async fn companions<const MAX: usize>(booking: &Booking, call: &Call<MAX>) -> Result<Vec<Companion>, Problem> {
    Ok(decide(booking, call, call.load(ids(booking)).await?))
}
