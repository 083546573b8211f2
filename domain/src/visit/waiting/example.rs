//! The wait in examples.

use chrono::Duration;

use super::*;
use crate::given::{PROVIDER, id, now, text};
use crate::visit::{Command, Event, NoShowFacts};
use crate::{Phi, Role};

/// The message of every test visit that has one.
pub const MESSAGE: u128 = 80;

pub mod events {
    use super::*;

    pub fn message_sent() -> Event {
        message_sent_as(MESSAGE)
    }

    pub fn message_sent_as(message: u128) -> Event {
        MessageSent {
            message_id: id(message),
            from: MessageFrom::Staff,
            text: Some(Phi::Clear(text("Rest assured, nobody is at work on your place."))),
            canned: None,
            sent_by: Role::FrontDesk,
        }
        .into()
    }

    pub fn message_read() -> Event {
        MessageRead { message_id: id(MESSAGE), read_by: Role::Patient }.into()
    }

    pub fn message_withdrawn() -> Event {
        let (reason, details) = (WithdrawalReason::WrongPerson, Some(Phi::Clear(text("Meant for his mother."))));
        MessageWithdrawn { message_id: id(MESSAGE), reason, details, withdrawn_by: Role::FrontDesk }.into()
    }

    pub fn estimate_told() -> Event {
        EstimateTold { p50_minutes: Some(7), p80_minutes: Some(15), from_visits: 12, place: Some(2) }.into()
    }

    pub fn provider_delayed() -> Event {
        let reason = Some(Phi::Clear(text("The visit before takes longer.")));
        ProviderDelayed { expected_at: now() + Duration::minutes(10), reason }.into()
    }

    pub fn provider_ready() -> Event {
        ProviderReady { provider_id: id(PROVIDER) }.into()
    }

    pub fn provider_not_ready() -> Event {
        ProviderNotReady { provider_id: id(PROVIDER) }.into()
    }

    pub fn provider_no_show_recorded() -> Event {
        ProviderNoShowRecorded { provider_id: id(PROVIDER), grace_minutes: 15 }.into()
    }

    pub fn held() -> Event {
        Held { reason: HoldReason::Interpreter, details: Some(Phi::Clear(text("Hmong"))) }.into()
    }

    pub fn returned_to_waiting() -> Event {
        ReturnedToWaiting { sent_back_by: None }.into()
    }

    pub fn left_waiting_room() -> Event {
        LeftWaitingRoom { reason: Some(Phi::Clear(text("Had to go to work."))) }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![
            provider_delayed(),
            provider_ready(),
            provider_not_ready(),
            provider_no_show_recorded(),
            held(),
            returned_to_waiting(),
            message_sent(),
            message_read(),
            message_withdrawn(),
            estimate_told(),
            left_waiting_room(),
        ]
    }
}

pub mod commands {
    use super::*;

    pub fn send_message() -> Command {
        let text = Some(text("Rest assured, nobody is at work on your place."));
        Command::SendMessage(SendMessage { text, canned: None }, NewMessage { message_id: id(MESSAGE) })
    }

    pub fn read_message() -> Command {
        Command::ReadMessage(ReadMessage { message_id: id(MESSAGE) })
    }

    pub fn withdraw_message() -> Command {
        withdraw_message_of(MESSAGE)
    }

    pub fn withdraw_message_of(message: u128) -> Command {
        let (reason, details) = (WithdrawalReason::WrongPerson, Some(text("Meant for his mother.")));
        Command::WithdrawMessage(WithdrawMessage { message_id: id(message), reason, details })
    }

    pub fn tell_estimate() -> Command {
        let told = Told { p50_minutes: Some(7), p80_minutes: Some(15), from_visits: 12 };
        Command::TellEstimate(TellEstimate {}, ToldFacts { told, place: Some(2) })
    }

    pub fn report_provider_delay() -> Command {
        let expected_at = now() + Duration::minutes(10);
        let reason = Some(text("The visit before takes longer."));
        Command::ReportProviderDelay(ReportProviderDelay { expected_at, reason })
    }

    pub fn report_provider_ready() -> Command {
        Command::ReportProviderReady(ReportProviderReady {})
    }

    pub fn report_provider_not_ready() -> Command {
        Command::ReportProviderNotReady(ReportProviderNotReady {})
    }

    pub fn record_provider_no_show() -> Command {
        Command::RecordProviderNoShow(RecordProviderNoShow {}, NoShowFacts { grace_minutes: 15 })
    }

    pub fn hold() -> Command {
        Command::Hold(Hold { reason: HoldReason::Interpreter, details: Some(text("Hmong")) })
    }

    pub fn return_to_waiting() -> Command {
        Command::ReturnToWaiting(ReturnToWaiting {})
    }

    pub fn leave_waiting_room() -> Command {
        Command::LeaveWaitingRoom(LeaveWaitingRoom { reason: Some(text("Had to go to work.")) })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::FrontDesk, report_provider_delay()),
            (Role::Provider, report_provider_ready()),
            (Role::Provider, report_provider_not_ready()),
            (Role::FrontDesk, record_provider_no_show()),
            (Role::FrontDesk, hold()),
            (Role::FrontDesk, return_to_waiting()),
            (Role::FrontDesk, send_message()),
            (Role::Patient, read_message()),
            (Role::FrontDesk, withdraw_message()),
            (Role::Patient, tell_estimate()),
            (Role::FrontDesk, leave_waiting_room()),
        ]
    }
}
