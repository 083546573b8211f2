//! Reviewing a broken glass: once, and by another person than broke it.

use super::{GlassReviewed, ReviewGlass};
use crate::patient::{Error, Event, Patient};
use crate::{Actor, Phi};

impl Patient {
    pub(in crate::patient) fn review_glass(&self, command: ReviewGlass, by: &Actor) -> Result<Vec<Event>, Error> {
        let ReviewGlass { glass_id, finding, details } = command;
        let glass = self.glasses().get(&glass_id).ok_or(Error::UnknownGlass)?;
        if glass.reviewed {
            return Err(Error::GlassAlreadyReviewed);
        }
        if glass.broken_by == by.subject {
            return Err(Error::SecondPersonNeeded);
        }
        let (broken_by, reviewed_by) = (glass.broken_by.clone(), by.subject.clone());
        let details = details.map(Phi::Clear);
        Ok(vec![GlassReviewed { glass_id, finding, details, broken_by, reviewed_by }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{given, now};
    use crate::patient::example::{GLASS, glass_broken, glass_reviewed, person, registered, review_glass};
    use crate::{Role, Rules};

    #[test]
    fn another_person_reviews_it_once() {
        let broken = given::<Patient>([registered().into(), glass_broken().into()]);
        broken.when_by(person("officer-1"), review_glass(GLASS)).then([glass_reviewed().into()]);
        broken.when_by(person(Role::Provider.name()), review_glass(GLASS)).refused("second-person-needed");
        broken.when_by(person("officer-1"), review_glass(GLASS + 1)).refused("unknown-glass");
        let reviewed = given::<Patient>([registered().into(), glass_broken().into(), glass_reviewed().into()]);
        reviewed.when_by(person("officer-2"), review_glass(GLASS)).refused("glass-already-reviewed");
    }

    #[test]
    fn a_review_ends_what_has_time_left() {
        let patient = Patient::replay(&[registered().into(), glass_broken().into(), glass_reviewed().into()]);
        assert!(!patient.is_glass_broken_by(Role::Provider.name(), now()));
    }
}
