//! The OpenAPI document. Paths come from the routes; the schemas of bodies come from the very types that are read and
//! written, through schemars, so that the domain's commands are described without being written down twice.

use std::sync::LazyLock;

use daybook_domain::{access_review, clinic, patient, provider, session, visit};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::operations::{self, TokenRequest};
use crate::routes::visits::{
    addend_note, cancel_order, correct_charge, correct_note, cosign_note, enter_note_in_error, read_message,
    receive_result, remove_diagnosis, remove_file, request_cosign, review_result, save_draft, sign_note, sign_order,
    void_charge, withdraw_message,
};
use crate::routes::{
    alarms, audit, clinics, invitations, log, patients, providers, requests, rules, sessions, templates, usage, visits,
    waiting_room,
};
use crate::{command, draft, problem};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Daybook",
        description = "An event-sourced clinical visit engine. Every command answers with the place of its event in a \
                       signed, append-only log; every read of health information is recorded before it is answered."
    ),
    security(("token" = [])),
    modifiers(&Token),
    tags(
        (name = "clinics", description = "The clinic's own record."),
        (name = "providers", description = "Providers, their licences and their days."),
        (name = "patients", description = "Patients and their charts."),
        (name = "visits", description = "Visits, from scheduling to billing."),
        (name = "notes", description = "Clinical notes."),
        (name = "diagnoses and orders", description = "What the patient has, and what is ordered. Nothing is sent yet."),
        (name = "billing", description = "Charges."),
        (name = "rules", description = "Rules of law and of payers, and their review."),
        (name = "waiting room", description = "Who waits, live and as it was."),
        (name = "audit", description = "Reports for compliance officers and auditors, and what they take away."),
        (name = "log", description = "The log itself, to be verified by anyone."),
        (name = "operations", description = "For operators and developers.")
    ),
    paths(
        clinics::register::register_clinic,
        clinics::show::show_clinic,
        clinics::set_late_arrival_policy::set_late_arrival_policy,
        clinics::set_reminder_policy::set_reminder_policy,
        clinics::set_staff_naming::set_staff_naming,
        providers::register::register_provider,
        providers::grant_licence::grant_licence,
        providers::set_availability::set_availability,
        providers::slots::show_slots,
        providers::hold_slot::hold_slot,
        providers::day::show_day,
        patients::register::register_patient,
        patients::search::search_patients,
        patients::verify_proxy_authority::verify_proxy_authority,
        patients::end_proxy_authority::end_proxy_authority,
        patients::keeping::place_legal_hold::place_legal_hold,
        patients::keeping::propose_hold_release::propose_hold_release,
        patients::keeping::release_legal_hold::release_legal_hold,
        patients::keeping::propose_erasure::propose_erasure,
        patients::keeping::confirm_erasure::confirm_erasure,
        patients::keeping::show::show_record_keeping,
        patients::disclosures::record::record_disclosure,
        patients::disclosures::suspend::suspend_accounting,
        patients::disclosures::show::show_disclosures,
        patients::glass::break_glass::break_glass,
        patients::glass::review::review_glass,
        patients::show::show_patient,
        patients::chart::show_chart,
        patients::history::show_history,
        patients::who_looked::show_who_looked,
        audit::access::show_accesses,
        audit::break_glass::show_broken_glass,
        audit::notable::show_notable_accesses,
        audit::consents::show_consent_history,
        audit::integrity::show_integrity_history,
        audit::integrity::show_reconciliation,
        audit::recall::show_recall,
        audit::breach::show_received,
        audit::verify::verify_log,
        audit::projections::compare_projections,
        audit::projections::rebuild_projections,
        audit::replay::show::show_replay,
        audit::replay::changes::show_changes,
        audit::replay::as_served::show_as_served,
        audit::replay::signatures::show_signatures,
        audit::access_reviews::open::open_access_review,
        audit::access_reviews::list::list_access_reviews,
        audit::access_reviews::show::show_access_review,
        audit::access_reviews::decide::decide_access_line,
        audit::access_reviews::close::close_access_review,
        visits::schedule::schedule,
        visits::request::request,
        visits::claim::claim,
        visits::decline_request::decline_request,
        visits::expire_request::expire_request,
        visits::show::show_visit,
        visits::timeline::show_timeline,
        visits::arrive::arrive,
        visits::verify_identity::verify_identity,
        visits::attest_location::attest_location,
        visits::check_in::check_in,
        visits::room::room,
        visits::name_supervisor::name_supervisor,
        visits::report_provider_delay::report_provider_delay,
        visits::report_provider_ready::report_provider_ready,
        visits::report_provider_not_ready::report_provider_not_ready,
        visits::record_provider_no_show::record_provider_no_show,
        visits::hold::hold,
        visits::return_to_waiting::return_to_waiting,
        visits::leave_waiting_room::leave_waiting_room,
        visits::show_waiting::show_waiting,
        visits::watch_waiting::watch_waiting,
        visits::send_message::send_message,
        visits::read_message::read_message,
        visits::list_messages::list_messages,
        visits::withdraw_message::withdraw_message,
        visits::attach_file::attach_file,
        visits::list_files::list_files,
        visits::download_file::download_file,
        visits::remove_file::remove_file,
        visits::record_contact_attempt::record_contact_attempt,
        visits::change_modality::change_modality,
        visits::report_technical_failure::report_technical_failure,
        visits::give_callback_number::give_callback_number,
        visits::record_emergency_contact::record_emergency_contact,
        visits::declare_emergency::declare_emergency,
        visits::close_emergency::close_emergency,
        visits::request_interpreter::request_interpreter,
        visits::assign_interpreter::assign_interpreter,
        visits::record_interpreter_joined::record_interpreter_joined,
        visits::decline_interpreter::decline_interpreter,
        visits::verify_proxy::verify_proxy,
        visits::record_proxy_consent::record_proxy_consent,
        visits::withdraw_proxy_consent::withdraw_proxy_consent,
        visits::confirm_identity::confirm_identity,
        visits::doubt_identity::doubt_identity,
        visits::record_intake::record_intake,
        visits::record_device_check::record_device_check,
        visits::revoke_invitation::revoke_invitation,
        visits::invite_participant::invite_participant,
        invitations::redeem::redeem_invitation,
        visits::join_session::join_session,
        visits::leave_session::leave_session,
        sessions::open::open_session,
        sessions::show::show_session,
        sessions::close::close_session,
        visits::admit::admit,
        visits::give_consent::give_consent,
        visits::decline_consent::decline_consent,
        visits::withdraw_consent::withdraw_consent,
        visits::record_recording_consent::record_recording_consent,
        visits::show_recording_law::show_recording_law,
        visits::show_retention::show_retention,
        visits::draft_note::draft_note,
        visits::save_draft::save_draft,
        visits::show_note::show_note,
        visits::sign_note::sign_note,
        visits::addend_note::addend_note,
    visits::correct_note::correct_note, visits::enter_note_in_error::enter_note_in_error, visits::request_cosign::request_cosign, visits::cosign_note::cosign_note, templates::list_templates, visits::record_diagnosis::record_diagnosis, visits::show_diagnoses::show_diagnoses, visits::remove_diagnosis::remove_diagnosis, visits::draft_prescription::draft_prescription, visits::draft_lab_order::draft_lab_order, visits::show_order::show_order, visits::sign_order::sign_order, visits::cancel_order::cancel_order, visits::receive_result::receive_result, visits::review_result::review_result, visits::show_reminders::show_reminders,
        visits::end::end,
        visits::capture_charge::capture_charge,
        visits::attest_minutes::attest_minutes,
        visits::correct_charge::correct_charge,
        visits::void_charge::void_charge,
        visits::record_no_charge::record_no_charge,
        providers::revoke_licence::revoke_licence,
        providers::correct_licence::correct_licence,
        rules::list::list_rules,
        usage::show_usage,
        rules::show::show_rule,
        rules::review::review_rule,
        visits::bill::bill,
        visits::reschedule::reschedule,
        visits::hand_over::hand_over,
        visits::cancel::cancel,
        visits::record_no_show::record_no_show,
        visits::reverse_no_show::reverse_no_show,
        visits::record_late_arrival::record_late_arrival,
        visits::reverse_late_arrival::reverse_late_arrival,
        visits::observe_join::observe_join,
        visits::observe_leave::observe_leave,
        waiting_room::show::show_waiting_room,
        waiting_room::stream::watch_waiting_room,
        alarms::list::list_alarms,
        requests::list::list_requests,
        log::checkpoint::show_checkpoint,
        log::checkpoint::show_cosigned_checkpoint,
        log::checkpoint::show_key,
        log::tile::show_tile,
        log::events::list_events,
        audit::export::export_log,
        operations::health,
        operations::ready,
        operations::metrics,
        operations::issue_token,
    )
)]
struct Document;

struct Token;

impl utoipa::Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        document
            .components
            .get_or_insert_with(Default::default)
            .add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The document as JSON text, made once.
pub fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| document().to_string());
    &TEXT
}

/// The document.
pub fn document() -> Value {
    // The document is made of strings, maps and lists: it always serializes.
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    document["components"]["schemas"] = Value::Object(schemas());
    document
}

/// Every schema the paths refer to, and every schema those refer to.
fn schemas() -> Map<String, Value> {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut all = Schemas { generator: settings.into_generator(), named: Map::new() };
    all.commands();
    all.add::<problem::Body<'static>>("Problem");
    all.add::<command::Written>("Written");
    all.add::<sign_note::SignNoteRequest>("SignNoteRequest");
    all.add::<addend_note::AddendNoteRequest>("AddendNoteRequest");
    all.add::<correct_note::CorrectNoteRequest>("CorrectNoteRequest");
    all.add::<save_draft::SaveDraftRequest>("SaveDraftRequest");
    all.add::<draft::DraftKept>("DraftKept");
    all.add::<remove_file::RemoveFileRequest>("RemoveFileRequest");
    all.add::<withdraw_message::WithdrawMessageRequest>("WithdrawMessageRequest");
    all.add::<enter_note_in_error::EnterNoteInErrorRequest>("EnterNoteInErrorRequest");
    all.add::<request_cosign::RequestCosignRequest>("RequestCosignRequest");
    all.add::<cosign_note::CosignNoteRequest>("CosignNoteRequest");
    all.add::<templates::TemplatesShown>("TemplatesShown");
    all.add::<remove_diagnosis::RemoveDiagnosisRequest>("RemoveDiagnosisRequest");
    all.add::<read_message::ReadMessageRequest>("ReadMessageRequest");
    all.add::<sign_order::SignOrderRequest>("SignOrderRequest");
    all.add::<cancel_order::CancelOrderRequest>("CancelOrderRequest");
    all.add::<receive_result::ReceiveResultRequest>("ReceiveResultRequest");
    all.add::<review_result::ReviewResultRequest>("ReviewResultRequest");
    all.add::<correct_charge::CorrectChargeRequest>("CorrectChargeRequest");
    all.add::<void_charge::VoidChargeRequest>("VoidChargeRequest");
    all.add::<rules::list::RulesShown>("RulesShown");
    all.add::<rules::RuleShown>("RuleShown");
    all.add::<patients::search::SearchPatientsRequest>("SearchPatientsRequest");
    all.add::<patients::search::PatientsFound>("PatientsFound");
    all.add::<patients::keeping::propose_hold_release::ProposeHoldReleaseRequest>("ProposeHoldReleaseRequest");
    all.add::<patients::glass::review::ReviewGlassRequest>("ReviewGlassRequest");
    all.add::<audit::access_reviews::open::OpenAccessReviewRequest>("OpenAccessReviewRequest");
    all.add::<patients::show::PatientShown>("PatientShown");
    all.add::<log::events::EventsShown>("EventsShown");
    all.add::<audit::export::ExportRequest>("ExportRequest");
    all.add::<audit::verify::VerifyRequest>("VerifyRequest");
    all.add::<audit::projections::RebuildRequest>("RebuildRequest");
    all.add::<invitations::redeem::RedeemInvitationRequest>("RedeemInvitationRequest");
    all.add::<invitations::redeem::InvitationRedeemed>("InvitationRedeemed");
    all.add::<sessions::show::SessionShown>("SessionShown");
    all.add::<TokenRequest>("TokenRequest");
    all.views();
    let mut schemas = all.generator.take_definitions(true);
    schemas.extend(all.named);
    schemas
}

struct Schemas {
    generator: SchemaGenerator,
    named: Map<String, Value>,
}

impl Schemas {
    fn add<T: JsonSchema>(&mut self, name: &str) {
        let schema = T::json_schema(&mut self.generator);
        self.named.insert(name.into(), schema.to_value());
    }

    fn commands(&mut self) {
        self.add::<clinic::Register>("RegisterClinic");
        self.add::<provider::Register>("RegisterProvider");
        self.add::<provider::GrantLicence>("GrantLicence");
        self.add::<provider::SetAvailability>("SetAvailability");
        self.add::<providers::hold_slot::HoldSlot>("HoldSlot");
        self.add::<provider::RevokeLicence>("RevokeLicence");
        self.add::<provider::CorrectLicence>("CorrectLicence");
        self.add::<clinic::ReviewRule>("ReviewRule");
        self.add::<patient::Register>("RegisterPatient");
        self.add::<patient::EndProxyAuthority>("EndProxyAuthority");
        self.add::<patient::VerifyProxyAuthority>("VerifyProxyAuthority");
        self.add::<patient::PlaceLegalHold>("PlaceLegalHold");
        self.add::<patient::ProposeErasure>("ProposeErasure");
        self.add::<patient::RecordDisclosure>("RecordDisclosure");
        self.add::<patient::SuspendAccounting>("SuspendAccounting");
        self.add::<patient::BreakGlass>("BreakGlass");
        self.add::<access_review::DecideAccessLine>("DecideAccessLine");
        self.add::<session::OpenSession>("OpenSession");
        self.add::<session::CloseSession>("CloseSession");
        self.add::<visit::Schedule>("Schedule");
        self.add::<visit::RequestVisit>("RequestVisit");
        self.add::<visit::Claim>("Claim");
        self.add::<visit::DeclineRequest>("DeclineRequest");
        self.add::<visit::ExpireRequest>("ExpireRequest");
        self.add::<visit::Reschedule>("Reschedule");
        self.add::<visit::HandOver>("HandOver");
        self.add::<visit::Cancel>("Cancel");
        self.add::<visit::RecordNoShow>("RecordNoShow");
        self.add::<visit::ReverseNoShow>("ReverseNoShow");
        self.add::<visit::RecordLateArrival>("RecordLateArrival");
        self.add::<visit::ReverseLateArrival>("ReverseLateArrival");
        self.add::<clinic::SetLateArrivalPolicy>("SetLateArrivalPolicy");
        self.add::<clinic::SetStaffNaming>("SetStaffNaming");
        self.add::<visit::ReminderPolicy>("ReminderPolicy");
        self.add::<visit::Arrive>("Arrive");
        self.add::<visit::VerifyIdentity>("VerifyIdentity");
        self.add::<visit::AttestLocation>("AttestLocation");
        self.add::<visit::CheckIn>("CheckIn");
        self.add::<visit::Room>("Room");
        self.add::<visit::NameSupervisor>("NameSupervisor");
        self.add::<visit::ReportProviderDelay>("ReportProviderDelay");
        self.add::<visit::ReportProviderReady>("ReportProviderReady");
        self.add::<visit::ReportProviderNotReady>("ReportProviderNotReady");
        self.add::<visit::RecordContactAttempt>("RecordContactAttempt");
        self.add::<visit::ChangeModality>("ChangeModality");
        self.add::<visit::ReportTechnicalFailure>("ReportTechnicalFailure");
        self.add::<visit::GiveCallbackNumber>("GiveCallbackNumber");
        self.add::<visit::RecordEmergencyContact>("RecordEmergencyContact");
        self.add::<visit::CloseEmergency>("CloseEmergency");
        self.add::<visit::DeclareEmergency>("DeclareEmergency");
        self.add::<visit::RecordProviderNoShow>("RecordProviderNoShow");
        self.add::<visit::Hold>("Hold");
        self.add::<visit::ReturnToWaiting>("ReturnToWaiting");
        self.add::<visit::SendMessage>("SendMessage");
        self.add::<visit::LeaveWaitingRoom>("LeaveWaitingRoom");
        self.add::<visit::RequestInterpreter>("RequestInterpreter");
        self.add::<visit::AssignInterpreter>("AssignInterpreter");
        self.add::<visit::RecordInterpreterJoined>("RecordInterpreterJoined");
        self.add::<visit::DeclineInterpreter>("DeclineInterpreter");
        self.add::<visit::VerifyProxy>("VerifyProxy");
        self.add::<visit::RecordProxyConsent>("RecordProxyConsent");
        self.add::<visit::WithdrawProxyConsent>("WithdrawProxyConsent");
        self.add::<visit::RecordRecordingConsent>("RecordRecordingConsent");
        self.add::<visit::ConfirmIdentity>("ConfirmIdentity");
        self.add::<visit::DoubtIdentity>("DoubtIdentity");
        self.add::<visit::RecordIntake>("RecordIntake");
        self.add::<visit::RecordDeviceCheck>("RecordDeviceCheck");
        self.add::<visit::RevokeInvitation>("RevokeInvitation");
        self.add::<visit::InviteParticipant>("InviteParticipant");
        self.add::<visit::JoinSession>("JoinSession");
        self.add::<visit::LeaveSession>("LeaveSession");
        self.add::<visit::Admit>("Admit");
        self.add::<visit::GiveConsent>("GiveConsent");
        self.add::<visit::DeclineConsent>("DeclineConsent");
        self.add::<visit::WithdrawConsent>("WithdrawConsent");
        self.add::<visit::DraftNote>("DraftNote");
        self.add::<visit::RecordDiagnosis>("RecordDiagnosis");
        self.add::<visit::DraftPrescription>("DraftPrescription");
        self.add::<visit::DraftLabOrder>("DraftLabOrder");
        self.add::<visit::End>("End");
        self.add::<visit::CaptureCharge>("CaptureCharge");
        self.add::<visit::AttestMinutes>("AttestMinutes");
        self.add::<visit::RecordNoCharge>("RecordNoCharge");
        self.add::<visit::Bill>("Bill");
        self.add::<visit::ObserveJoin>("ObserveJoin");
        self.add::<visit::ObserveLeave>("ObserveLeave");
    }

    /// Views follow the read models, whose types have no schemas: what is told here is what callers may rely on.
    fn views(&mut self) {
        for (name, description, needed) in [
            ("Clinic", "The clinic's record and its providers.", &["clinic_id", "name", "time_zone", "providers"][..]),
            (
                "Slots",
                "`slots`, each with `starts_at`, `ends_at` and `starts_at_local`; none where `hours_known` is false.",
                &["date", "time_zone", "hours_known", "slots"],
            ),
            (
                "Day",
                "Visits by start, each with `patient` and `reason`; in `results_to_review` the visits of whatever day with results \
                 that nobody has reviewed.",
                &["position", "date", "visits", "results_to_review"],
            ),
            (
                "Chart",
                "`patient`, `imported_history` (how many records of each kind), and `visits` with `notes`, `consents`, `diagnoses`, `orders` (each with `transmission`), `results` and `charges`; every sealed value stands beside the \
                 position of the event that has it.",
                &["position", "patient_id", "patient", "patient_imported", "imported_history", "visits"],
            ),
            (
                "History",
                "Records of other systems, newest original date first, each with `mark`, where it was read, and what it \
                 says; one that the caller may not see says what it is `withheld` for. None of it is billable.",
                &["position", "patient_id", "patient", "mark", "records", "more_before"],
            ),
            (
                "Visit",
                "The visit at the version in `sequence`.",
                &[
                    "visit_id",
                    "state",
                    "sequence",
                    "position",
                    "hash",
                    "recorded_at",
                    "notes",
                    "diagnoses",
                    "orders",
                    "charges",
                ],
            ),
            (
                "NoteContent",
                "The note and what it says now; `versions` with everything that was ever signed as what it says, each \
                 marked where it was corrected; `cosign`, `addenda`, and `entered_in_error` where it was; `kept_draft`, where \
                 something newer was saved than was drafted.",
                &[
                    "note_id",
                    "state",
                    "revision",
                    "kept_draft",
                    "content_sha256",
                    "body",
                    "consents",
                    "versions",
                    "addenda_bodies",
                    "rendered_at_position",
                ],
            ),
            (
                "Waiting",
                "The patient's own wait; `estimate` is measured or null, and says from how many visits in `measured`.",
                &["visit_id", "state", "status", "place", "estimate", "measured", "messages", "as_of", "position"],
            ),
            (
                "RecordingLaw",
                "`floor` with its `verdict` and, in `because`, the rows it rests on, or `unanswered`; `participants`, each with \
                 `place`, `place_known`, `consent` and `consent_stands`.",
                &["visit_id", "on", "floor", "unanswered", "participants", "everybody_consents", "sequence"],
            ),
            (
                "Retention",
                "`keep` is `until` or `always`; `until` has its `verdict`, a day, and in `because` the rows it rests on; \
                 `unanswered` says why there is none.",
                &["visit_id", "on", "keep", "until", "unanswered"],
            ),
            (
                "RecordKeeping",
                "`keep` is `in-use`, `until`, `always` or `erased`; `until` the last day on which the record has to be kept, with the \
                 rows that say so in `because`; `unanswered` says why there is none. `legal_holds`, each with `ground` and who \
                 placed, proposed to release and released it; `erasure`, proposed or done.",
                &["patient_id", "on", "keep", "until", "because", "unanswered", "held", "legal_holds", "erasure"],
            ),
            (
                "Disclosures",
                "`disclosures` by day, each with `ground`, `provision`, `recipient`, `address`, `description`, `purpose`, the \
                 `number` of disclosures told in it and the day of the last. For compliance officers, in `left_out`, those that \
                 are `exempt` or `suspended`.",
                &["patient_id", "from", "to", "disclosures"],
            ),
            (
                "Report",
                "In `unwitnessed`, for how long the log was unwitnessed, as it is recorded (none in what patients are given). A table: `rows`, each by the names of the `columns`; `notes` that have to be known to read it; `as_of`, the \
                 position of the log up to which everything is in it; `more_after`, where to ask again.",
                &["unwitnessed", "title", "notes", "as_of", "more_after", "columns", "rows"],
            ),
            (
                "Verification",
                "`verdict` is `valid`, `invalid` or `incomplete`; in `findings` the first thousand things that are not as they were written, each with its `position`, `check` and `what`; `kept`, how the log stands to the checkpoints of the request; `epochs`, `erased`, `witnessing`.",
                &[
                    "clinic",
                    "verdict",
                    "events",
                    "checkpoints",
                    "root",
                    "finding_count",
                    "findings",
                    "kept",
                    "keys_compared",
                ],
            ),
            (
                "Projections",
                "`projections`, each with `projection`, the `events` it has taken in, its `rows`, `difference_count`, and in `differences` the first thousand rows, each as it is `live` and as the `log` says.",
                &["projections"],
            ),
            (
                "Rebuilt",
                "How many `events` were taken in, each counted once; in `stopped` each read model that does not take in all of the log, and `why`.",
                &["events", "stopped"],
            ),
            (
                "Replay",
                "In `story`, by position, what was done (`act`) and who looked (`read`), each with `who` and `what` in words and the `payload`, sealed unless `opened`; `standing`, the visit as it stood; `queue`; in `faults` what is not as it was written.",
                &["visit", "clinic", "opened", "at_sequence", "story", "standing", "queue", "faults"],
            ),
            (
                "Changes",
                "The `story` of the time between, and in `changes` each `field` of how the visit stands, `before` and `after`.",
                &["visit", "clinic", "opened", "from_sequence", "to_sequence", "story", "changes", "faults"],
            ),
            (
                "AsServed",
                "`content` as the program's `template` makes it now, and its `content_sha256`; in `reads` who of that role had asked for it by then.",
                &[
                    "what_it_is",
                    "visit",
                    "served_to",
                    "as_of",
                    "template",
                    "content_sha256",
                    "reads",
                    "content",
                    "faults",
                ],
            ),
            (
                "Signatures",
                "`signatures`, oldest first, each with what it `covers`, whether it `stands`, and its `checks`, each of which `holds`, `fails` or was `not-seen`.",
                &["note", "visit", "clinic", "opened", "signatures", "faults"],
            ),
            ("Diagnoses", "The visit's numbered list.", &["visit_id", "diagnoses", "sequence"]),
            (
                "OrderContent",
                "The order, what it says, in `transmission` whether it went out, and its `results`, each with how it was `entered` and \
                 its `review`.",
                &[
                    "order_id",
                    "transmission",
                    "kind",
                    "state",
                    "content_sha256",
                    "content",
                    "results",
                    "rendered_at_position",
                ],
            ),
            (
                "Messages",
                "`messages`, oldest first, each with `text` or `canned`, whether it was `read`, and `withdrawn` where it was.",
                &["visit_id", "messages", "more_after", "sequence"],
            ),
            (
                "Files",
                "`files`, oldest first, each with `file_id`, `name`, `media_type`, `bytes`, `sha256`, `attached_by` and \
                 `removed`.",
                &["visit_id", "files", "sequence"],
            ),
            ("Timeline", "Entries by position.", &["position", "visit_id", "entries", "more_after"]),
            (
                "Usage",
                "`months`, each with `month`, `connections`, `seconds`, `begun_minutes` and `seconds_by_participant`.",
                &["position", "from", "to", "counted_to", "open_connections", "without_beginning", "months"],
            ),
            (
                "Reminders",
                "`reminders`, each with `kind`, `channel`, `starts_at`, `due_at`, `not_sent` and `superseded`.",
                &["visit_id", "sequence", "reminders"],
            ),
            (
                "Requests",
                "Open requests, who asked first first, each with `place`, `patient`, `reason` and who `declined_by`.",
                &["position", "as_of", "requests"],
            ),
            ("Alarms", "Open emergencies, the oldest first.", &["position", "alarms"]),
            ("WaitingRoom", "Rows in the order of the queue.", &["position", "as_of", "rows"]),
        ] {
            let schema = json!({ "type": "object", "description": description, "required": needed });
            self.named.insert(name.into(), schema);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_what_it_was() {
        insta::assert_json_snapshot!("openapi", document());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn walk<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(map) => {
                    found.extend(map.get("$ref").and_then(Value::as_str));
                    map.values().for_each(|inner| walk(inner, found));
                }
                Value::Array(items) => items.iter().for_each(|inner| walk(inner, found)),
                _ => {}
            }
        }
        let document = document();
        let mut found = Vec::new();
        walk(&document, &mut found);
        assert!(found.len() > 100);
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }
}
