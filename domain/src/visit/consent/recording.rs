//! Who would be heard on a recording, and what each of them answered. The patient's consent is theirs, or a proxy's for them;
//! everybody else answers for themselves: who acts for the patient has a voice of their own too.

use serde::{Deserialize, Serialize};

use super::answers::{OPEN, WHILE_OPEN};
use super::{ConsentKind, ConsentState, RecordRecordingConsent, RecordingConsentRecorded};
use crate::visit::decide::require_role;
use crate::visit::error::already;
use crate::visit::{ConsentAnswer, Error, Event, InvitationState, InviteeKind, Participant, PresenceState, Visit};
use crate::{Actor, Jurisdiction, ParticipantId, Role};

/// What somebody who is not the patient answered last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingAnswer {
    /// As what they take part.
    pub participant: Participant,
    /// Which one, where there may be several.
    pub participant_id: Option<ParticipantId>,
    /// What they answered.
    pub answer: ConsentAnswer,
}

/// The answers of everybody but the patient.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingAnswers(Vec<RecordingAnswer>);

impl RecordingAnswers {
    /// What this participant answered last; `None`: nobody asked.
    pub fn of(&self, participant: Participant, participant_id: Option<ParticipantId>) -> Option<ConsentAnswer> {
        let this =
            |known: &&RecordingAnswer| (known.participant, known.participant_id) == (participant, participant_id);
        self.0.iter().find(this).map(|known| known.answer)
    }

    pub(in crate::visit) fn take(&mut self, recorded: &RecordingConsentRecorded) {
        let RecordingConsentRecorded { participant, participant_id, answer, .. } = *recorded;
        self.0.retain(|known| (known.participant, known.participant_id) != (participant, participant_id));
        self.0.push(RecordingAnswer { participant, participant_id, answer });
    }
}

/// Somebody who would be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Heard {
    /// As what they take part.
    pub participant: Participant,
    /// Which one, where there may be several.
    pub participant_id: Option<ParticipantId>,
    /// Where they are, where anybody attested it: nobody but the patient does.
    pub place: Option<Jurisdiction>,
    /// Whether they are on the call.
    pub presence: PresenceState,
    /// What they answered; `None`: nobody asked.
    pub consent: Option<ConsentAnswer>,
}

impl Visit {
    /// Everybody who is expected, or seen on the call: the patient first.
    pub fn heard(&self) -> Vec<Heard> {
        let mut heard = vec![self.heard_as(Participant::Patient, None), self.heard_as(Participant::Provider, None)];
        if self.supervision().is_some() {
            heard.push(self.heard_as(Participant::Supervisor, None));
        }
        heard.extend(self.proxies().iter().map(|(id, _)| self.heard_as(Participant::Proxy, Some(id))));
        let interpreters = self.interpretation().interpreters();
        heard.extend(interpreters.map(|(id, _)| self.heard_as(Participant::Interpreter, Some(id))));
        let invited = self.invitations().iter().filter(|(_, invitation)| invitation.state != InvitationState::Revoked);
        heard.extend(invited.map(|(id, invitation)| self.heard_as(invited_as(invitation.kind), Some(id))));
        // Whoever is there without being expected is heard all the same.
        for participant in [
            Participant::Supervisor,
            Participant::Proxy,
            Participant::Interpreter,
            Participant::Caregiver,
            Participant::Guest,
            Participant::ClinicalStaff,
        ] {
            let known = heard.iter().any(|one| one.participant == participant && one.participant_id.is_none());
            if !known && self.presence().of(participant) != PresenceState::Absent {
                heard.push(self.heard_as(participant, None));
            }
        }
        heard
    }

    fn heard_as(&self, participant: Participant, participant_id: Option<ParticipantId>) -> Heard {
        let is_patient = participant == Participant::Patient;
        let presence = match participant_id {
            Some(id) => self.presence().of_participant(id),
            None => self.presence().of(participant),
        };
        let consent = match (is_patient, self.consents().get(ConsentKind::Recording)) {
            (false, _) => self.recording_answers().of(participant, participant_id),
            (true, Some(ConsentState::Given(_))) => Some(ConsentAnswer::Given),
            (true, Some(ConsentState::Declined(_))) => Some(ConsentAnswer::Declined),
            (true, Some(ConsentState::Withdrawn(_))) => Some(ConsentAnswer::Withdrawn),
            (true, None) => None,
        };
        let place = self.location().filter(|_| is_patient).map(|location| location.jurisdiction);
        Heard { participant, participant_id, place, presence, consent }
    }

    /// A provider answers for themselves; what anybody else said is recorded by staff who heard it.
    pub(in crate::visit) fn record_recording_consent(
        &self,
        command: RecordRecordingConsent,
        actor: &Actor,
    ) -> Result<Event, Error> {
        const WHO: [Role; 3] = [Role::FrontDesk, Role::ClinicalStaff, Role::Provider];
        require_role(actor, &WHO, "record-recording-consent", "the front desk, clinical staff and providers")?;
        self.require(&OPEN, "record-recording-consent", WHILE_OPEN)?;
        let RecordRecordingConsent { participant, participant_id, answer, text_version } = command;
        match participant {
            Participant::Patient => return Err(Error::PatientAnswersThemselves),
            Participant::Provider => {
                self.require_own_provider(actor, "record-recording-consent")?;
            }
            _ => {}
        }
        let heard = self.heard();
        let known = heard.iter().find(|one| (one.participant, one.participant_id) == (participant, participant_id));
        let before = known.ok_or(Error::UnknownParticipant)?.consent;
        if before == Some(answer) {
            return Err(already("this participant has answered so", "record-recording-consent"));
        }
        if answer == ConsentAnswer::Withdrawn && before != Some(ConsentAnswer::Given) {
            return Err(Error::ConsentNotGiven);
        }
        Ok(RecordingConsentRecorded { participant, participant_id, answer, text_version, recorded_by: actor.role }
            .into())
    }
}

fn invited_as(kind: InviteeKind) -> Participant {
    match kind {
        InviteeKind::Caregiver => Participant::Caregiver,
        InviteeKind::Guest => Participant::Guest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;
    use crate::given::{actor, code, given, id};
    use crate::visit::example::{GUEST, INTERPRETER, PROXY, commands::*, events::*, story};
    use crate::visit::{Command, State};

    fn answering(participant: Participant, number: Option<u128>, answer: ConsentAnswer) -> Command {
        let (participant_id, text_version) = (number.map(id), code("recording/1"));
        Command::RecordRecordingConsent(RecordRecordingConsent { participant, participant_id, answer, text_version })
    }

    fn company() -> Vec<Event> {
        let here = [interpreter_requested("hmn"), interpreter_assigned(INTERPRETER), proxy_verified()];
        story(State::Admitted).into_iter().chain(here).chain([participant_invited(GUEST), supervisor_named()]).collect()
    }

    #[test]
    fn everybody_who_is_expected_or_there_would_be_heard() {
        let kinds = |events: &[Event]| -> Vec<_> {
            Visit::replay(events).heard().iter().map(|one| (one.participant, one.participant_id)).collect()
        };
        let expected = [
            (Participant::Patient, None),
            (Participant::Provider, None),
            (Participant::Supervisor, None),
            (Participant::Proxy, Some(id(PROXY))),
            (Participant::Interpreter, Some(id(INTERPRETER))),
            (Participant::Caregiver, Some(id(GUEST))),
        ];
        assert_eq!(kinds(&company()), expected);
        let revoked = [company(), vec![invitation_revoked()]].concat();
        assert_eq!(kinds(&revoked).len(), 5);
        let seen = [story(State::Admitted), vec![joined(Participant::ClinicalStaff, "c")]].concat();
        assert_eq!(kinds(&seen).last(), Some(&(Participant::ClinicalStaff, None)));
        let place = Visit::replay(&company()).heard().iter().filter(|one| one.place.is_some()).count();
        assert_eq!(place, 1, "nobody attests where anybody but the patient is");
    }

    #[test]
    fn each_answers_for_themselves_and_the_newest_answer_counts() {
        let visit = given::<Visit>(company());
        use ConsentAnswer::*;
        visit.when(Role::Provider, record_recording_consent()).then([recording_consent_recorded()]);
        for (who, number) in [
            (Participant::Proxy, Some(PROXY)),
            (Participant::Interpreter, Some(INTERPRETER)),
            (Participant::Caregiver, Some(GUEST)),
            (Participant::Supervisor, None),
        ] {
            let events = visit.when(Role::ClinicalStaff, answering(who, number, Given)).events();
            let answered = Visit::replay(&[company(), events].concat());
            assert_eq!(answered.recording_answers().of(who, number.map(id)), Some(Given));
            assert_eq!(answered.consents().get(ConsentKind::Recording), None, "nobody answered for the patient");
        }
        let given_once = given::<Visit>([company(), vec![recording_consent_recorded()]].concat());
        given_once.when(Role::Provider, record_recording_consent()).refused("wrong-state");
        assert_eq!(
            given_once.when(Role::Provider, answering(Participant::Provider, None, Withdrawn)).events().len(),
            1
        );
        visit.when(Role::Provider, answering(Participant::Provider, None, Withdrawn)).refused("consent-not-given");
    }

    #[test]
    fn nobody_answers_for_the_patient_or_the_provider_here_and_strangers_do_not_answer() {
        let visit = given::<Visit>(company());
        let given = |who, number| answering(who, number, ConsentAnswer::Given);
        visit.when(Role::FrontDesk, given(Participant::Patient, None)).refused("patient-answers-themselves");
        visit.when(Role::FrontDesk, given(Participant::Provider, None)).refused("not-this-visits-provider");
        visit.when(Role::Patient, given(Participant::Interpreter, Some(INTERPRETER))).refused("role-not-permitted");
        visit.when(Role::FrontDesk, given(Participant::Interpreter, Some(99))).refused("unknown-participant");
        visit.when(Role::FrontDesk, given(Participant::Guest, Some(GUEST))).refused("unknown-participant");
        let mut colleague = actor(Role::Provider);
        colleague.person = Some(uuid::Uuid::from_u128(89));
        visit.when_by(colleague, given(Participant::Provider, None)).refused("not-this-visits-provider");
        crate::given::given::<Visit>(story(State::Ended))
            .when(Role::Provider, record_recording_consent())
            .refused("wrong-state");
    }
}
