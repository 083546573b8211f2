//! The accounting of disclosures of 45 CFR 164.528: six years back at most, without what is exempt, without what an agency
//! asked to be left out for as long as it asked, and several to one recipient for one purpose told together.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};

use super::terms::Accountable;
use super::{AccountingSuspended, DisclosureGround, DisclosureMade};
use crate::patient::Event;
use crate::{DisclosureId, Phi, Text};

/// How far back a patient may ask.
const SIX_YEARS: Months = Months::new(72);

/// A disclosure, opened, and what was asked of it last.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountedDisclosure {
    /// The disclosure.
    pub made: DisclosureMade,
    /// The newest request to leave it out.
    pub suspended: Option<AccountingSuspended>,
}

impl AccountedDisclosure {
    /// Every disclosure that a patient's record tells of, each with the newest request to leave it out.
    pub fn told(record: impl IntoIterator<Item = Event>) -> Vec<Self> {
        let mut all: BTreeMap<DisclosureId, Self> = BTreeMap::new();
        for event in record {
            match event {
                Event::DisclosureMade(made) => {
                    all.insert(made.disclosure_id, Self { made, suspended: None });
                }
                Event::AccountingSuspended(suspended) => {
                    if let Some(disclosure) = all.get_mut(&suspended.disclosure_id) {
                        disclosure.suspended = Some(suspended);
                    }
                }
                _ => {}
            }
        }
        all.into_values().collect()
    }
}

/// One line: a disclosure, or several to one recipient for one purpose.
#[derive(Clone, Debug, PartialEq)]
pub struct Accounted {
    /// The first in the period.
    pub first: DisclosureMade,
    /// How many there were in the period.
    pub number: usize,
    /// The day of the last of them.
    pub last: NaiveDate,
}

/// What the period has besides, which is not for the patient.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeftOut {
    /// Disclosures the rule does not want accounted for.
    pub exempt: Vec<DisclosureMade>,
    /// Disclosures an agency asked to be left out, and until when.
    pub suspended: Vec<(DisclosureMade, AccountingSuspended)>,
}

/// The accounting of one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Accounting {
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// What the patient is told, by day.
    pub lines: Vec<Accounted>,
    /// What the patient is not told.
    pub left_out: LeftOut,
}

/// What has to be the same for disclosures to be told together.
type Alike = (DisclosureGround, String, String);

impl Accounting {
    /// Of these disclosures, asked for on `today` and for these days; the whole six years where none are named.
    pub fn of(
        disclosures: impl IntoIterator<Item = AccountedDisclosure>,
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Self {
        let earliest = today.checked_sub_months(SIX_YEARS).unwrap_or(NaiveDate::MIN);
        let from = from.map_or(earliest, |from| from.max(earliest));
        let to = to.map_or(today, |to| to.min(today));
        let mut disclosures: Vec<_> =
            disclosures.into_iter().filter(|one| (from..=to).contains(&one.made.on)).collect();
        disclosures.sort_by_key(|one| (one.made.on, one.made.disclosure_id));
        let (mut lines, mut left_out) = (Vec::<Accounted>::new(), LeftOut::default());
        let mut told: BTreeMap<Alike, usize> = BTreeMap::new();
        for AccountedDisclosure { made, suspended } in disclosures {
            let accountable = made.ground.accountable();
            if accountable == Accountable::Exempt {
                left_out.exempt.push(made);
                continue;
            }
            if let Some(suspended) = suspended.filter(|suspended| today <= suspended.until) {
                left_out.suspended.push((made, suspended));
                continue;
            }
            let alike = alike(&made).filter(|_| accountable == Accountable::Together);
            match alike.as_ref().and_then(|alike| told.get(alike)).and_then(|line| lines.get_mut(*line)) {
                Some(line) => (line.number, line.last) = (line.number + 1, made.on),
                None => {
                    told.extend(alike.map(|alike| (alike, lines.len())));
                    let last = made.on;
                    lines.push(Accounted { first: made, number: 1, last });
                }
            }
        }
        Self { from, to, lines, left_out }
    }

    /// How many disclosures the patient is told of.
    pub fn number(&self) -> usize {
        self.lines.iter().map(|line| line.number).sum()
    }

    /// Whether a disclosure is among what was left out on an agency's request.
    pub fn is_suspended(&self, id: DisclosureId) -> bool {
        self.left_out.suspended.iter().any(|(made, _)| made.disclosure_id == id)
    }
}

/// `None` where it is not known any more who received it or what for: what is unreadable is not the same as anything.
fn alike(made: &DisclosureMade) -> Option<Alike> {
    Some((made.ground, words(&made.recipient)?, words(&made.purpose)?))
}

/// Letters' case and spaces do not make another recipient.
fn words<const MAX: usize>(text: &Phi<Text<MAX>>) -> Option<String> {
    let text = text.clear()?.as_str().to_lowercase();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;
    use crate::given::{id, text};
    use crate::patient::example::{accounting_suspended, disclosure_made, today};

    fn made(number: u128, ground: DisclosureGround, on: &str, recipient: &str) -> AccountedDisclosure {
        let made = DisclosureMade {
            disclosure_id: id(number),
            ground,
            on: on.parse().unwrap(),
            recipient: Phi::Clear(text(recipient)),
            ..disclosure_made()
        };
        AccountedDisclosure { made, suspended: None }
    }

    fn whole(disclosures: &[AccountedDisclosure]) -> Accounting {
        Accounting::of(disclosures.iter().cloned(), None, None, today())
    }

    #[test]
    fn exempt_ones_are_left_out_and_impermissible_ones_are_told() {
        let all: Vec<_> = DisclosureGround::ALL
            .into_iter()
            .zip(1..)
            .map(|(ground, number)| made(number, ground, "2026-02-20", "Somebody"))
            .collect();
        let accounting = whole(&all);
        assert_eq!((accounting.left_out.exempt.len(), accounting.lines.len()), (8, 14));
        for line in &accounting.lines {
            let provision = line.first.ground.provision();
            assert!(provision.is_none_or(|provision| !provision.contains("164.528")), "{provision:?}");
        }
        assert!(accounting.lines.iter().any(|line| line.first.ground == DisclosureGround::NotPermitted));
    }

    #[test]
    fn it_goes_back_six_years_to_the_day_and_not_beyond_what_was_asked() {
        let on = |day| [made(1, DisclosureGround::RequiredByLaw, day, "A court")];
        assert_eq!(whole(&on("2020-03-02")).number(), 1);
        assert_eq!(whole(&on("2020-03-01")).number(), 0);
        let asked = |day, from: Option<&str>, to: Option<&str>| {
            let day_of = |day: &str| day.parse().unwrap();
            Accounting::of(on(day), from.map(day_of), to.map(day_of), today())
        };
        assert_eq!(asked("2020-03-01", Some("1990-01-01"), None).number(), 0);
        assert_eq!(asked("2025-06-01", Some("2025-06-01"), Some("2025-06-01")).number(), 1);
        assert_eq!(asked("2025-06-01", Some("2025-06-02"), None).number(), 0);
        assert_eq!(asked("2025-06-01", None, Some("2025-05-31")).number(), 0);
    }

    #[test]
    fn a_suspended_one_is_left_out_to_its_last_day_and_told_from_the_next() {
        let mut disclosure = made(1, DisclosureGround::LawEnforcement, "2026-02-20", "Police");
        for (until, told) in [(today(), 0), (today() - Days::new(1), 1)] {
            disclosure.suspended = Some(AccountingSuspended { until, ..accounting_suspended() });
            let accounting = whole(std::slice::from_ref(&disclosure));
            assert_eq!((accounting.number(), accounting.is_suspended(id(1))), (told, told == 0));
        }
    }

    #[test]
    fn several_to_one_recipient_for_one_purpose_are_told_together() {
        let all = [
            made(1, DisclosureGround::PublicHealth, "2026-02-03", "Dane  County Health"),
            made(2, DisclosureGround::PublicHealth, "2026-01-03", "DANE COUNTY HEALTH"),
            made(3, DisclosureGround::PublicHealth, "2026-02-01", "Rock County Health"),
            made(4, DisclosureGround::RequiredByLaw, "2026-02-02", "Dane County Health"),
            made(5, DisclosureGround::NotPermitted, "2026-01-05", "A stranger"),
            made(6, DisclosureGround::NotPermitted, "2026-01-06", "A stranger"),
        ];
        let lines: Vec<_> = whole(&all)
            .lines
            .iter()
            .map(|line| (line.first.disclosure_id, line.number, line.last.to_string()))
            .collect();
        let line = |number, count, last: &str| (id(number), count, last.to_owned());
        assert_eq!(
            lines,
            [
                line(2, 2, "2026-02-03"),
                line(5, 1, "2026-01-05"),
                line(6, 1, "2026-01-06"),
                line(3, 1, "2026-02-01"),
                line(4, 1, "2026-02-02"),
            ]
        );
    }

    #[test]
    fn what_is_erased_is_told_by_itself() {
        let erased = |number| {
            let mut one = made(number, DisclosureGround::PublicHealth, "2026-02-03", "Somebody");
            one.made.recipient = Phi::Erased;
            one
        };
        assert_eq!(whole(&[erased(1), erased(2)]).lines.len(), 2);
    }

    proptest! {
        /// Nothing within the period is lost or told twice, and nothing is told that must not be.
        #[test]
        fn every_disclosure_of_the_period_is_told_or_left_out_once(
            all in prop::collection::vec((0..22usize, 0..3_000u64, 0..4u8, prop::option::of(0..400u64)), 0..40)
        ) {
            let disclosures: Vec<_> = all.into_iter().zip(1..).map(|((ground, ago, recipient, until), number)| {
                let on = (today() - Days::new(ago)).to_string();
                let mut one = made(number, DisclosureGround::ALL[ground], &on, &format!("Recipient {recipient}"));
                let until = until.filter(|_| one.made.ground.may_be_suspended());
                one.suspended = until.map(|days| AccountingSuspended {
                    until: today() + Days::new(days) - Days::new(200),
                    ..accounting_suspended()
                });
                one
            }).collect();
            let accounting = whole(&disclosures);
            let in_period = disclosures.iter().filter(|one| one.made.on >= accounting.from).count();
            let left_out = accounting.left_out.exempt.len() + accounting.left_out.suspended.len();
            prop_assert_eq!(accounting.number() + left_out, in_period);
            for line in &accounting.lines {
                prop_assert!(line.first.ground.accountable() != Accountable::Exempt);
                prop_assert!(!accounting.is_suspended(line.first.disclosure_id));
                prop_assert!(line.first.on <= line.last);
            }
        }
    }
}
