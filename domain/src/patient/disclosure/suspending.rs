//! Leaving a disclosure out of what the patient is told: only for oversight and law enforcement, only as long as they asked
//! for, and by word of mouth no longer than 30 days (45 CFR 164.528(a)(2)).

use chrono::{Days, NaiveDate};

use super::{AccountingSuspended, SuspendAccounting, SuspensionStatement};
use crate::patient::{Error, Event, Patient};
use crate::{DisclosureId, Phi};

/// How long the patient's right is suspended at most by word of mouth.
const BY_WORD_OF_MOUTH: Days = Days::new(30);

impl Patient {
    pub(in crate::patient) fn suspend_accounting(
        &self,
        disclosure_id: DisclosureId,
        command: SuspendAccounting,
        today: NaiveDate,
    ) -> Result<Vec<Event>, Error> {
        let SuspendAccounting { statement, agency, stated_on, until } = command;
        let ground = self.disclosure(disclosure_id).ok_or(Error::UnknownDisclosure)?;
        if !ground.may_be_suspended() {
            return Err(Error::NotSuspendable);
        }
        if stated_on > today || until < stated_on {
            return Err(Error::SuspensionUnreasonable);
        }
        let longest = stated_on.checked_add_days(BY_WORD_OF_MOUTH);
        if statement == SuspensionStatement::Oral && longest.is_none_or(|longest| until > longest) {
            return Err(Error::OralSuspensionTooLong);
        }
        let agency = Phi::Clear(agency);
        Ok(vec![AccountingSuspended { disclosure_id, statement, agency, stated_on, until }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::given::{given, id};
    use crate::patient::example::{
        DISCLOSURE, accounting_suspended, disclosure_made, registered, suspend, suspension, today,
    };
    use crate::patient::{Command, DisclosureGround};

    fn with(change: impl FnOnce(&mut SuspendAccounting)) -> Command {
        let mut command = suspension();
        change(&mut command);
        suspend(DISCLOSURE, command)
    }

    #[test]
    fn only_a_disclosure_to_oversight_or_law_enforcement_is_left_out() {
        for ground in DisclosureGround::ALL {
            let mut made = disclosure_made();
            made.ground = ground;
            let asked = given::<Patient>([registered().into(), made.into()]).when(Role::Compliance, with(|_| {}));
            match ground {
                DisclosureGround::HealthOversight | DisclosureGround::LawEnforcement => {
                    asked.then([accounting_suspended().into()]);
                }
                _ => asked.refused("not-suspendable"),
            }
        }
        let known = given::<Patient>([registered().into(), disclosure_made().into()]);
        known.when(Role::Compliance, suspend(DISCLOSURE + 1, suspension())).refused("unknown-disclosure");
        let none = given::<Patient>([]);
        none.when(Role::Compliance, suspend(DISCLOSURE, suspension())).refused("not-registered");
        assert_ne!(id::<DisclosureId>(DISCLOSURE), id(DISCLOSURE + 1));
    }

    #[test]
    fn by_word_of_mouth_it_lasts_thirty_days_and_in_writing_as_long_as_they_ask() {
        let known = given::<Patient>([registered().into(), disclosure_made().into()]);
        for (days, statement, refused) in [
            (30, SuspensionStatement::Oral, None),
            (31, SuspensionStatement::Oral, Some("oral-suspension-too-long")),
            (31, SuspensionStatement::Written, None),
            (700, SuspensionStatement::Written, None),
        ] {
            let asked = with(|command| {
                command.statement = statement;
                command.until = command.stated_on + Days::new(days);
            });
            match refused {
                Some(code) => known.when(Role::Compliance, asked).refused(code),
                None => assert_eq!(known.when(Role::Compliance, asked).events().len(), 1),
            }
        }
    }

    #[test]
    fn nobody_asks_tomorrow_or_for_a_time_that_was_over_before() {
        let known = given::<Patient>([registered().into(), disclosure_made().into()]);
        let tomorrow = with(|command| {
            command.stated_on = today() + Days::new(1);
            command.until = command.stated_on;
        });
        known.when(Role::Compliance, tomorrow).refused("suspension-unreasonable");
        let over = with(|command| command.until = command.stated_on - Days::new(1));
        known.when(Role::Compliance, over).refused("suspension-unreasonable");
    }
}
