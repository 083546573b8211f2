//! The queue, and the shape of what is stored of it.

use chrono::Duration;
use daybook_domain::Role;
use daybook_domain::visit::{
    Account, Held, InsteadOfInterpreter, InterpreterDeclined, InterpreterRequested, LeaveReason, LeftWaitingRoom,
    ParticipantJoined, ParticipantLeft, ReturnedToWaiting, Roomed,
};

use super::super::fold::{LISTED, RoomRow};
use super::*;
use crate::projection::View;
use crate::told::{self, Told, id, start};

const A: u128 = 11;
const B: u128 = 12;
const C: u128 = 13;

/// The queue a log leads to, as it is when the next event would come.
fn room(told: &Told) -> Vec<WaitingRow> {
    let (mut entries, mut names) = (Vec::new(), BTreeMap::new());
    let mut paces = BTreeMap::<ProviderId, Pace>::new();
    for (row_id, changed_position, row) in told.rows::<RoomRow>(View::WaitingRoom) {
        match row {
            RoomRow::Visit(room) if LISTED.contains(&room.visit.state()) => {
                entries.push(Entry { id: VisitId(row_id), changed_position, room: *room });
            }
            RoomRow::Visit(_) | RoomRow::Over(_) | RoomRow::TakenBack => {}
            RoomRow::Person(position) => drop(names.insert(PatientId(row_id), position)),
            RoomRow::Wait(wait) => paces.entry(wait.provider).or_default().add(wait),
        }
    }
    queue(entries, &names, &paces, told.now())
}

fn waiting(told: Told, visit: u128, starts_in: i64) -> Told {
    here(told, visit, starts_in).visit(visit, told::checked_in())
}

fn here(told: Told, visit: u128, starts_in: i64) -> Told {
    told.visit(visit, told::scheduled(told::PROVIDER, starts_in)).visit(visit, told::arrived())
}

fn ids(rows: &[WaitingRow]) -> Vec<u128> {
    rows.iter().map(|row| row.visit_id.0.as_u128()).collect()
}

#[test]
fn who_is_due_first_comes_first_and_not_who_came_early() {
    let told = waiting(waiting(Told::default(), A, 30), B, 15);
    let rows = room(&told);
    assert_eq!(ids(&rows), [B, A]);
    assert_eq!(rows[0].why, [OrderReason::Waiting, OrderReason::First]);
    assert_eq!(rows[1].why, [OrderReason::Waiting, OrderReason::ScheduledAfter { visit_id: id(B) }]);
    assert_eq!((rows[0].place, rows[1].place, rows[1].order), (Some(1), Some(2), 2));
}

#[test]
fn of_two_due_at_once_the_first_to_check_in_comes_first() {
    let told = here(here(Told::default(), A, 15), B, 15).visit(B, told::checked_in()).visit(A, told::checked_in());
    let rows = room(&told);
    assert_eq!(ids(&rows), [B, A]);
    assert_eq!(rows[1].why[1], OrderReason::CheckedInAfter { visit_id: id(B) });
}

#[test]
fn held_come_after_waiting_then_who_is_here_then_who_is_expected() {
    let held = Held { reason: HoldReason::Interpreter, details: None };
    let told = waiting(Told::default(), A, 0).visit(A, held);
    let told = here(waiting(told, B, 60), C, 5).visit(14, told::scheduled(told::PROVIDER, 1));
    let rows = room(&told);
    assert_eq!(ids(&rows), [B, A, C, 14]);
    assert_eq!(rows[1].hold_reason, Some(HoldReason::Interpreter));
    assert_eq!(rows.iter().map(|row| row.place).collect::<Vec<_>>(), [Some(1), None, None, None]);
    let rows = room(&told.visit(A, ReturnedToWaiting { sent_back_by: None }));
    assert_eq!((ids(&rows)[0], rows[0].hold_reason), (A, None));
}

#[test]
fn who_is_roomed_keeps_their_place_and_the_row_says_by_whom() {
    let told = waiting(waiting(Told::default(), A, 10), B, 20);
    let told = told.visit(B, Roomed { roomed_by: Role::ClinicalStaff });
    let rows = room(&told);
    assert_eq!((ids(&rows), rows[0].roomed_by.as_ref(), rows[1].place), (vec![A, B], None, Some(2)));
    assert_eq!(rows[1].why, [OrderReason::Roomed, OrderReason::ScheduledAfter { visit_id: id(A) }]);
    let by = rows[1].roomed_by.clone().unwrap();
    assert_eq!((by.subject.as_deref(), by.role), (Some("desk-7"), Role::ClinicalStaff));
    let back = room(&told.visit(B, ReturnedToWaiting { sent_back_by: None }));
    assert_eq!((back[1].roomed_by.as_ref(), back[1].why[0]), (None, OrderReason::Waiting));
}

#[test]
fn each_provider_has_a_queue_of_their_own() {
    let told = waiting(Told::default(), A, 10)
        .visit(B, told::scheduled(77, 20))
        .visit(B, told::arrived())
        .visit(B, told::checked_in());
    assert!(room(&told).iter().all(|row| row.place == Some(1) && row.why[1] == OrderReason::First));
}

#[test]
fn times_are_counted_to_the_moment_asked_for() {
    let told = Told::default()
        .visit(A, told::scheduled(told::PROVIDER, 60))
        .wait(10)
        .visit(A, told::arrived())
        .wait(4)
        .visit(A, told::checked_in())
        .wait(7);
    let row = &room(&told)[0];
    assert_eq!((row.in_state_seconds, row.waited_seconds), (7 * 60, 11 * 60));
    let minutes: Vec<_> = row.seconds_by_state.iter().map(|(state, seconds)| (*state, seconds / 60)).collect();
    assert_eq!(minutes, [(State::Scheduled, 10), (State::Arrived, 4), (State::CheckedIn, 7)]);
}

#[test]
fn who_left_is_not_listed_and_who_returns_waits_anew() {
    let left = waiting(Told::default(), A, 0).visit(A, LeftWaitingRoom { reason: None });
    assert!(room(&left).is_empty());
    let back = left.wait(30).visit(A, told::arrived());
    let row = &room(&back)[0];
    assert_eq!((row.waited_seconds, row.checked_in_at), (60, None));
}

#[test]
fn presence_and_consent_are_shown_and_an_old_sighting_changes_nothing() {
    let connection = || "PA_1".try_into().unwrap();
    let (participant, seen) = (Participant::Patient, start() + Duration::minutes(20));
    let told = waiting(Told::default(), A, 0)
        .visit(A, ParticipantJoined { participant, participant_id: None, connection: connection(), observed_at: seen })
        .visit(A, told::consented(ConsentKind::Recording))
        .patient(told::registered(told::PATIENT), told::PATIENT);
    let row = &room(&told)[0];
    assert_eq!(row.patient_presence, ParticipantPresence { state: PresenceState::Present, last_seen: Some(seen) });
    assert_eq!(row.provider_presence, ParticipantPresence { state: PresenceState::Absent, last_seen: None });
    assert_eq!(row.consents[0].answer, ConsentAnswer::Given);
    assert_eq!((row.patient_registered, row.reason_position), (Some(5), Some(0)));
    let earlier = ParticipantLeft {
        participant,
        participant_id: None,
        connection: connection(),
        reason: LeaveReason::Dropped,
        observed_at: seen - Duration::minutes(5),
    };
    let row = &room(&told.visit(A, earlier))[0];
    assert_eq!(row.patient_presence, ParticipantPresence { state: PresenceState::Reconnecting, last_seen: Some(seen) });
}

#[test]
fn the_interpreter_a_visit_needs_is_shown_with_what_became_of_it() {
    let requested = InterpreterRequested {
        language: "hmn".try_into().unwrap(),
        modality: InterpreterModality::Video,
        requested_by: daybook_domain::Role::Patient,
    };
    let told = waiting(Told::default(), A, 0);
    assert_eq!(room(&told)[0].interpreter, None);
    let told = told.visit(A, requested);
    let badge = room(&told).remove(0).interpreter.unwrap();
    assert_eq!((badge.state, badge.language.as_str()), (InterpretationState::Requested, "hmn"));
    let declined = InterpreterDeclined {
        instead: InsteadOfInterpreter::AdultCompanion,
        reason: None,
        declined_by: daybook_domain::Role::Patient,
    };
    let badge = room(&told.visit(A, declined)).remove(0).interpreter.unwrap();
    assert_eq!(badge.state, InterpretationState::Declined);
}

#[test]
fn an_estimate_comes_from_this_providers_completed_waits_or_not_at_all() {
    let mut told = Told::default();
    for visit in 20..28 {
        told =
            waiting(told, visit, 0).wait(12).visit(visit, told::admitted(told::PROVIDER)).visit(visit, told::ended());
    }
    let estimate = room(&waiting(told, A, 0))[0].estimate;
    assert_eq!(estimate, Some(Estimate { minutes: 11, p50_wait_minutes: 12, p80_wait_minutes: 12, from_visits: 8 }));
    let mut told = Told::default();
    for visit in 20..28 {
        told = waiting(told, visit, 0).wait(12).visit(visit, told::admitted(77)).visit(visit, told::ended());
    }
    assert_eq!(room(&waiting(told, A, 0))[0].estimate, None);
}

#[test]
fn a_wait_whose_patient_was_sent_back_is_measured_only_when_it_ends() {
    let back = || ReturnedToWaiting { sent_back_by: Some(id(told::PROVIDER)) };
    let told = waiting(Told::default(), A, 0).visit(A, told::admitted(told::PROVIDER)).visit(A, back());
    let measured = |told: &Told| room(told)[0].measured.unwrap().from_visits;
    assert_eq!(measured(&told), 0);
    let seen = waiting(told.visit(A, told::admitted(told::PROVIDER)), B, 0);
    assert_eq!(measured(&seen), 1);
}

#[test]
fn the_time_of_a_row_adds_up_to_all_its_seconds() {
    let told = waiting(Told::default(), A, 5).wait(30);
    let row = &room(&told)[0];
    let parts: u64 = row.time.iter().map(|part| part.seconds).sum();
    assert_eq!(parts, row.seconds_by_state.values().sum::<u64>());
    assert!(row.time.iter().any(|part| part.account == Account::Provider && part.seconds > 0), "{:?}", row.time);
}

#[test]
fn how_a_visit_stood_is_told_again_by_its_own_events() {
    let told = waiting(waiting(Told::default(), B, 3), A, 0)
        .visit(A, LeftWaitingRoom { reason: None })
        .visit(A, told::arrived())
        .visit(A, told::drafted(1))
        .visit(B, told::ended())
        .visit(B, told::arrived());
    for size in 1..=told.events.len() {
        let mut then = told.clone();
        then.events.truncate(size);
        for (visit, from, row) in then.rows::<RoomRow>(View::WaitingRoom) {
            if !matches!(row, RoomRow::Visit(_) | RoomRow::Over(_)) {
                continue;
            }
            let seen = then.seen();
            let own = seen.iter().filter(|seen| seen.recorded.stream.id == visit);
            assert_eq!(super::super::fold::told(own), Some((from, row)), "after {size} events");
        }
    }
}

#[test]
fn of_a_visit_that_is_over_nothing_is_kept_but_where_it_began() {
    let told = waiting(here(Told::default(), B, 0), A, 0).visit(A, told::ended());
    let over = |told: &Told| {
        let rows = told.rows::<RoomRow>(View::WaitingRoom).into_iter();
        rows.filter(|(_, _, row)| matches!(row, RoomRow::Over(_))).collect::<Vec<_>>()
    };
    assert_eq!(over(&told), [(id(A), 5, RoomRow::Over(2))]);
    assert_eq!(ids(&room(&told)), [B]);
    // What is seen of it later, such as that somebody left the call, changes nothing in the room.
    let left = told.clone().visit(A, told::consented(ConsentKind::Recording));
    assert_eq!(over(&left), over(&told));
}

/// Stored rows are read back as this type: when this fails, raise `Room::VERSION` and write the new shape here.
#[test]
fn the_shape_of_a_stored_row_belongs_to_its_version() {
    let told = waiting(Told::default(), A, 0);
    let rows = told.fold(View::WaitingRoom).rows;
    let body = rows.into_values().find(|row| row.to.is_none()).unwrap().body;
    assert_eq!((<super::super::Room as crate::projection::Projection>::VERSION, body.as_str()), (21, SHAPE));
}

const SHAPE: &str = concat!(
    r#"{"Visit":{"visit":{"state":"checked-in","patient":"00000000-0000-0000-0000-000000000001","request":null,"#,
    r#""provider":"00000000-0000-0000-0000-000000000002","starts_at":"2026-03-02T10:00:00Z","#,
    r#""duration_minutes":20,"modality":"video","modality_changes":[],"expected_at":null,"late_arrival":{"minutes":0,"response":null},"reminders":[],"#,
    r#""readiness":"never-ready","messages":[],"files":[],"told":null,"identity_verified":false,"#,
    r#""identity_confirmation":"not-confirmed","intake_recorded":false,"device_check":null,"location":null,"#,
    r#""contacts":{"callback_number":false,"emergency_contact":null,"reached_by_phone":false},"emergencies":[],"#,
    r#""interpretation":{"state":"not-requested","need":null,"instead":null,"interpreters":{}},"proxies":{},"invitations":{},"supervision":null,"session":null,"outcome":null,"ended_at":null,"#,
    r#""consents":{},"recording_answers":[],"notes":{},"diagnoses":[],"orders":{},"results":{},"charges":{"charges":{},"minutes":null},"#,
    r#""presence":{"by_kind":{},"by_id":{}},"date_of_service":null},"#,
    r#""begun":0,"state_since":"2026-03-02T10:02:00Z","arrived_at":"2026-03-02T10:01:00Z","#,
    r#""checked_in_at":"2026-03-02T10:02:00Z","spent":{"scheduled":60,"arrived":60},"time":{"state":"checked-in","starts_at":"2026-03-02T10:00:00Z","#,
    r#""hold":null,"since":"2026-03-02T10:02:00Z","spent":{"scheduled":{"patient":60000000},"arrived":{"clinic":60000000}}},"#,
    r#""admitted_at":null,"hold_reason":null,"roomed_by":null,"#,
    r#""seen_at":{},"reason_position":0}}"#,
);
