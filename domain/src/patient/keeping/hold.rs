//! Legal holds: placed by one person, ended by two.

use super::{
    LegalHold, LegalHoldPlaced, LegalHoldReleaseProposed, LegalHoldReleased, NewLegalHold, PlaceLegalHold,
    ProposeHoldRelease, ReleaseLegalHold,
};
use crate::patient::{Error, Event, Patient};
use crate::{Actor, LegalHoldId, Phi};

/// Holds of one record, at most: more than any record has.
const MOST_HOLDS: usize = 100;

impl Patient {
    pub(in crate::patient) fn place_legal_hold(
        &self,
        command: PlaceLegalHold,
        new: NewLegalHold,
        by: &Actor,
    ) -> Result<Vec<Event>, Error> {
        if self.legal_holds().len() >= MOST_HOLDS {
            return Err(Error::TooManyLegalHolds);
        }
        if self.legal_holds().contains_key(&new.legal_hold_id) {
            return Err(Error::IdAlreadyUsed);
        }
        let PlaceLegalHold { ground, details } = command;
        let placed_by = by.subject.clone();
        let details = Phi::Clear(details);
        Ok(vec![LegalHoldPlaced { legal_hold_id: new.legal_hold_id, ground, details, placed_by }.into()])
    }

    /// A newer proposal takes the place of an older one.
    pub(in crate::patient) fn propose_hold_release(
        &self,
        command: ProposeHoldRelease,
        by: &Actor,
    ) -> Result<Vec<Event>, Error> {
        let ProposeHoldRelease { legal_hold_id, reason, details } = command;
        self.standing_hold(legal_hold_id)?;
        let (details, proposed_by) = (details.map(Phi::Clear), by.subject.clone());
        Ok(vec![LegalHoldReleaseProposed { legal_hold_id, reason, details, proposed_by }.into()])
    }

    pub(in crate::patient) fn release_legal_hold(
        &self,
        command: ReleaseLegalHold,
        by: &Actor,
    ) -> Result<Vec<Event>, Error> {
        let hold = self.standing_hold(command.legal_hold_id)?;
        let (reason, proposed_by) = hold.proposed.clone().ok_or(Error::ReleaseNotProposed)?;
        if proposed_by == by.subject {
            return Err(Error::SecondPersonNeeded);
        }
        let (legal_hold_id, released_by) = (command.legal_hold_id, by.subject.clone());
        Ok(vec![LegalHoldReleased { legal_hold_id, reason, proposed_by, released_by }.into()])
    }

    fn standing_hold(&self, id: LegalHoldId) -> Result<&LegalHold, Error> {
        match self.legal_holds().get(&id) {
            None => Err(Error::UnknownLegalHold),
            Some(hold) if hold.released => Err(Error::LegalHoldAlreadyReleased),
            Some(hold) => Ok(hold),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Role;
    use crate::given::{given, id};
    use crate::patient::Patient;
    use crate::patient::example::{
        HOLD, hold_placed, hold_released, person, place_hold, propose_release, registered, release, release_proposed,
    };

    #[test]
    fn a_hold_is_placed_on_a_known_record_and_several_may_stand_at_once() {
        let known = given::<Patient>([registered().into()]);
        known.when_by(person("officer-1"), place_hold(HOLD)).then([hold_placed().into()]);
        let held = given::<Patient>([registered().into(), hold_placed().into()]);
        assert_eq!(held.when_by(person("officer-1"), place_hold(HOLD + 1)).events().len(), 1);
        held.when(Role::Compliance, place_hold(HOLD)).refused("id-already-used");
        given::<Patient>([]).when(Role::Compliance, place_hold(HOLD)).refused("not-registered");
    }

    #[test]
    fn a_hold_is_released_by_another_person_than_proposed_it() {
        let held = [registered().into(), hold_placed().into()];
        let held = given::<Patient>(held);
        held.when_by(person("officer-1"), propose_release(HOLD)).then([release_proposed().into()]);
        held.when_by(person("officer-2"), release(HOLD)).refused("release-not-proposed");
        held.when_by(person("officer-2"), release(HOLD + 1)).refused("unknown-legal-hold");
        held.when_by(person("officer-2"), propose_release(HOLD + 1)).refused("unknown-legal-hold");

        let proposed = given::<Patient>([registered().into(), hold_placed().into(), release_proposed().into()]);
        proposed.when_by(person("officer-1"), release(HOLD)).refused("second-person-needed");
        proposed.when_by(person("officer-2"), release(HOLD)).then([hold_released().into()]);
        // Whoever proposed last is the one who may not agree.
        let again = proposed.when_by(person("officer-2"), propose_release(HOLD)).events();
        let mut events = vec![registered().into(), hold_placed().into(), release_proposed().into()];
        events.extend(again);
        let again = given::<Patient>(events);
        again.when_by(person("officer-2"), release(HOLD)).refused("second-person-needed");
        assert_eq!(again.when_by(person("officer-1"), release(HOLD)).events().len(), 1);
    }

    #[test]
    fn a_released_hold_stays_released() {
        let events = [registered().into(), hold_placed().into(), release_proposed().into(), hold_released().into()];
        let released = given::<Patient>(events.clone());
        released.when_by(person("officer-2"), release(HOLD)).refused("legal-hold-already-released");
        released.when_by(person("officer-1"), propose_release(HOLD)).refused("legal-hold-already-released");
        use crate::Rules;
        assert!(!Patient::replay(&events).is_held());
        assert!(Patient::replay(&events[..3]).is_held(), "a proposal alone releases nothing");
        assert!(Patient::replay(&events).legal_holds().contains_key(&id(HOLD)));
    }
}
