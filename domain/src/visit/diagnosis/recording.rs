//! Recording diagnoses and taking them off the list.

use super::{DiagnosisRecorded, DiagnosisRemoved, RecordDiagnosis, RemoveDiagnosis};
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Phi};

/// In the visit, and after it: a charge that was billed for the wrong diagnosis is corrected, and that takes the right one.
const SINCE_ADMISSION: [State; 3] = [State::Admitted, State::Ended, State::Closed];
/// A claim carries no more.
const MOST_STANDING: usize = 12;
/// Numbers ever given in one visit.
const MOST_EVER: u8 = 99;

impl Visit {
    pub(in crate::visit) fn record_diagnosis(&self, command: RecordDiagnosis, actor: &Actor) -> Result<Event, Error> {
        self.require(&SINCE_ADMISSION, "record-diagnosis", "a diagnosis is recorded once the patient was admitted")?;
        let provider_id = self.require_own_provider(actor, "record-diagnosis")?;
        let number = self.diagnoses().next().filter(|number| *number <= MOST_EVER);
        let Some(diagnosis_number) = number.filter(|_| self.diagnoses().standing() < MOST_STANDING) else {
            return Err(Error::TooManyDiagnoses);
        };
        let RecordDiagnosis { code, description, primary } = command;
        let (code, description) = (Phi::Clear(code), Phi::Clear(description));
        Ok(DiagnosisRecorded { diagnosis_number, code, description, primary, provider_id }.into())
    }

    /// What something that still counts is for stays on the list until that is corrected, voided or cancelled.
    pub(in crate::visit) fn remove_diagnosis(&self, command: RemoveDiagnosis, actor: &Actor) -> Result<Event, Error> {
        self.require(&SINCE_ADMISSION, "remove-diagnosis", "a diagnosis is removed after it was recorded")?;
        let provider_id = self.require_own_provider(actor, "remove-diagnosis")?;
        let RemoveDiagnosis { diagnosis_number, reason, details } = command;
        if !self.diagnoses().stands(diagnosis_number) {
            return Err(Error::UnknownDiagnosis);
        }
        if self.is_pointed_at(diagnosis_number) {
            return Err(Error::DiagnosisInUse);
        }
        Ok(DiagnosisRemoved { diagnosis_number, reason, details: details.map(Phi::Clear), provider_id }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{Given, actor, given};
    use crate::visit::example::{CHARGE, commands::*, events::*, story};
    use crate::{Role, Rules};

    fn admitted_then(more: &[Event]) -> Given<Visit> {
        given(story(State::Admitted).into_iter().chain(more.to_vec()))
    }

    #[test]
    fn this_visits_provider_records_what_the_patient_has_since_admission() {
        for state in [State::Admitted, State::Ended, State::Closed] {
            given::<Visit>(story(state)).when(Role::Provider, record_diagnosis()).then([diagnosis_recorded(1)]);
        }
        given::<Visit>(story(State::CheckedIn)).when(Role::Provider, record_diagnosis()).refused("wrong-state");
        let admitted = admitted_then(&[]);
        admitted.when(Role::Billing, record_diagnosis()).refused("not-this-visits-provider");
        let mut colleague = actor(Role::Provider);
        colleague.person = Some(uuid::Uuid::from_u128(88));
        admitted.when_by(colleague, record_diagnosis()).refused("not-this-visits-provider");
    }

    #[test]
    fn a_number_is_never_given_again_and_the_newest_foremost_counts() {
        let story = [diagnosis_recorded(1), diagnosis_recorded(2), diagnosis_removed(2)];
        admitted_then(&story).when(Role::Provider, record_diagnosis()).then([diagnosis_recorded(3)]);
        let visit = Visit::replay(&story);
        let told: Vec<_> =
            visit.diagnoses().iter().map(|one| (one.diagnosis_number, one.primary, one.removed)).collect();
        assert_eq!(told, [(1, false, false), (2, false, true)]);
        assert!(visit.diagnoses().stands(1) && !visit.diagnoses().stands(2));
    }

    #[test]
    fn a_removed_diagnosis_is_not_removed_again_and_none_is_made_up() {
        let recorded = admitted_then(&[diagnosis_recorded(1)]);
        recorded.when(Role::Provider, remove_diagnosis(1)).then([diagnosis_removed(1)]);
        recorded.when(Role::Provider, remove_diagnosis(2)).refused("unknown-diagnosis");
        recorded.when(Role::Billing, remove_diagnosis(1)).refused("not-this-visits-provider");
        let removed = admitted_then(&[diagnosis_recorded(1), diagnosis_removed(1)]);
        removed.when(Role::Provider, remove_diagnosis(1)).refused("unknown-diagnosis");
        given::<Visit>(story(State::CheckedIn)).when(Role::Provider, remove_diagnosis(1)).refused("wrong-state");
    }

    #[test]
    fn what_a_standing_charge_is_for_stays_on_the_list() {
        let charged = [diagnosis_recorded(1), ended(), charge_captured_for(&[1])];
        admitted_then(&charged).when(Role::Provider, remove_diagnosis(1)).refused("diagnosis-in-use");
        let voided = [charged.as_slice(), &[charge_voided()]].concat();
        admitted_then(&voided).when(Role::Provider, remove_diagnosis(1)).then([diagnosis_removed(1)]);
        assert!(Visit::replay(&voided).charges().get(crate::given::id(CHARGE)).is_some());
    }

    #[test]
    fn what_an_open_order_is_for_stays_on_the_list() {
        let ordered = [diagnosis_recorded(1), prescription_drafted()];
        admitted_then(&ordered).when(Role::Provider, remove_diagnosis(1)).refused("diagnosis-in-use");
        let cancelled = [ordered.as_slice(), &[order_cancelled()]].concat();
        admitted_then(&cancelled).when(Role::Provider, remove_diagnosis(1)).then([diagnosis_removed(1)]);
    }

    #[test]
    fn the_list_has_bounds() {
        let twelve: Vec<_> = (1..=12).map(diagnosis_recorded).collect();
        admitted_then(&twelve).when(Role::Provider, record_diagnosis()).refused("too-many-diagnoses");
        let ever: Vec<_> =
            (1..=99).flat_map(|number| [diagnosis_recorded(number), diagnosis_removed(number)]).collect();
        admitted_then(&ever).when(Role::Provider, record_diagnosis()).refused("too-many-diagnoses");
    }
}
