//! Visits, from `schedule` to `bill`.

pub mod addend_note;
pub mod admit;
pub mod arrive;
pub mod assign_interpreter;
pub mod attach_file;
pub mod attest_location;
pub mod attest_minutes;
pub mod bill;
pub mod cancel;
pub mod cancel_order;
pub mod capture_charge;
pub mod change_modality;
pub mod check_in;
pub mod claim;
pub mod close_emergency;
pub mod confirm_identity;
pub mod correct_charge;
pub mod correct_note;
pub mod cosign_note;
pub mod declare_emergency;
pub mod decline_consent;
pub mod decline_interpreter;
pub mod decline_request;
pub mod doubt_identity;
pub mod download_file;
pub mod draft_lab_order;
pub mod draft_note;
pub mod draft_prescription;
pub mod end;
pub mod enter_note_in_error;
pub mod expire_request;
pub mod give_callback_number;
pub mod give_consent;
pub mod hand_over;
pub mod hold;
pub mod invite_participant;
pub mod join_session;
pub mod leave_session;
pub mod leave_waiting_room;
pub mod list_files;
pub mod list_messages;
pub mod name_supervisor;
pub mod observe_join;
pub mod observe_leave;
pub mod read_message;
pub mod receive_result;
pub mod record_contact_attempt;
pub mod record_device_check;
pub mod record_diagnosis;
pub mod record_emergency_contact;
pub mod record_intake;
pub mod record_interpreter_joined;
pub mod record_late_arrival;
pub mod record_no_charge;
pub mod record_no_show;
pub mod record_provider_no_show;
pub mod record_proxy_consent;
pub mod record_recording_consent;
pub mod remove_diagnosis;
pub mod remove_file;
pub mod report_provider_delay;
pub mod report_provider_not_ready;
pub mod report_provider_ready;
pub mod report_technical_failure;
pub mod request;
pub mod request_cosign;
pub mod request_interpreter;
pub mod reschedule;
pub mod return_to_waiting;
pub mod reverse_late_arrival;
pub mod reverse_no_show;
pub mod review_result;
pub mod revoke_invitation;
pub mod room;
pub mod save_draft;
pub mod schedule;
pub mod send_message;
pub mod show;
pub mod show_diagnoses;
pub mod show_note;
pub mod show_order;
pub mod show_recording_law;
pub mod show_reminders;
pub mod show_retention;
pub mod show_waiting;
pub mod sign_note;
pub mod sign_order;
pub mod timeline;
pub mod verify_identity;
pub mod verify_proxy;
pub mod void_charge;
pub mod watch_waiting;
pub mod withdraw_consent;
pub mod withdraw_message;
pub mod withdraw_proxy_consent;

use actix_web::web::ServiceConfig;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services
        .service(schedule::schedule)
        .service(request::request)
        .service(claim::claim)
        .service(decline_request::decline_request)
        .service(expire_request::expire_request)
        .service(show::show_visit)
        .service(timeline::show_timeline)
        .service(arrive::arrive)
        .service(verify_identity::verify_identity)
        .service(attest_location::attest_location)
        .service(check_in::check_in)
        .service(report_provider_delay::report_provider_delay)
        .service(report_provider_ready::report_provider_ready)
        .service(report_provider_not_ready::report_provider_not_ready)
        .service(record_provider_no_show::record_provider_no_show)
        .service(hold::hold)
        .service(return_to_waiting::return_to_waiting)
        .service(room::room)
        .service(name_supervisor::name_supervisor)
        .service(leave_waiting_room::leave_waiting_room)
        .service(show_waiting::show_waiting)
        .service(watch_waiting::watch_waiting)
        .service(send_message::send_message)
        .service(read_message::read_message)
        .service(list_messages::list_messages)
        .service(withdraw_message::withdraw_message)
        .service(attach_file::attach_file)
        .service(list_files::list_files)
        .service(download_file::download_file)
        .service(remove_file::remove_file)
        .service(record_contact_attempt::record_contact_attempt)
        .service(change_modality::change_modality)
        .service(report_technical_failure::report_technical_failure)
        .service(give_callback_number::give_callback_number)
        .service(record_emergency_contact::record_emergency_contact)
        .service(declare_emergency::declare_emergency)
        .service(close_emergency::close_emergency)
        .service(request_interpreter::request_interpreter)
        .service(assign_interpreter::assign_interpreter)
        .service(record_interpreter_joined::record_interpreter_joined)
        .service(decline_interpreter::decline_interpreter)
        .service(verify_proxy::verify_proxy)
        .service(record_proxy_consent::record_proxy_consent)
        .service(withdraw_proxy_consent::withdraw_proxy_consent)
        .service(confirm_identity::confirm_identity)
        .service(doubt_identity::doubt_identity)
        .service(record_intake::record_intake)
        .service(record_device_check::record_device_check)
        .service(revoke_invitation::revoke_invitation)
        .service(invite_participant::invite_participant)
        .service(join_session::join_session)
        .service(leave_session::leave_session)
        .service(admit::admit)
        .service(give_consent::give_consent)
        .service(decline_consent::decline_consent)
        .service(withdraw_consent::withdraw_consent)
        .service(record_recording_consent::record_recording_consent)
        .service(show_recording_law::show_recording_law)
        .service(show_retention::show_retention)
        .service(draft_note::draft_note)
        .service(save_draft::save_draft)
        .service(show_note::show_note)
        .service(sign_note::sign_note)
        .service(addend_note::addend_note)
        .service(correct_note::correct_note)
        .service(enter_note_in_error::enter_note_in_error)
        .service(request_cosign::request_cosign)
        .service(cosign_note::cosign_note)
        .service(record_diagnosis::record_diagnosis)
        .service(show_diagnoses::show_diagnoses)
        .service(remove_diagnosis::remove_diagnosis)
        .service(draft_prescription::draft_prescription)
        .service(draft_lab_order::draft_lab_order)
        .service(show_order::show_order)
        .service(show_reminders::show_reminders)
        .service(sign_order::sign_order)
        .service(cancel_order::cancel_order)
        .service(receive_result::receive_result)
        .service(review_result::review_result)
        .service(end::end)
        .service(attest_minutes::attest_minutes)
        .service(capture_charge::capture_charge)
        .service(correct_charge::correct_charge)
        .service(void_charge::void_charge)
        .service(record_no_charge::record_no_charge)
        .service(bill::bill)
        .service(reschedule::reschedule)
        .service(hand_over::hand_over)
        .service(cancel::cancel)
        .service(record_no_show::record_no_show)
        .service(reverse_no_show::reverse_no_show)
        .service(record_late_arrival::record_late_arrival)
        .service(reverse_late_arrival::reverse_late_arrival)
        .service(observe_join::observe_join)
        .service(observe_leave::observe_leave);
}
