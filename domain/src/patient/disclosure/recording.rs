//! Recording a disclosure. It has happened: nothing but what cannot be true refuses it.

use super::terms::{MOST_VISITS, Visits};
use super::{DisclosureFacts, DisclosureMade, RecordDisclosure};
use crate::Phi;
use crate::patient::{Error, Event, Patient};

impl Patient {
    pub(in crate::patient) fn record_disclosure(
        &self,
        command: RecordDisclosure,
        facts: DisclosureFacts,
    ) -> Result<Vec<Event>, Error> {
        let RecordDisclosure { ground, on, recipient, address, description, purpose, visits } = command;
        let visits: Visits = visits.into_iter().collect();
        if on > facts.today {
            return Err(Error::DisclosureInFuture);
        }
        if self.disclosure(facts.disclosure_id).is_some() {
            return Err(Error::IdAlreadyUsed);
        }
        if visits.len() > MOST_VISITS {
            return Err(Error::TooManyVisitsDisclosed);
        }
        if !visits.is_subset(&facts.own_visits) {
            return Err(Error::VisitOfAnother);
        }
        Ok(vec![
            DisclosureMade {
                disclosure_id: facts.disclosure_id,
                ground,
                on,
                recipient: Phi::Clear(recipient),
                address: address.map(Phi::Clear),
                description: Phi::Clear(description),
                purpose: Phi::Clear(purpose),
                visits,
            }
            .into(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;
    use crate::Role;
    use crate::given::{given, id};
    use crate::patient::Command;
    use crate::patient::example::{DISCLOSURE, disclosure_made, record_disclosure, registered, today};

    fn recorded(change: impl FnOnce(&mut RecordDisclosure, &mut DisclosureFacts)) -> Command {
        let Command::RecordDisclosure(mut command, mut facts) = record_disclosure(DISCLOSURE) else { unreachable!() };
        change(&mut command, &mut facts);
        Command::RecordDisclosure(command, facts)
    }

    #[test]
    fn a_disclosure_is_recorded_whatever_its_ground_and_however_late() {
        let known = given::<Patient>([registered().into()]);
        known.when(Role::Compliance, record_disclosure(DISCLOSURE)).then([disclosure_made().into()]);
        for ground in crate::patient::DisclosureGround::ALL {
            assert_eq!(known.when(Role::Compliance, recorded(|command, _| command.ground = ground)).events().len(), 1);
        }
        let long_ago = recorded(|command, _| command.on = today() - Days::new(365 * 20));
        assert_eq!(known.when(Role::Compliance, long_ago).events().len(), 1);
    }

    #[test]
    fn what_cannot_be_true_is_refused() {
        let known = given::<Patient>([registered().into(), disclosure_made().into()]);
        known.when(Role::Compliance, record_disclosure(DISCLOSURE)).refused("id-already-used");
        let new = |facts: &mut DisclosureFacts| facts.disclosure_id = id(DISCLOSURE + 1);
        let tomorrow = recorded(|command, facts| {
            new(facts);
            command.on = today() + Days::new(1);
        });
        known.when(Role::Compliance, tomorrow).refused("disclosure-in-future");
        let another = recorded(|command, facts| {
            new(facts);
            command.visits.push(id(999));
        });
        known.when(Role::Compliance, another).refused("visit-of-another");
        let many = recorded(|command, facts| {
            new(facts);
            command.visits = (0..=MOST_VISITS as u128).map(id).collect();
        });
        known.when(Role::Compliance, many).refused("too-many-visits-disclosed");
        given::<Patient>([]).when(Role::Compliance, record_disclosure(DISCLOSURE)).refused("not-registered");
    }
}
