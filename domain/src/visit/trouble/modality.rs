//! From video to telephone and back: before the visit or in the middle of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ChangeModality, ModalityChanged, ModalityReason};
use crate::visit::decide::require_role;
use crate::visit::error::already;
use crate::visit::{Error, Event, Modality, State, Visit};
use crate::{Actor, Phi, Role};

/// One change of modality. What consent, licence and billing ask is by which modality the visit was held when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModalityChange {
    /// By which it was held until then.
    pub from: Modality,
    /// By which since.
    pub to: Modality,
    /// Why.
    pub reason: ModalityReason,
    /// Since when.
    pub at: DateTime<Utc>,
}

impl Visit {
    pub(in crate::visit) fn change_modality(
        &self,
        command: ChangeModality,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Event, Error> {
        const OPEN: [State; 7] = [
            State::Scheduled,
            State::Arrived,
            State::CheckedIn,
            State::Roomed,
            State::Held,
            State::Left,
            State::Admitted,
        ];
        const WHO: [Role; 3] = [Role::FrontDesk, Role::ClinicalStaff, Role::Provider];
        self.require(&OPEN, "change-modality", "the modality changes before the visit or during it, not afterwards")?;
        require_role(actor, &WHO, "change-modality", "the front desk, clinical staff and providers")?;
        let ChangeModality { to, reason, details } = command;
        match self.modality() {
            Some(from) if from != to => {
                let details = details.map(Phi::Clear);
                Ok(ModalityChanged { from, to, reason, details, changed_at: at, changed_by: actor.role }.into())
            }
            _ => Err(already("the visit is held by this modality", "change-modality")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;
    use crate::given::{given, now};
    use crate::visit::example::{commands::*, events::*, story};

    #[test]
    fn a_visit_goes_on_by_telephone_before_it_began_or_in_the_middle() {
        for state in [State::Scheduled, State::CheckedIn, State::Admitted] {
            given::<Visit>(story(state)).when(Role::Provider, change_modality(Modality::Phone)).then([by_phone()]);
        }
        given::<Visit>(story(State::Ended))
            .when(Role::Provider, change_modality(Modality::Phone))
            .refused("wrong-state");
        given::<Visit>([scheduled()]).when(Role::Provider, change_modality(Modality::Video)).refused("wrong-state");
        given::<Visit>([scheduled()])
            .when(Role::Patient, change_modality(Modality::Phone))
            .refused("role-not-permitted");
    }

    #[test]
    fn every_change_is_remembered_with_its_time() {
        let mut visit = Visit::replay(&[scheduled(), by_phone()]);
        assert_eq!(visit.modality(), Some(Modality::Phone));
        let change = visit.modality_changes()[0];
        assert_eq!((change.from, change.to, change.at), (Modality::Video, Modality::Phone, now()));
        let back = Visit::replay(&[scheduled(), by_phone()])
            .change_modality(
                ChangeModality { to: Modality::Video, reason: ModalityReason::ClinicalNeed, details: None },
                now() + chrono::Duration::minutes(5),
                &crate::given::actor(Role::Provider),
            )
            .unwrap();
        visit.evolve(&back);
        assert_eq!(visit.modality(), Some(Modality::Video));
        assert_eq!(visit.modality_changes().len(), 2);
    }
}
