//! When a provider's time can be booked.

use chrono::{DateTime, Duration, Utc};

use super::{Book, Calendar, Command, Event, Free, Hold, Slot, SlotBooked, SlotFreed, SlotHeld};
use crate::{Actor, HoldId, Refusal, Request, Role, Rules, VisitId};

/// Why a booking is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Another visit has the time, or a part of it.
    #[error("the provider is booked at this time; choose another time, or overbook and say why")]
    SlotTaken,
    /// Somebody else is about to book the time, or a part of it.
    #[error("somebody is booking this time; choose another, or try again in some minutes")]
    SlotHeld,
    /// Nothing can be held for so long.
    #[error("a visit takes between 5 and 480 minutes")]
    DurationOutOfRange,
    /// Somebody else than the staff wants to overbook.
    #[error("overbooking is for the clinic's staff only; choose another time")]
    RoleNotPermitted,
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::SlotTaken => "slot-taken",
            Error::SlotHeld => "slot-held",
            Error::DurationOutOfRange => "duration-out-of-range",
            Error::RoleNotPermitted => "role-not-permitted",
        }
    }
}

/// How long a time is kept for whoever is booking it.
const HELD_MINUTES: i64 = 5;

impl Rules for Calendar {
    type Command = Command;
    type Error = Error;

    fn decide(&self, request: Request<Command>) -> Result<Vec<Event>, Error> {
        let Request { at, actor, command } = request;
        match command {
            Command::Book(command) => self.book(command, at, &actor),
            Command::Free(command) => Ok(self.free(command)),
            Command::Hold(command) => self.hold(command, at),
        }
    }

    fn evolve(&mut self, event: &Event) {
        self.apply_event(event);
    }
}

impl Calendar {
    /// A visit is in a calendar once: its own old time is no hindrance, and is freed.
    fn book(&self, command: Book, at: DateTime<Utc>, actor: &Actor) -> Result<Vec<Event>, Error> {
        let Book { provider_id, day, visit_id, starts_at, duration_minutes, overbook, hold_id } = command;
        if overbook.is_some() && !matches!(actor.role, Role::FrontDesk | Role::Provider | Role::Administrator) {
            return Err(Error::RoleNotPermitted);
        }
        let slot = Slot::new(starts_at, duration_minutes);
        if overbook.is_none() {
            self.require_free(slot, Some(visit_id), hold_id, at)?;
        }
        let mut events = self.free(Free { provider_id, day, visit_id });
        let overbooked = overbook;
        events.push(SlotBooked { provider_id, day, visit_id, starts_at, duration_minutes, overbooked, hold_id }.into());
        Ok(events)
    }

    /// Keeps nobody from overbooking, and ends by itself: whoever goes away without booking keeps nothing from anybody.
    fn hold(&self, command: Hold, at: DateTime<Utc>) -> Result<Vec<Event>, Error> {
        let Hold { provider_id, day, hold_id, starts_at, duration_minutes } = command;
        if !(5..=480).contains(&duration_minutes) {
            return Err(Error::DurationOutOfRange);
        }
        self.require_free(Slot::new(starts_at, duration_minutes), None, None, at)?;
        let held_until = at.checked_add_signed(Duration::minutes(HELD_MINUTES)).unwrap_or(at);
        let held = SlotHeld { provider_id, day, hold_id, starts_at, duration_minutes, held_from: at, held_until };
        Ok(vec![held.into()])
    }

    /// Passes where no other visit is booked and nobody else holds any of the time.
    fn require_free(
        &self,
        slot: Slot,
        visit: Option<VisitId>,
        hold: Option<HoldId>,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        if self.slots().iter().any(|(other, taken)| Some(*other) != visit && taken.overlaps(&slot)) {
            return Err(Error::SlotTaken);
        }
        let somebody_else = |(other, held): (HoldId, Slot)| Some(other) != hold && held.overlaps(&slot);
        if self.held(at).any(somebody_else) { Err(Error::SlotHeld) } else { Ok(()) }
    }

    fn free(&self, command: Free) -> Vec<Event> {
        let Free { provider_id, day, visit_id } = command;
        let booked = self.slots().contains_key(&visit_id);
        booked.then(|| SlotFreed { provider_id, day, visit_id }.into()).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::OverbookReason;
    use super::super::example::*;
    use super::*;
    use crate::given::{given, now};

    const A: u128 = 20;
    const B: u128 = 21;

    #[test]
    fn two_visits_do_not_share_a_providers_time() {
        let calendar = given::<Calendar>([booked(A, 0)]);
        for minutes in [-19, -1, 0, 1, 19] {
            calendar.when(Role::FrontDesk, book(B, minutes)).refused("slot-taken");
        }
        // 20 minutes each: one may start where the other ends.
        for minutes in [-20, 20] {
            calendar.when(Role::FrontDesk, book(B, minutes)).then([booked(B, minutes)]);
        }
    }

    #[test]
    fn a_visit_that_is_moved_frees_its_old_time_and_may_overlap_itself() {
        given::<Calendar>([booked(A, 0)]).when(Role::FrontDesk, book(A, 10)).then([freed(A), booked(A, 10)]);
        given::<Calendar>([booked(A, 0), booked(B, 20)]).when(Role::FrontDesk, book(A, 10)).refused("slot-taken");
    }

    #[test]
    fn a_freed_time_can_be_booked_again_and_freeing_nothing_is_nothing() {
        given::<Calendar>([booked(A, 0), freed(A)]).when(Role::FrontDesk, book(B, 0)).then([booked(B, 0)]);
        given::<Calendar>([booked(A, 0)]).when(Role::Patient, free(A)).then([freed(A)]);
        given::<Calendar>([booked(A, 0)]).when(Role::Patient, free(B)).then([]);
    }

    #[test]
    fn the_staff_overbooks_and_says_why() {
        let calendar = given::<Calendar>([booked(A, 0)]);
        let why = OverbookReason::Urgent;
        calendar.when(Role::FrontDesk, overbook(B, 5, why)).then([overbooked(B, 5, why)]);
        calendar.when(Role::Patient, overbook(B, 5, why)).refused("role-not-permitted");
        // An overbooked visit takes the time like any other.
        given::<Calendar>([overbooked(B, 5, why)]).when(Role::FrontDesk, book(A, 20)).refused("slot-taken");
    }

    #[test]
    fn a_time_is_kept_for_who_holds_it_for_some_minutes() {
        let held_now = [held(70, 0)];
        let calendar = || given::<Calendar>(held_now.clone());
        calendar().when(Role::FrontDesk, book(B, 10)).refused("slot-held");
        calendar().when(Role::FrontDesk, hold(71, 10)).refused("slot-held");
        calendar().when(Role::FrontDesk, book_held(B, 0, 70)).then([booked_held(B, 0, 70)]);
        // Another time, or whoever overbooks, is not kept.
        calendar().when(Role::FrontDesk, book(B, 20)).then([booked(B, 20)]);
        let why = OverbookReason::Urgent;
        calendar().when(Role::FrontDesk, overbook(B, 5, why)).then([overbooked(B, 5, why)]);
        // It ends by itself, and with the booking.
        let over = now() + Duration::minutes(HELD_MINUTES);
        calendar().at(over - Duration::seconds(1)).when(Role::FrontDesk, book(B, 10)).refused("slot-held");
        calendar().at(over).when(Role::FrontDesk, book(B, 10)).then([booked(B, 10)]);
        let used = given::<Calendar>([held(70, 0), booked_held(B, 0, 70), freed(B)]);
        used.when(Role::FrontDesk, book(A, 0)).then([booked(A, 0)]);
    }

    #[test]
    fn only_a_free_time_of_a_visits_length_can_be_held() {
        given::<Calendar>([booked(A, 0)]).when(Role::FrontDesk, hold(70, 10)).refused("slot-taken");
        given::<Calendar>([]).when(Role::FrontDesk, hold(70, 10)).then([held(70, 10)]);
        let Command::Hold(command) = hold(70, 10) else { unreachable!() };
        let long = Command::Hold(Hold { duration_minutes: 481, ..command });
        given::<Calendar>([]).when(Role::FrontDesk, long).refused("duration-out-of-range");
    }

    #[test]
    fn holds_that_ended_are_forgotten() {
        let later = now() + Duration::minutes(HELD_MINUTES);
        let Event::SlotHeld(first) = held(71, 60) else { unreachable!() };
        let second = SlotHeld { held_from: later, held_until: later + Duration::minutes(HELD_MINUTES), ..first };
        let calendar = Calendar::replay(&[held(70, 0), second.into()]);
        assert_eq!(calendar.held(now()).count(), 1);
    }
}
