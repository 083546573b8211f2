//! Treating under supervision: another provider of the clinic, licensed where the patient is, answers for what the one who
//! treats writes, and cosigns it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{NameSupervisor, SupervisorFacts, SupervisorNamed};
use crate::provider::permitting;
use crate::visit::decide::require_role;
use crate::visit::error::already;
use crate::visit::{Cosign, CosignRequested, CosignState, Error, Event, NoteState, State, Visit};
use crate::{Actor, ProviderId, Role};

/// Who treats under whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervision {
    /// Who treats.
    pub trainee: ProviderId,
    /// Who supervises them.
    pub supervisor: ProviderId,
}

/// As long as something may still be written that has to be cosigned.
const OPEN: [State; 8] = [
    State::Scheduled,
    State::Arrived,
    State::CheckedIn,
    State::Roomed,
    State::Held,
    State::Left,
    State::Admitted,
    State::Ended,
];

impl Supervision {
    pub(in crate::visit) fn of(named: &SupervisorNamed) -> Self {
        Self { trainee: named.trainee_id, supervisor: named.supervisor_id }
    }
}

impl Visit {
    /// Whatever the trainee signed so far, and nobody cosigned, is the new supervisor's to cosign. Where the patient is not
    /// known yet, admission asks for the licence.
    pub(in crate::visit) fn name_supervisor(
        &self,
        command: NameSupervisor,
        facts: &SupervisorFacts,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Vec<Event>, Error> {
        const HINT: &str = "a supervisor is named from scheduling until the visit is billed";
        require_role(actor, &[Role::FrontDesk, Role::Provider], "name-supervisor", "the front desk and providers")?;
        if actor.role == Role::Provider {
            self.require_own_provider(actor, "name-supervisor")?;
        }
        self.require(&OPEN, "name-supervisor", HINT)?;
        let trainee_id = self.provider().ok_or_else(|| self.wrong_state("name-supervisor", HINT))?;
        let supervisor_id = command.supervisor_id;
        if !facts.registered {
            return Err(Error::UnknownSupervisor);
        }
        if supervisor_id == trainee_id {
            return Err(Error::SupervisorIsTrainee);
        }
        if self.supervision().is_some_and(|supervision| supervision.supervisor == supervisor_id) {
            return Err(already("this provider supervises the visit", "name-supervisor"));
        }
        if let Some(location) = self.location() {
            let on = self.date_of_service().unwrap_or_else(|| facts.time_zone.day(at));
            let jurisdiction = location.jurisdiction;
            permitting(&facts.licences, jurisdiction, on, &facts.reliance)
                .map_err(|why| Error::SupervisorNotLicensed { jurisdiction, on, why })?;
        }
        let mut events = vec![SupervisorNamed { trainee_id, supervisor_id, named_by: actor.role }.into()];
        for (note_id, note) in self.notes().iter() {
            let settled = |cosign: Cosign| cosign.state == CosignState::Cosigned || cosign.cosigner == supervisor_id;
            if note.state == NoteState::Signed && !note.cosign.is_some_and(settled) {
                events.push(CosignRequested { note_id, cosigner_id: supervisor_id, requested_by: trainee_id }.into());
            }
        }
        Ok(events)
    }

    /// Who has to cosign what this provider signs, if anybody.
    pub(in crate::visit) fn supervisor_of(&self, provider: ProviderId) -> Option<ProviderId> {
        self.supervision().filter(|supervision| supervision.trainee == provider).map(|it| it.supervisor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{PROVIDER, actor, given, id};
    use crate::visit::example::{COSIGNER, commands::*, events::*, licence, story, supervisor_facts};
    use crate::visit::{AdmitFacts, Command};
    use crate::{Licence, Rules};

    fn name_with(change: impl FnOnce(&mut NameSupervisor, &mut SupervisorFacts)) -> Command {
        let Command::NameSupervisor(mut command, mut facts) = name_supervisor() else { unreachable!() };
        change(&mut command, &mut facts);
        Command::NameSupervisor(command, facts)
    }

    fn supervised(story: Vec<Event>, more: &[Event]) -> Vec<Event> {
        story.into_iter().chain([supervisor_named()]).chain(more.to_vec()).collect()
    }

    #[test]
    fn another_provider_of_the_clinic_supervises_and_belongs_to_the_team() {
        given::<Visit>([scheduled()]).when(Role::FrontDesk, name_supervisor()).then([supervisor_named()]);
        assert_eq!(given::<Visit>([scheduled()]).when(Role::Provider, name_supervisor()).events().len(), 1);
        let visit = Visit::replay(&supervised(vec![scheduled()], &[]));
        assert_eq!(visit.team().collect::<Vec<_>>(), [id(PROVIDER), id(COSIGNER)]);
        given::<Visit>(supervised(vec![scheduled()], &[]))
            .when(Role::FrontDesk, name_supervisor())
            .refused("wrong-state");
    }

    #[test]
    fn nobody_supervises_themselves_nor_does_a_stranger() {
        let visit = given::<Visit>([scheduled()]);
        let own = name_with(|command, _| command.supervisor_id = id(PROVIDER));
        visit.when(Role::FrontDesk, own).refused("supervisor-is-trainee");
        let stranger = name_with(|_, facts| facts.registered = false);
        visit.when(Role::FrontDesk, stranger).refused("unknown-supervisor");
        visit.when(Role::ClinicalStaff, name_supervisor()).refused("role-not-permitted");
        let mut colleague = actor(Role::Provider);
        colleague.person = Some(uuid::Uuid::from_u128(89));
        visit.when_by(colleague, name_supervisor()).refused("not-this-visits-provider");
        for state in [State::Closed, State::Cancelled, State::NoShow] {
            given::<Visit>(story(state)).when(Role::FrontDesk, name_supervisor()).refused("wrong-state");
        }
    }

    #[test]
    fn a_supervisor_is_licensed_where_the_patient_is_whoever_is_named_first() {
        let elsewhere = || name_with(|_, facts| facts.licences = vec![licence("MN", "2026-01-01", "2026-12-31")]);
        given::<Visit>(story(State::CheckedIn)).when(Role::FrontDesk, elsewhere()).refused("supervisor-not-licensed");
        given::<Visit>([scheduled()]).when(Role::FrontDesk, elsewhere()).then([supervisor_named()]);
        let waiting = given::<Visit>(supervised(story(State::CheckedIn), &[]));
        let admit_with = |supervisor_licences: Vec<Licence>| {
            let Command::Admit(command, facts) = admit() else { unreachable!() };
            Command::Admit(command, AdmitFacts { supervisor_licences, ..facts })
        };
        waiting.when(Role::Provider, admit()).then([admitted()]);
        waiting.when(Role::Provider, admit_with(vec![])).refused("supervisor-not-licensed");
        waiting
            .when(Role::Provider, admit_with(vec![licence("MN", "2026-01-01", "2026-12-31")]))
            .refused("supervisor-not-licensed");
    }

    #[test]
    fn what_a_trainee_signs_the_supervisor_is_asked_to_cosign_and_nobody_else_can_be() {
        let draft = given::<Visit>(supervised(story(State::Admitted), &[]));
        draft.when(Role::Provider, sign_note()).then([note_signed(), cosign_requested()]);
        let signed = supervised(story(State::Admitted), &[note_signed(), cosign_requested()]);
        let Command::RequestCosign(mut command, facts) = request_cosign() else { unreachable!() };
        command.cosigner_id = id(89);
        let another = Command::RequestCosign(command, facts);
        given::<Visit>(signed.clone()).when(Role::Provider, another).refused("cosigner-is-not-supervisor");
        let over = [ended(), charge_captured()];
        let unbilled = given::<Visit>(signed.into_iter().chain(over));
        unbilled.when(Role::Billing, bill()).refused("note-not-cosigned");
        let billed = supervised(story(State::Ended), &[cosign_requested(), cosigned()]);
        assert_eq!(given::<Visit>(billed).when(Role::Billing, bill()).events().len(), 1);
    }

    #[test]
    fn a_supervisor_who_is_named_late_cosigns_what_was_signed_before() {
        let ended = given::<Visit>(story(State::Ended));
        ended.when(Role::FrontDesk, name_supervisor()).then([supervisor_named(), cosign_requested()]);
        let cosigned = story(State::Ended).into_iter().chain([cosign_requested(), cosigned()]);
        given::<Visit>(cosigned).when(Role::FrontDesk, name_supervisor()).then([supervisor_named()]);
    }

    #[test]
    fn a_trainee_does_not_cosign_and_another_provider_is_no_trainee() {
        let signed = given::<Visit>(supervised(story(State::Ended), &[cosign_requested()]));
        signed.when(Role::Provider, cosign_note()).refused("cosigner-is-author");
        let handed = Visit::replay(&supervised(story(State::CheckedIn), &[handed_over()]));
        assert_eq!(handed.supervision(), None);
    }

    #[test]
    fn a_supervisor_without_a_licence_where_the_patient_moved_is_a_second_gap() {
        let Command::AttestLocation(command, facts) = attest_location("MN") else { unreachable!() };
        let facts = AdmitFacts { licences: vec![licence("MN", "2026-01-01", "2026-12-31")], ..facts };
        let moved = Command::AttestLocation(command, facts);
        let outcome = given::<Visit>(supervised(story(State::Admitted), &[])).when(Role::Patient, moved).events();
        let [_, Event::LicenceGapObserved(gap)] = &outcome[..] else { panic!("{} events", outcome.len()) };
        assert_eq!(gap.provider_id, id(COSIGNER));
        assert!(supervisor_facts().registered);
    }
}
