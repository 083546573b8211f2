//! Erasure: proposed by one person and confirmed by another, never under a hold, before its date, or where no date is known.

use super::{ErasureFacts, ErasureProposed, PatientKeyDestroyed, ProposeErasure, WholeRecord};
use crate::Actor;
use crate::law::RuleId;
use crate::patient::{Error, Event, Patient};

impl Patient {
    /// A newer proposal takes the place of an older one.
    pub(in crate::patient) fn propose_erasure(
        &self,
        command: ProposeErasure,
        facts: &ErasureFacts,
        by: &Actor,
    ) -> Result<Vec<Event>, Error> {
        let rules = self.may_be_erased(facts)?;
        Ok(vec![ErasureProposed { ground: command.ground, rules, proposed_by: by.subject.clone() }.into()])
    }

    pub(in crate::patient) fn confirm_erasure(&self, facts: ErasureFacts, by: &Actor) -> Result<Vec<Event>, Error> {
        let rules = self.may_be_erased(&facts)?;
        let proposed = self.proposed_erasure().ok_or(Error::ErasureNotProposed)?;
        if proposed.proposed_by == by.subject {
            return Err(Error::SecondPersonNeeded);
        }
        let (proposed_by, confirmed_by) = (proposed.proposed_by.clone(), by.subject.clone());
        let keys = facts.keys;
        Ok(vec![PatientKeyDestroyed { ground: proposed.ground, rules, keys, proposed_by, confirmed_by }.into()])
    }

    /// Asked both times: what stood in between may have changed.
    fn may_be_erased(&self, facts: &ErasureFacts) -> Result<Vec<RuleId>, Error> {
        if self.is_held() {
            return Err(Error::UnderLegalHold);
        }
        match (&facts.record, facts.record.over(facts.today)) {
            (_, Some(rules)) => Ok(rules),
            (WholeRecord::InCare, None) => Err(Error::RecordInUse),
            (WholeRecord::Until(..), None) => Err(Error::RetentionRunning),
            (WholeRecord::Always(why), None) => Err(Error::RetentionUnknown { why: why.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};

    use super::*;
    use crate::Role;
    use crate::given::given;
    use crate::law::{Reliance, Unanswered};
    use crate::patient::example::{
        confirm_erasure, end_authority, erasable, erasure_proposed, hold_placed, hold_released, key_destroyed, person,
        place_hold, propose_erasure, registered, release_proposed, verify_authority,
    };
    use crate::visit::{State, Visit, example};
    use crate::{Rules, patient};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn one_person_proposes_and_another_confirms() {
        let known = given::<Patient>([registered().into()]);
        known.when_by(person("officer-1"), propose_erasure(erasable())).then([erasure_proposed().into()]);
        known.when_by(person("officer-2"), confirm_erasure(erasable())).refused("erasure-not-proposed");
        let proposed = given::<Patient>([registered().into(), erasure_proposed().into()]);
        proposed.when_by(person("officer-1"), confirm_erasure(erasable())).refused("second-person-needed");
        proposed.when_by(person("officer-2"), confirm_erasure(erasable())).then([key_destroyed().into()]);
        given::<Patient>([]).when(Role::Compliance, propose_erasure(erasable())).refused("not-registered");
    }

    #[test]
    fn nothing_is_erased_before_its_date_in_use_or_where_no_date_is_known() {
        let unknown = Unanswered::MissingFact { matter: "how long records are kept", fact: "a day of service" };
        let today = erasable().today;
        for (record, code) in [
            (WholeRecord::InCare, "record-in-use"),
            (WholeRecord::Until(today, vec![]), "retention-running"),
            (WholeRecord::Until(today + Days::new(400), vec![]), "retention-running"),
            (WholeRecord::Always(unknown), "retention-unknown"),
        ] {
            let facts = ErasureFacts { record, ..erasable() };
            let proposed = given::<Patient>([registered().into(), erasure_proposed().into()]);
            proposed.when_by(person("officer-3"), propose_erasure(facts.clone())).refused(code);
            proposed.when_by(person("officer-2"), confirm_erasure(facts)).refused(code);
        }
    }

    #[test]
    fn a_hold_forbids_it_and_undoes_what_was_proposed_before() {
        let held = given::<Patient>([registered().into(), erasure_proposed().into(), hold_placed().into()]);
        held.when_by(person("officer-2"), confirm_erasure(erasable())).refused("under-legal-hold");
        held.when_by(person("officer-1"), propose_erasure(erasable())).refused("under-legal-hold");
        let released = [
            registered().into(),
            erasure_proposed().into(),
            hold_placed().into(),
            release_proposed().into(),
            hold_released().into(),
        ];
        let released = given::<Patient>(released);
        released.when_by(person("officer-2"), confirm_erasure(erasable())).refused("erasure-not-proposed");
    }

    #[test]
    fn nothing_more_is_asked_of_an_erased_record() {
        let erased = given::<Patient>([registered().into(), erasure_proposed().into(), key_destroyed().into()]);
        let import = patient::Command::Import(Box::new(patient::example::imported()));
        for command in [
            propose_erasure(erasable()),
            confirm_erasure(erasable()),
            place_hold(1),
            verify_authority(1),
            end_authority(),
            import,
        ] {
            erased.when_by(person("officer-3"), command).refused("record-erased");
        }
    }

    #[test]
    fn a_record_is_kept_as_long_as_the_longest_of_its_visits() {
        let visit = Visit::replay(&example::story(State::Closed));
        assert_eq!(visit.date_of_service(), Some(day("2026-03-02")), "{:?}", visit.state());
        let (born, reliance) = (Some(day("1980-02-29")), Reliance::simulated());
        let of = |visits: &[&Visit], born, elsewhere| {
            WholeRecord::of(visits.iter().copied(), elsewhere, born, day("2031-03-03"), &reliance)
        };
        let kept = of(&[&visit], born, false);
        assert!(matches!(&kept, WholeRecord::Until(until, _) if *until == day("2031-03-02")), "{kept:?}");
        assert_eq!(kept.over(day("2031-03-02")), None, "the last day is one of them");
        assert_eq!(kept.over(day("2031-03-03")), Some(vec!["retention.wi".try_into().unwrap()]));

        let never = Visit::default();
        assert!(matches!(of(&[], born, false), WholeRecord::Always(_)), "no date to count from");
        assert!(matches!(of(&[&never], born, false), WholeRecord::Always(_)));
        assert!(matches!(of(&[&visit], None, false), WholeRecord::Always(_)), "it may be a child's");
        assert!(matches!(of(&[&visit], born, true), WholeRecord::Always(_)), "care elsewhere has no date here");
        let open = Visit::replay(&example::story(State::Admitted));
        assert_eq!(of(&[&visit, &open], born, false), WholeRecord::InCare);
        let unreviewed = WholeRecord::of([&visit], false, born, day("2031-03-03"), &Reliance::default());
        assert!(matches!(unreviewed, WholeRecord::Always(_)), "a rule nobody reviewed lets nothing go");
    }
}
