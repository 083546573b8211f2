//! Which rule answers which command. What every rule shares: a visit must have been scheduled first.

use super::{Command, Error, Event, State, Visit};
use crate::{Actor, Request, Role, Rules};

impl Rules for Visit {
    type Command = Command;
    type Error = Error;

    fn decide(&self, request: Request<Command>) -> Result<Vec<Event>, Error> {
        let Request { at, actor, command } = request;
        let name = command.name();
        if self.state() == State::NotScheduled && !matches!(command, Command::Schedule(..) | Command::RequestVisit(..))
        {
            return Err(self.wrong_state(name, "schedule the visit first"));
        }
        let event: Event = match command {
            Command::Schedule(command, facts) => self.schedule(command, facts, at)?,
            Command::RequestVisit(command, facts) => self.request_visit(command, facts, at, &actor)?,
            // The claim, and the visit that comes of it.
            Command::Claim(command, facts) => return self.claim(command, &facts, at, &actor),
            Command::DeclineRequest(command) => self.decline_request(command, &actor)?,
            Command::ExpireRequest(_) => self.expire_request(at, &actor)?,
            Command::Reschedule(command, when) => self.reschedule(command, when, at)?,
            Command::HandOver(command, facts) => self.hand_over(command, facts, &actor)?,
            Command::Cancel(command) => self.cancel(command)?,
            Command::RecordNoShow(_, facts) => self.record_no_show(facts, at, &actor)?,
            Command::ReverseNoShow(command) => self.reverse_no_show(command, &actor)?,
            Command::RecordLateArrival(command, facts) => self.record_late_arrival(command, &facts, &actor)?,
            Command::ReverseLateArrival(command) => self.reverse_late_arrival(command, &actor)?,
            Command::IntendReminder(command, facts) => self.intend_reminder(command, &facts, at, &actor)?,
            Command::RecordReminderNotSent(command) => self.record_reminder_not_sent(command, &actor)?,
            Command::Arrive(_) => self.arrive(at)?,
            Command::VerifyIdentity(command) => self.verify_identity(command, &actor)?,
            // Where the patient is, and perhaps that no licence is valid there.
            Command::AttestLocation(command, facts) => return self.attest_location(command, &facts, at, &actor),
            Command::CheckIn(_) => self.check_in()?,
            Command::Room(_) => self.room(&actor)?,
            Command::ConfirmIdentity(command) => self.confirm_identity(command, &actor)?,
            Command::DoubtIdentity(command) => self.doubt_identity(command, &actor)?,
            Command::RecordIntake(command) => self.record_intake(command, &actor)?,
            Command::RecordDeviceCheck(command) => self.record_device_check(command, at, &actor)?,
            Command::ReportProviderDelay(command) => self.report_provider_delay(command, at)?,
            Command::ReportProviderReady(_) => self.report_provider_ready(&actor)?,
            Command::ReportProviderNotReady(_) => self.report_provider_not_ready(&actor)?,
            Command::RecordProviderNoShow(_, facts) => self.record_provider_no_show(facts, at, &actor)?,
            Command::Hold(command) => self.hold(command)?,
            Command::ReturnToWaiting(_) => self.return_to_waiting(&actor)?,
            Command::SendMessage(command, new) => self.send_message(command, new, at, &actor)?,
            Command::ReadMessage(command) => self.read_message(command, &actor)?,
            Command::WithdrawMessage(command) => self.withdraw_message(command, &actor)?,
            Command::TellEstimate(command, facts) => self.tell_estimate(command, facts, &actor)?,
            Command::LeaveWaitingRoom(command) => self.leave_waiting_room(command)?,
            Command::AttachFile(command, stored) => self.attach_file(command, stored, &actor)?,
            Command::RemoveFile(command) => self.remove_file(command, &actor)?,
            Command::RecordContactAttempt(command) => self.record_contact_attempt(command, &actor)?,
            Command::ChangeModality(command) => self.change_modality(command, at, &actor)?,
            Command::ReportTechnicalFailure(command) => self.report_technical_failure(command, &actor)?,
            Command::GiveCallbackNumber(command) => self.give_callback_number(command, &actor)?,
            Command::RecordEmergencyContact(command) => self.record_emergency_contact(command, &actor)?,
            Command::DeclareEmergency(command, new) => self.declare_emergency(command, new, &actor)?,
            Command::CloseEmergency(command) => self.close_emergency(command, &actor)?,
            Command::RequestInterpreter(command) => self.request_interpreter(command, &actor)?,
            Command::AssignInterpreter(command, new) => self.assign_interpreter(command, new, &actor)?,
            Command::RecordInterpreterJoined(command) => self.record_interpreter_joined(command, &actor)?,
            Command::DeclineInterpreter(command) => self.decline_interpreter(command, &actor)?,
            Command::VerifyProxy(command, facts, new) => self.verify_proxy(command, &facts, new, &actor)?,
            Command::InviteParticipant(command, new) => self.invite_participant(command, new, at, &actor)?,
            Command::RevokeInvitation(command) => self.revoke_invitation(command, &actor)?,
            Command::UseInvitation(command) => self.use_invitation(command, at, &actor)?,
            // Who supervises, and that they are to cosign what was signed so far.
            Command::NameSupervisor(command, facts) => return self.name_supervisor(command, &facts, at, &actor),
            Command::JoinSession(command) => self.join_session(command, &actor)?,
            Command::LeaveSession(command) => self.leave_session(command, &actor)?,
            Command::Admit(_, facts) => self.admit(&facts, at, &actor)?,
            Command::GiveConsent(command, facts) => self.give_consent(command, &facts, &actor)?,
            Command::DeclineConsent(command) => self.decline_consent(command, &actor)?,
            Command::WithdrawConsent(command) => self.withdraw_consent(command, &actor)?,
            Command::RecordProxyConsent(command, facts) => self.record_proxy_consent(command, &facts, &actor)?,
            Command::WithdrawProxyConsent(command, facts) => self.withdraw_proxy_consent(command, &facts, &actor)?,
            Command::RecordRecordingConsent(command) => self.record_recording_consent(command, &actor)?,
            Command::DraftNote(command, new) => self.draft_note(command, new, &actor)?,
            // The signature, and of a trainee's that their supervisor is to cosign it.
            Command::SignNote(command, facts) => return self.sign_note(command, facts, &actor),
            Command::AddendNote(command, new) => self.addend_note(command, new, &actor)?,
            Command::CorrectNote(command, facts) => self.correct_note(command, facts, &actor)?,
            Command::EnterNoteInError(command) => self.enter_note_in_error(command, &actor)?,
            Command::RequestCosign(command, facts) => self.request_cosign(command, facts, &actor)?,
            Command::CosignNote(command, facts) => self.cosign_note(command, &facts, &actor)?,
            Command::RecordDiagnosis(command) => self.record_diagnosis(command, &actor)?,
            Command::RemoveDiagnosis(command) => self.remove_diagnosis(command, &actor)?,
            Command::DraftPrescription(command, new) => self.draft_prescription(command, new, &actor)?,
            Command::DraftLabOrder(command, new) => self.draft_lab_order(command, new, &actor)?,
            Command::SignOrder(command, facts) => self.sign_order(command, &facts, &actor)?,
            Command::CancelOrder(command) => self.cancel_order(command, &actor)?,
            Command::ReceiveResult(command, new) => self.receive_result(command, new, &actor)?,
            Command::ReviewResult(command) => self.review_result(command, &actor)?,
            Command::End(command) => self.end(command, at, &actor)?,
            Command::AttestMinutes(command, evidence) => self.attest_minutes(command, evidence, &actor)?,
            Command::CaptureCharge(command, facts) => self.capture_charge(command, &facts)?,
            // The old charge no longer counts, and the new one does.
            Command::CorrectCharge(command, facts) => return self.correct_charge(command, &facts),
            Command::VoidCharge(command) => self.void_charge(command)?,
            Command::RecordNoCharge(command) => self.record_no_charge(command)?,
            Command::Bill(_) => self.bill()?,
            Command::ObserveJoin(command) => self.observe_join(command, at),
            Command::ObserveLeave(command) => self.observe_leave(command, at),
        };
        Ok(vec![event])
    }

    fn evolve(&mut self, event: &Event) {
        self.apply_event(event);
    }
}

impl Visit {
    /// Passes in one of these states only.
    pub(super) fn require(&self, states: &[State], command: &'static str, hint: &'static str) -> Result<(), Error> {
        if states.contains(&self.state()) { Ok(()) } else { Err(self.wrong_state(command, hint)) }
    }

    /// Passes for the provider of this visit only.
    pub(super) fn require_own_provider(
        &self,
        actor: &Actor,
        command: &'static str,
    ) -> Result<crate::ProviderId, Error> {
        self.provider()
            .filter(|provider| actor.is_provider(Some(*provider)))
            .ok_or(Error::NotThisVisitsProvider { command })
    }

    /// Passes for the patient of this visit only.
    pub(super) fn require_own_patient(&self, actor: &Actor, command: &'static str) -> Result<(), Error> {
        if actor.is_patient(self.patient()) { Ok(()) } else { Err(Error::NotThisVisitsPatient { command }) }
    }

    /// Passes for the patient of this visit, and for staff on the patient's word.
    pub(super) fn require_patient_or_staff(&self, actor: &Actor, command: &'static str) -> Result<(), Error> {
        const STAFF: [Role; 3] = [Role::FrontDesk, Role::ClinicalStaff, Role::Provider];
        match actor.role {
            Role::Patient => self.require_own_patient(actor, command),
            _ => require_role(actor, &STAFF, command, "the patient, the front desk, clinical staff and providers"),
        }
    }
}

/// Passes for these roles only.
pub(super) fn require_role(
    actor: &Actor,
    roles: &[Role],
    command: &'static str,
    permitted: &'static str,
) -> Result<(), Error> {
    if roles.contains(&actor.role) { Ok(()) } else { Err(Error::RoleNotPermitted { command, permitted }) }
}

#[cfg(test)]
mod tests {
    use super::super::example::commands;
    use super::*;
    use crate::given::given;

    #[test]
    fn nothing_but_scheduling_and_requesting_can_be_asked_before_there_is_a_visit() {
        for (role, command) in commands::all().into_iter().skip(2) {
            given::<Visit>([]).when(role, command).refused("wrong-state");
        }
    }
}
