//! When a provider's time can be booked.

use super::{Book, Calendar, Command, Event, Free, Slot, SlotBooked, SlotFreed};
use crate::{Actor, Refusal, Request, Role, Rules};

/// Why a booking is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Another visit has the time, or a part of it.
    #[error("the provider is booked at this time; choose another time, or overbook and say why")]
    SlotTaken,
    /// Somebody else than the staff wants to overbook.
    #[error("overbooking is for the clinic's staff only; choose another time")]
    RoleNotPermitted,
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::SlotTaken => "slot-taken",
            Error::RoleNotPermitted => "role-not-permitted",
        }
    }
}

impl Rules for Calendar {
    type Command = Command;
    type Error = Error;

    fn decide(&self, request: Request<Command>) -> Result<Vec<Event>, Error> {
        match request.command {
            Command::Book(command) => self.book(command, &request.actor),
            Command::Free(command) => Ok(self.free(command)),
        }
    }

    fn evolve(&mut self, event: &Event) {
        self.apply_event(event);
    }
}

impl Calendar {
    /// A visit is in a calendar once: its own old time is no hindrance, and is freed.
    fn book(&self, command: Book, actor: &Actor) -> Result<Vec<Event>, Error> {
        let Book { provider_id, day, visit_id, starts_at, duration_minutes, overbook } = command;
        if overbook.is_some() && !matches!(actor.role, Role::FrontDesk | Role::Provider | Role::Administrator) {
            return Err(Error::RoleNotPermitted);
        }
        let slot = Slot::new(starts_at, duration_minutes);
        let taken = self.slots().iter().any(|(visit, other)| *visit != visit_id && other.overlaps(&slot));
        if taken && overbook.is_none() {
            return Err(Error::SlotTaken);
        }
        let mut events = self.free(Free { provider_id, day, visit_id });
        let overbooked = overbook;
        events.push(SlotBooked { provider_id, day, visit_id, starts_at, duration_minutes, overbooked }.into());
        Ok(events)
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
    use crate::given::given;

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
}
