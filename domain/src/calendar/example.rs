//! Bookings in examples.

use chrono::{DateTime, Duration, Utc};

use super::*;
use crate::given::{PROVIDER, id, now};

fn start(minutes: i64) -> DateTime<Utc> {
    now() + Duration::minutes(minutes)
}

pub fn booked(visit: u128, minutes: i64) -> Event {
    let (provider_id, visit_id, starts_at) = (id(PROVIDER), id(visit), start(minutes));
    let day = now().date_naive();
    SlotBooked { provider_id, day, visit_id, starts_at, duration_minutes: 20, overbooked: None, hold_id: None }.into()
}

pub fn overbooked(visit: u128, minutes: i64, why: OverbookReason) -> Event {
    let Event::SlotBooked(booked) = booked(visit, minutes) else { unreachable!() };
    SlotBooked { overbooked: Some(why), ..booked }.into()
}

pub fn freed(visit: u128) -> Event {
    SlotFreed { provider_id: id(PROVIDER), day: now().date_naive(), visit_id: id(visit) }.into()
}

pub fn book(visit: u128, minutes: i64) -> Command {
    let (provider_id, visit_id, starts_at) = (id(PROVIDER), id(visit), start(minutes));
    let day = now().date_naive();
    Command::Book(Book { provider_id, day, visit_id, starts_at, duration_minutes: 20, overbook: None, hold_id: None })
}

pub fn overbook(visit: u128, minutes: i64, why: OverbookReason) -> Command {
    let Command::Book(command) = book(visit, minutes) else { unreachable!() };
    Command::Book(Book { overbook: Some(why), ..command })
}

pub fn free(visit: u128) -> Command {
    Command::Free(Free { provider_id: id(PROVIDER), day: now().date_naive(), visit_id: id(visit) })
}

pub fn held(hold: u128, minutes: i64) -> Event {
    let (provider_id, hold_id, starts_at) = (id(PROVIDER), id(hold), start(minutes));
    let (day, held_from) = (now().date_naive(), now());
    let held_until = held_from + Duration::minutes(5);
    SlotHeld { provider_id, day, hold_id, starts_at, duration_minutes: 20, held_from, held_until }.into()
}

pub fn hold(hold: u128, minutes: i64) -> Command {
    let (provider_id, hold_id, starts_at) = (id(PROVIDER), id(hold), start(minutes));
    Command::Hold(Hold { provider_id, day: now().date_naive(), hold_id, starts_at, duration_minutes: 20 })
}

pub fn book_held(visit: u128, minutes: i64, hold: u128) -> Command {
    let Command::Book(command) = book(visit, minutes) else { unreachable!() };
    Command::Book(Book { hold_id: Some(id(hold)), ..command })
}

pub fn booked_held(visit: u128, minutes: i64, hold: u128) -> Event {
    let Event::SlotBooked(booked) = booked(visit, minutes) else { unreachable!() };
    SlotBooked { hold_id: Some(id(hold)), ..booked }.into()
}

/// One of each event, in the order of the catalogue.
pub fn events() -> Vec<Event> {
    vec![overbooked(20, 0, OverbookReason::Urgent), freed(20), held(70, 0)]
}
