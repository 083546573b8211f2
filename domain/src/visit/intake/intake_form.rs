//! Taking down what a patient tells before the visit.

use super::vital::check;
use super::{IntakeRecorded, RecordIntake, Review, ReviewAnswer};
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Phi};

/// From days ahead to the end of the visit.
pub(super) const OPEN: [State; 7] =
    [State::Scheduled, State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Left, State::Admitted];
pub(super) const WHILE_OPEN: &str = "this is done from scheduling, days ahead too, to the end of the visit";
/// More than a person can tell.
const MOST_ITEMS: usize = 60;

impl Visit {
    pub(in crate::visit) fn record_intake(&self, command: RecordIntake, actor: &Actor) -> Result<Event, Error> {
        self.require(&OPEN, "record-intake", WHILE_OPEN)?;
        self.require_patient_or_staff(actor, "record-intake")?;
        let RecordIntake { reason, vitals, medications, allergies } = command;
        check(&vitals)?;
        fits(&medications).and_then(|()| fits(&allergies))?;
        Ok(IntakeRecorded {
            reason: reason.map(Phi::Clear),
            vitals: Phi::Clear(vitals),
            medications: Phi::Clear(medications),
            allergies: Phi::Clear(allergies),
            recorded_by: actor.role,
        }
        .into())
    }
}

/// Something is listed exactly where the answer is that something is.
fn fits(review: &Review) -> Result<(), Error> {
    if (review.answer == ReviewAnswer::Listed) == review.items.is_empty() {
        Err(Error::ListDoesNotFitAnswer)
    } else if review.items.len() > MOST_ITEMS {
        Err(Error::ListTooLong)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{actor, given, text};
    use crate::visit::Command;
    use crate::visit::example::{commands::*, events::*, story};
    use crate::{Role, Rules};

    fn intake_with(change: impl FnOnce(&mut RecordIntake)) -> Command {
        let Command::RecordIntake(mut command) = record_intake() else { unreachable!() };
        change(&mut command);
        Command::RecordIntake(command)
    }

    #[test]
    fn a_patient_tells_days_ahead_and_may_tell_anew() {
        for state in OPEN {
            given::<Visit>(story(state)).when(Role::Patient, record_intake()).then([intake_recorded()]);
        }
        let told = [scheduled(), intake_recorded()];
        assert!(Visit::replay(&told).intake_recorded());
        given::<Visit>(told).when(Role::Patient, record_intake()).then([intake_recorded()]);
        given::<Visit>(story(State::Ended)).when(Role::Patient, record_intake()).refused("wrong-state");
    }

    #[test]
    fn it_is_the_patients_to_tell_or_staffs_on_their_word() {
        let visit = given::<Visit>([scheduled()]);
        let mut somebody_else = actor(Role::Patient);
        somebody_else.person = Some(uuid::Uuid::from_u128(77));
        visit.when_by(somebody_else, record_intake()).refused("not-this-visits-patient");
        visit.when(Role::Billing, record_intake()).refused("role-not-permitted");
        assert_eq!(visit.when(Role::FrontDesk, record_intake()).events().len(), 1);
    }

    #[test]
    fn what_is_listed_fits_the_answer() {
        let visit = given::<Visit>([scheduled()]);
        let refused = |command, code| visit.when(Role::Patient, command).refused(code);
        refused(intake_with(|intake| intake.medications.items.clear()), "list-does-not-fit-answer");
        refused(intake_with(|intake| intake.allergies.items = vec![text("Nuts")]), "list-does-not-fit-answer");
        refused(intake_with(|intake| intake.medications.answer = ReviewAnswer::Unable), "list-does-not-fit-answer");
        let endless = vec![text("Rest"); MOST_ITEMS + 1];
        refused(intake_with(|intake| intake.medications.items = endless), "list-too-long");
    }

    #[test]
    fn impossible_readings_are_refused() {
        let visit = given::<Visit>([scheduled()]);
        let twice = intake_with(|intake| intake.vitals.push(intake.vitals[0]));
        visit.when(Role::Patient, twice).refused("vital-named-twice");
    }
}
