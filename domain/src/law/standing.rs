//! Whether a patient answers for themselves: of age where they are, or a minor whom a rule lets consent alone.

use chrono::NaiveDate;

use super::answer::Unanswered;
use super::majority::age_on;
use super::reliance::Reliance;
use super::row::RuleId;
use super::self_consent::{SelfConsent, Service};
use super::statutes::Law;
use crate::Jurisdiction;

/// What the rules say of a patient on a day. Made from a date of birth, which it does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They answer for themselves.
    OfAge {
        /// The row that says from which age.
        rule: RuleId,
    },
    /// Somebody else answers for them, unless a rule lets them.
    Minor {
        /// The row that says from which age.
        rule: RuleId,
        /// Of the service that was named: the row by which they may consent alone, none if they are too young for it, or
        /// why nobody knows. `None` where no service was named.
        alone: Option<Result<Option<RuleId>, Unanswered>>,
    },
    /// Nobody knows where they are, and they are not of age everywhere.
    PlaceUnknown,
    /// No rule answers.
    Unknown(Unanswered),
}

impl Law {
    /// How somebody born on a day stands where they are on another. As long as nobody knows where that is, only who is of
    /// age by every row in force is of age.
    pub fn standing(
        &self,
        born: NaiveDate,
        place: Option<Jurisdiction>,
        service: Option<Service>,
        on: NaiveDate,
        reliance: &Reliance,
    ) -> Standing {
        let answer = match place {
            Some(place) => self.standing_there(born, place, service, on, reliance),
            None => self.standing_anywhere(born, on, reliance),
        };
        answer.unwrap_or_else(Standing::Unknown)
    }

    fn standing_there(
        &self,
        born: NaiveDate,
        place: Jurisdiction,
        service: Option<Service>,
        on: NaiveDate,
        reliance: &Reliance,
    ) -> Result<Standing, Unanswered> {
        let is_minor = self.is_minor(place, born, on, reliance)?;
        // An answer rests on one row at least: `answer` cites the decisive one first.
        let rule = is_minor.because.into_iter().map(|because| because.rule).next();
        let rule =
            rule.ok_or(Unanswered::MissingFact { matter: "the age of majority", fact: "the rule it rests on" })?;
        if !is_minor.verdict {
            return Ok(Standing::OfAge { rule });
        }
        // Whoever has an age of majority to be compared with has an age.
        let age = age_on(born, on).unwrap_or_default();
        let alone = service.map(|service| {
            let answer = self.minor_self_consent(place, service, age, on, reliance)?;
            let row = answer.because.into_iter().map(|because| because.rule).next();
            Ok(row.filter(|_| answer.verdict == SelfConsent::Permitted))
        });
        Ok(Standing::Minor { rule, alone })
    }

    fn standing_anywhere(&self, born: NaiveDate, on: NaiveDate, reliance: &Reliance) -> Result<Standing, Unanswered> {
        let age = age_on(born, on).ok_or(Unanswered::MissingFact {
            matter: "the age of majority",
            fact: "a date of birth that is not after the day asked for",
        })?;
        let mut highest: Option<(u8, RuleId)> = None;
        for (row, majority) in self.ages_of_majority(on) {
            reliance.on(row)?;
            if highest.as_ref().is_none_or(|(known, _)| *known < majority) {
                highest = Some((majority, row.id.clone()));
            }
        }
        Ok(match highest {
            Some((majority, rule)) if age >= majority => Standing::OfAge { rule },
            _ => Standing::PlaceUnknown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands(born: &str, place: Option<&str>, service: Option<Service>) -> Standing {
        let place = place.map(|place| Jurisdiction::try_from(place).unwrap());
        let on = "2026-03-02".parse().unwrap();
        Law::current().standing(born.parse().unwrap(), place, service, on, &Reliance::simulated())
    }

    fn rule(id: &str) -> RuleId {
        id.try_into().unwrap()
    }

    #[test]
    fn the_place_and_the_day_decide() {
        assert_eq!(stands("2008-03-02", Some("WI"), None), Standing::OfAge { rule: rule("majority.18") });
        let minor = |alone| Standing::Minor { rule: rule("majority.18"), alone };
        assert_eq!(stands("2008-03-03", Some("WI"), None), minor(None));
        assert!(matches!(stands("2008-03-02", Some("AL"), None), Standing::Minor { .. }));
    }

    #[test]
    fn a_minor_may_consent_alone_only_where_a_row_says_so() {
        let alone = |born: &str, service| match stands(born, Some("CA"), Some(service)) {
            Standing::Minor { alone: Some(alone), .. } => alone,
            other => panic!("{other:?}"),
        };
        assert_eq!(alone("2012-01-01", Service::MentalHealth), Ok(Some(rule("minor-consent.ca-mental-health"))));
        assert_eq!(alone("2016-01-01", Service::MentalHealth), Ok(None));
        assert_eq!(alone("2012-01-01", Service::GeneralMedical).unwrap_err().code(), "rule-unknown");
    }

    #[test]
    fn where_nobody_knows_the_place_only_who_is_of_age_everywhere_is() {
        assert_eq!(stands("2005-03-02", None, None), Standing::OfAge { rule: rule("majority.21") });
        assert_eq!(stands("2005-03-03", None, None), Standing::PlaceUnknown);
        assert_eq!(stands("2020-01-01", None, Some(Service::MentalHealth)), Standing::PlaceUnknown);
    }

    #[test]
    fn what_nobody_reviewed_or_wrote_down_answers_nothing() {
        let (born, on) = ("1980-01-01".parse().unwrap(), "2026-03-02".parse().unwrap());
        let ask = |place: Option<&str>| {
            let place = place.map(|place| Jurisdiction::try_from(place).unwrap());
            Law::current().standing(born, place, None, on, &Reliance::default())
        };
        for place in [Some("WI"), None] {
            let Standing::Unknown(why) = ask(place) else { panic!("answered") };
            assert_eq!(why.code(), "rule-unreviewed");
        }
        let Standing::Unknown(why) = stands("1980-01-01", Some("GU"), None) else { panic!("answered") };
        assert_eq!(why.code(), "rule-unknown");
    }
}
