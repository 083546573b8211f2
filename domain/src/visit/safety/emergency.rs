//! Declaring an emergency, wherever the visit stands, and closing it.

use super::{CloseEmergency, DeclareEmergency, EmergencyClosed, EmergencyDeclared, NewEmergency};
use crate::visit::decide::require_role;
use crate::visit::{Error, Event, Visit};
use crate::{Actor, Phi, Role};

const WHO: [Role; 3] = [Role::FrontDesk, Role::ClinicalStaff, Role::Provider];
const STAFF: &str = "the front desk, clinical staff and providers";
/// There are fewer kinds of action than this; the same may be named again.
const MOST_ACTIONS: usize = 12;

impl Visit {
    /// Whoever declares it need not know about the visit's state, so none is asked for. A second one beside an open one
    /// is another fact.
    pub(in crate::visit) fn declare_emergency(
        &self,
        command: DeclareEmergency,
        new: NewEmergency,
        actor: &Actor,
    ) -> Result<Event, Error> {
        require_role(actor, &WHO, "declare-emergency", STAFF)?;
        let (DeclareEmergency { kind, actions, details }, NewEmergency { emergency_id }) = (command, new);
        if self.emergencies().get(emergency_id).is_some() {
            return Err(Error::IdAlreadyUsed);
        }
        if actions.len() > MOST_ACTIONS {
            return Err(Error::TooManyActions);
        }
        Ok(EmergencyDeclared {
            emergency_id,
            kind: Phi::Clear(kind),
            actions,
            details: details.map(Phi::Clear),
            jurisdiction: self.location().map(|location| location.jurisdiction),
            declared_by: actor.role,
        }
        .into())
    }

    pub(in crate::visit) fn close_emergency(&self, command: CloseEmergency, actor: &Actor) -> Result<Event, Error> {
        require_role(actor, &WHO, "close-emergency", STAFF)?;
        let CloseEmergency { emergency_id, outcome, actions, details } = command;
        let emergency = self.emergencies().get(emergency_id).ok_or(Error::UnknownEmergency)?;
        if emergency.closed {
            return Err(Error::EmergencyAlreadyClosed);
        }
        if actions.len() > MOST_ACTIONS {
            return Err(Error::TooManyActions);
        }
        let (outcome, details) = (Phi::Clear(outcome), details.map(Phi::Clear));
        Ok(EmergencyClosed { emergency_id, outcome, actions, details, closed_by: actor.role }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{given, id};
    use crate::visit::example::{EMERGENCY, commands::*, events::*, story};
    use crate::visit::{Command, EmergencyAction, State};
    use crate::{EmergencyId, Rules};

    #[test]
    fn an_emergency_is_declared_wherever_the_visit_stands_and_moves_nothing() {
        for state in State::ALL.into_iter().filter(|state| *state != State::NotScheduled) {
            let story = story(state);
            let located = Visit::replay(&story).location().is_some();
            let declared = if located { emergency_declared() } else { emergency_declared_nowhere() };
            given::<Visit>(story.clone()).when(Role::Provider, declare_emergency(EMERGENCY)).then([declared.clone()]);
            let visit = Visit::replay(story.iter().chain([&declared]));
            assert_eq!((visit.state(), visit.emergencies().open()), (state, Some(id(EMERGENCY))));
        }
    }

    #[test]
    fn an_emergency_is_closed_once() {
        let open = vec![scheduled(), emergency_declared_nowhere()];
        given::<Visit>(open.clone()).when(Role::Provider, close_emergency()).then([emergency_closed()]);
        given::<Visit>([scheduled()]).when(Role::Provider, close_emergency()).refused("unknown-emergency");
        let closed: Vec<_> = open.into_iter().chain([emergency_closed()]).collect();
        given::<Visit>(closed.clone()).when(Role::Provider, close_emergency()).refused("emergency-already-closed");
        assert_eq!(Visit::replay(&closed).emergencies().open(), None::<EmergencyId>);
        given::<Visit>(closed).when(Role::Provider, declare_emergency(EMERGENCY)).refused("id-already-used");
    }

    #[test]
    fn staff_declares_and_closes_it_and_names_no_endless_list() {
        let open = given::<Visit>([scheduled(), emergency_declared_nowhere()]);
        for role in [Role::Patient, Role::Billing, Role::System] {
            open.when(role, declare_emergency(81)).refused("role-not-permitted");
            open.when(role, close_emergency()).refused("role-not-permitted");
        }
        let Command::DeclareEmergency(mut command, new) = declare_emergency(81) else { unreachable!() };
        command.actions = vec![EmergencyAction::StayedOnCall; MOST_ACTIONS + 1];
        open.when(Role::Provider, Command::DeclareEmergency(command, new)).refused("too-many-actions");
        let Command::CloseEmergency(mut command) = close_emergency() else { unreachable!() };
        command.actions = vec![EmergencyAction::StayedOnCall; MOST_ACTIONS + 1];
        open.when(Role::Provider, Command::CloseEmergency(command)).refused("too-many-actions");
    }
}
