//! Asking for an interpreter, finding one, and a patient's right to decline.

use super::{
    AssignInterpreter, DeclineInterpreter, InterpretationState, InterpreterAssigned, InterpreterDeclined,
    InterpreterJoined, InterpreterRequested, NewParticipant, RecordInterpreterJoined, RequestInterpreter,
};
use crate::visit::decide::require_role;
use crate::visit::error::already;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Phi, Role};

const OPEN: [State; 7] =
    [State::Scheduled, State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Left, State::Admitted];
const WHILE_OPEN: &str = "an interpreter is arranged from scheduling to the end of the visit";
const WHO: [Role; 3] = [Role::FrontDesk, Role::ClinicalStaff, Role::Provider];
const STAFF: &str = "the front desk, clinical staff and providers";
/// More than any visit has; an interpreter who has to go is followed by another.
pub(super) const MOST_INTERPRETERS: usize = 20;

impl Visit {
    pub(in crate::visit) fn request_interpreter(
        &self,
        command: RequestInterpreter,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require(&OPEN, "request-interpreter", WHILE_OPEN)?;
        self.require_patient_or_staff(actor, "request-interpreter")?;
        let RequestInterpreter { language, modality } = command;
        let interpretation = self.interpretation();
        let is_same = interpretation.need().is_some_and(|need| need.language == language && need.modality == modality);
        if is_same && interpretation.state() != InterpretationState::Declined {
            return Err(already("this interpreter is asked for", "request-interpreter"));
        }
        Ok(InterpreterRequested { language, modality, requested_by: actor.role }.into())
    }

    /// For the language that is needed: who interprets another one is no help.
    pub(in crate::visit) fn assign_interpreter(
        &self,
        command: AssignInterpreter,
        new: NewParticipant,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require(&OPEN, "assign-interpreter", WHILE_OPEN)?;
        require_role(actor, &WHO, "assign-interpreter", STAFF)?;
        let interpretation = self.interpretation();
        let need = interpretation.need().filter(|_| interpretation.state() != InterpretationState::Declined);
        let language = need.ok_or(Error::InterpreterNotRequested)?.language.clone();
        if interpretation.interpreter(new.participant_id).is_some() {
            return Err(Error::IdAlreadyUsed);
        }
        if interpretation.interpreters().count() >= MOST_INTERPRETERS {
            return Err(Error::TooManyParticipants);
        }
        let AssignInterpreter { qualification, agency_id, interpreter_number } = command;
        let (participant_id, assigned_by) = (new.participant_id, actor.role);
        Ok(InterpreterAssigned { participant_id, language, qualification, agency_id, interpreter_number, assigned_by }
            .into())
    }

    /// Whether the patient declined meanwhile does not matter: an interpreter who is there is a fact.
    pub(in crate::visit) fn record_interpreter_joined(
        &self,
        command: RecordInterpreterJoined,
        actor: &Actor,
    ) -> Result<Event, Error> {
        const HERE: [State; 5] = [State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Admitted];
        self.require(&HERE, "record-interpreter-joined", "an interpreter joins once the patient is here")?;
        require_role(actor, &WHO, "record-interpreter-joined", STAFF)?;
        let participant_id = command.participant_id;
        let interpreter = self.interpretation().interpreter(participant_id).ok_or(Error::UnknownParticipant)?;
        if interpreter.joined {
            return Err(already("this interpreter has joined", "record-interpreter-joined"));
        }
        Ok(InterpreterJoined {
            participant_id,
            language: interpreter.language.clone(),
            qualification: interpreter.qualification,
            agency_id: interpreter.agency_id.clone(),
            recorded_by: actor.role,
        }
        .into())
    }

    /// Also of one whom nobody had asked for yet: being offered an interpreter and saying no is worth recording.
    pub(in crate::visit) fn decline_interpreter(
        &self,
        command: DeclineInterpreter,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require(&OPEN, "decline-interpreter", WHILE_OPEN)?;
        self.require_patient_or_staff(actor, "decline-interpreter")?;
        let DeclineInterpreter { instead, reason } = command;
        if self.interpretation().instead() == Some(instead) {
            return Err(already("an interpreter is declined", "decline-interpreter"));
        }
        Ok(InterpreterDeclined { instead, reason: reason.map(Phi::Clear), declined_by: actor.role }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{actor, given, id};
    use crate::visit::Command;
    use crate::visit::example::{INTERPRETER, commands::*, events::*, story};
    use crate::visit::people::{InsteadOfInterpreter, InterpreterModality};
    use crate::{ParticipantId, Rules};

    fn state(events: &[Event]) -> InterpretationState {
        Visit::replay(events).interpretation().state()
    }

    #[test]
    fn an_interpreter_is_asked_for_found_and_there() {
        let requested = [scheduled(), interpreter_requested("hmn")];
        given::<Visit>([scheduled()])
            .when(Role::Patient, request_interpreter("hmn"))
            .then([interpreter_requested("hmn")]);
        assert_eq!(state(&requested), InterpretationState::Requested);
        given::<Visit>(requested.clone())
            .when(Role::FrontDesk, assign_interpreter(INTERPRETER))
            .then([interpreter_assigned(INTERPRETER)]);
        let assigned: Vec<_> = story(State::CheckedIn)
            .into_iter()
            .chain([requested[1].clone(), interpreter_assigned(INTERPRETER)])
            .collect();
        assert_eq!(state(&assigned), InterpretationState::Assigned);
        given::<Visit>(assigned.clone()).when(Role::Provider, record_interpreter_joined()).then([interpreter_joined()]);
        let joined: Vec<_> = assigned.into_iter().chain([interpreter_joined()]).collect();
        assert_eq!(state(&joined), InterpretationState::Joined);
        given::<Visit>(joined).when(Role::Provider, record_interpreter_joined()).refused("wrong-state");
    }

    #[test]
    fn the_same_need_is_not_recorded_twice_and_another_language_starts_anew() {
        let assigned = [scheduled(), interpreter_requested("hmn"), interpreter_assigned(INTERPRETER)];
        let visit = given::<Visit>(assigned.clone());
        visit.when(Role::Patient, request_interpreter("hmn")).refused("wrong-state");
        visit.when(Role::Patient, request_interpreter("es-MX")).then([interpreter_requested("es-MX")]);
        let another: Vec<_> = assigned.iter().cloned().chain([interpreter_requested("es-MX")]).collect();
        assert_eq!(state(&another), InterpretationState::Requested);
        // By another modality whoever was found stays.
        let by_voice = RequestInterpreter { language: "hmn".try_into().unwrap(), modality: InterpreterModality::Audio };
        let by_voice = visit.when(Role::Patient, Command::RequestInterpreter(by_voice)).events();
        assert_eq!(state(&[assigned.to_vec(), by_voice].concat()), InterpretationState::Assigned);
    }

    #[test]
    fn nobody_is_assigned_where_nobody_is_needed_or_wanted() {
        given::<Visit>([scheduled()])
            .when(Role::FrontDesk, assign_interpreter(INTERPRETER))
            .refused("interpreter-not-requested");
        let declined = [scheduled(), interpreter_requested("hmn"), interpreter_declined()];
        given::<Visit>(declined.clone())
            .when(Role::FrontDesk, assign_interpreter(INTERPRETER))
            .refused("interpreter-not-requested");
        given::<Visit>(declined).when(Role::Patient, request_interpreter("hmn")).then([interpreter_requested("hmn")]);
    }

    #[test]
    fn a_patient_declines_also_what_nobody_had_asked_for() {
        given::<Visit>([scheduled()]).when(Role::Patient, decline_interpreter()).then([interpreter_declined()]);
        let declined = given::<Visit>([scheduled(), interpreter_declined()]);
        declined.when(Role::Patient, decline_interpreter()).refused("wrong-state");
        let instead = InsteadOfInterpreter::Nobody;
        let nobody = Command::DeclineInterpreter(DeclineInterpreter { instead, reason: None });
        let expected = InterpreterDeclined { instead, reason: None, declined_by: Role::FrontDesk };
        declined.when(Role::FrontDesk, nobody).then([expected.into()]);
    }

    #[test]
    fn who_was_never_assigned_does_not_join_and_an_id_is_used_once() {
        let waiting = story(State::CheckedIn).into_iter().chain([interpreter_requested("hmn")]);
        let waiting: Vec<_> = waiting.collect();
        given::<Visit>(waiting.clone())
            .when(Role::Provider, record_interpreter_joined())
            .refused("unknown-participant");
        let assigned = given::<Visit>(waiting.into_iter().chain([interpreter_assigned(INTERPRETER)]));
        assigned.when(Role::FrontDesk, assign_interpreter(INTERPRETER)).refused("id-already-used");
        let not_here = given::<Visit>([scheduled(), interpreter_requested("hmn"), interpreter_assigned(INTERPRETER)]);
        not_here.when(Role::Provider, record_interpreter_joined()).refused("wrong-state");
    }

    #[test]
    fn patients_and_staff_ask_and_staff_arranges() {
        let visit = given::<Visit>([scheduled(), interpreter_requested("hmn")]);
        let mut somebody_else = actor(Role::Patient);
        somebody_else.person = Some(uuid::Uuid::from_u128(77));
        visit.when_by(somebody_else.clone(), request_interpreter("es")).refused("not-this-visits-patient");
        visit.when_by(somebody_else, decline_interpreter()).refused("not-this-visits-patient");
        visit.when(Role::Billing, request_interpreter("es")).refused("role-not-permitted");
        visit.when(Role::Patient, assign_interpreter(INTERPRETER)).refused("role-not-permitted");
        let here = given::<Visit>(story(State::CheckedIn));
        here.when(Role::Patient, record_interpreter_joined()).refused("role-not-permitted");
        for command in [request_interpreter("hmn"), decline_interpreter()] {
            given::<Visit>(story(State::Ended)).when(Role::Patient, command).refused("wrong-state");
        }
    }

    #[test]
    fn there_is_an_end_to_assigning() {
        let many = (0..MOST_INTERPRETERS as u128).map(|number| interpreter_assigned(500 + number));
        let full: Vec<_> = [scheduled(), interpreter_requested("hmn")].into_iter().chain(many).collect();
        assert!(Visit::replay(&full).interpretation().interpreter(id::<ParticipantId>(500)).is_some());
        given::<Visit>(full).when(Role::FrontDesk, assign_interpreter(INTERPRETER)).refused("too-many-participants");
    }
}
