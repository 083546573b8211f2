//! Breaking the glass: for a reason and a time, once at a time.

use chrono::{DateTime, TimeDelta, Utc};

use super::{BreakGlass, GlassBroken, NewGlass};
use crate::patient::{Error, Event, Patient};
use crate::{Actor, Phi};

/// For how many minutes: long enough for an emergency, and no working day.
const MINUTES: std::ops::RangeInclusive<u16> = 1..=240;

impl Patient {
    pub(in crate::patient) fn break_glass(
        &self,
        command: BreakGlass,
        new: NewGlass,
        by: &Actor,
        at: DateTime<Utc>,
    ) -> Result<Vec<Event>, Error> {
        let BreakGlass { reason, details, minutes } = command;
        if !MINUTES.contains(&minutes) {
            return Err(Error::GlassMinutesOutOfRange);
        }
        if self.glasses().contains_key(&new.glass_id) {
            return Err(Error::IdAlreadyUsed);
        }
        if self.glasses().values().any(|glass| glass.stands(&by.subject, at)) {
            return Err(Error::GlassAlreadyBroken);
        }
        Ok(vec![
            GlassBroken {
                glass_id: new.glass_id,
                reason,
                details: Phi::Clear(details),
                broken_by: by.subject.clone(),
                role: by.role,
                until: at + TimeDelta::minutes(minutes.into()),
            }
            .into(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{given, now};
    use crate::patient::example::{GLASS, break_glass, glass_broken, glass_reviewed, registered};
    use crate::{Role, Rules};

    #[test]
    fn it_is_broken_for_one_to_two_hundred_and_forty_minutes() {
        let known = given::<Patient>([registered().into()]);
        known.when(Role::Provider, break_glass(GLASS, 30)).then([glass_broken().into()]);
        for minutes in [1, 240] {
            assert_eq!(known.when(Role::Provider, break_glass(GLASS, minutes)).events().len(), 1);
        }
        for minutes in [0, 241] {
            known.when(Role::Provider, break_glass(GLASS, minutes)).refused("glass-minutes-out-of-range");
        }
        given::<Patient>([]).when(Role::Provider, break_glass(GLASS, 30)).refused("not-registered");
    }

    #[test]
    fn it_ends_at_its_limit_to_the_moment_and_stands_for_nobody_else() {
        let patient = Patient::replay(&[registered().into(), glass_broken().into()]);
        let (who, until) = (Role::Provider.name(), now() + TimeDelta::minutes(30));
        assert!(patient.is_glass_broken_by(who, now()));
        assert!(patient.is_glass_broken_by(who, until - TimeDelta::milliseconds(1)));
        assert!(!patient.is_glass_broken_by(who, until));
        assert!(!patient.is_glass_broken_by("somebody-else", now()));
    }

    #[test]
    fn nobody_breaks_it_twice_at_once_and_everybody_may_again() {
        let broken = [registered().into(), glass_broken().into()];
        let standing = given::<Patient>(broken.clone());
        standing.when(Role::Provider, break_glass(GLASS + 1, 30)).refused("glass-already-broken");
        standing.when(Role::ClinicalStaff, break_glass(GLASS, 30)).refused("id-already-used");
        assert_eq!(standing.when(Role::ClinicalStaff, break_glass(GLASS + 1, 30)).events().len(), 1);
        let over = given::<Patient>(broken.clone()).at(now() + TimeDelta::minutes(30));
        assert_eq!(over.when(Role::Provider, break_glass(GLASS + 1, 30)).events().len(), 1);
        let reviewed = [&broken[..], &[glass_reviewed().into()]].concat();
        assert_eq!(given::<Patient>(reviewed).when(Role::Provider, break_glass(GLASS + 1, 30)).events().len(), 1);
    }
}
