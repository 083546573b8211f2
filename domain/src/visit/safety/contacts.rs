//! How to call the patient back, and whom else to call. Asked anew at each visit: people move.

use serde::{Deserialize, Serialize};

use super::{CallbackNumberGiven, ContactAnswer, EmergencyContactRecorded, GiveCallbackNumber, RecordEmergencyContact};
use crate::visit::{ContactAttempted, ContactMeans, ContactOutcome, Error, Event, State, Visit};
use crate::{Actor, Phi};

/// What is known for this visit; the numbers themselves are sealed in their events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// Whether there is a number to call back.
    pub callback_number: bool,
    /// What the patient last answered about an emergency contact; `None` if not asked.
    pub emergency_contact: Option<ContactAnswer>,
    /// Whether somebody called the patient and reached them, at whatever number that was.
    pub reached_by_phone: bool,
}

impl Contacts {
    /// An attempt tells whether there is a number that reaches the patient.
    pub(in crate::visit) fn attempt(&mut self, attempted: &ContactAttempted) {
        self.reached_by_phone |= attempted.means == ContactMeans::Phone && attempted.outcome == ContactOutcome::Reached;
    }
}

const OPEN: [State; 7] =
    [State::Scheduled, State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Left, State::Admitted];
const WHILE_OPEN: &str = "contacts are taken from scheduling to the end of the visit";

impl Visit {
    pub(in crate::visit) fn give_callback_number(
        &self,
        command: GiveCallbackNumber,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require(&OPEN, "give-callback-number", WHILE_OPEN)?;
        self.require_patient_or_staff(actor, "give-callback-number")?;
        Ok(CallbackNumberGiven { number: Phi::Clear(command.number), given_by: actor.role }.into())
    }

    pub(in crate::visit) fn record_emergency_contact(
        &self,
        command: RecordEmergencyContact,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require(&OPEN, "record-emergency-contact", WHILE_OPEN)?;
        self.require_patient_or_staff(actor, "record-emergency-contact")?;
        let RecordEmergencyContact { answer, contact } = command;
        if (answer == ContactAnswer::Given) != contact.is_some() {
            return Err(Error::ContactDoesNotFitAnswer);
        }
        Ok(EmergencyContactRecorded { answer, contact: contact.map(Phi::Clear), recorded_by: actor.role }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{actor, given};
    use crate::visit::Command;
    use crate::visit::example::{commands::*, events::*, story};
    use crate::{Role, Rules};

    #[test]
    fn the_patient_says_how_to_call_back_and_whom_to_call() {
        for state in [State::Scheduled, State::Arrived, State::CheckedIn, State::Admitted] {
            let visit = given::<Visit>(story(state));
            visit.when(Role::Patient, give_callback_number()).then([callback_number_given()]);
            visit.when(Role::Patient, record_emergency_contact()).then([emergency_contact_recorded()]);
        }
        let visit = Visit::replay(&[scheduled(), callback_number_given(), emergency_contact_recorded()]);
        assert!(visit.contacts().callback_number);
        assert_eq!(visit.contacts().emergency_contact, Some(ContactAnswer::Given));
    }

    #[test]
    fn nobody_else_says_it_and_not_after_the_end() {
        let mut somebody_else = actor(Role::Patient);
        somebody_else.person = Some(uuid::Uuid::from_u128(77));
        for command in [give_callback_number(), record_emergency_contact()] {
            let visit = given::<Visit>([scheduled()]);
            visit.when_by(somebody_else.clone(), command.clone()).refused("not-this-visits-patient");
            visit.when(Role::Billing, command.clone()).refused("role-not-permitted");
            given::<Visit>(story(State::Ended)).when(Role::Patient, command).refused("wrong-state");
        }
    }

    #[test]
    fn having_nobody_or_not_saying_is_an_answer_and_an_answer_fits_what_is_said() {
        let visit = given::<Visit>([scheduled()]);
        for answer in [ContactAnswer::None, ContactAnswer::Refused] {
            let command = Command::RecordEmergencyContact(RecordEmergencyContact { answer, contact: None });
            let recorded = EmergencyContactRecorded { answer, contact: None, recorded_by: Role::Patient };
            visit.when(Role::Patient, command).then([recorded.into()]);
        }
        let answer = ContactAnswer::Given;
        let nobody = Command::RecordEmergencyContact(RecordEmergencyContact { answer, contact: None });
        visit.when(Role::Patient, nobody).refused("contact-does-not-fit-answer");
        let Command::RecordEmergencyContact(mut somebody) = record_emergency_contact() else { unreachable!() };
        somebody.answer = ContactAnswer::Refused;
        visit.when(Role::Patient, Command::RecordEmergencyContact(somebody)).refused("contact-does-not-fit-answer");
    }
}
