//! Whether a controlled substance may be prescribed by telehealth to a patient whom no one examined in person (Ryan Haight
//! Act, 21 U.S.C. 829(e)). Says nothing of state law, of prescription monitoring programmes, or of how such a prescription
//! must be signed.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Because, Explained, Unanswered};
use super::billing::Delivery;
use super::book::Effect;
use super::reliance::Reliance;
use super::statutes::Law;

/// Schedule of a controlled substance that can be prescribed at all (schedule I cannot).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// Schedule II.
    Ii,
    /// Schedule III.
    Iii,
    /// Schedule IV.
    Iv,
    /// Schedule V.
    V,
}

/// What is to be prescribed, and how the patient was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlledSubstance {
    /// Its schedule.
    pub schedule: Schedule,
    /// Whether it is to treat opioid use disorder.
    pub opioid_use_disorder: bool,
    /// Whether it is buprenorphine.
    pub buprenorphine: bool,
    /// How this visit is held.
    pub delivery: Delivery,
    /// Whether the prescriber examined the patient in person before.
    pub examined_in_person: bool,
}

/// The ground on which it may be prescribed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PrescribedBy {
    /// The patient was examined in person before.
    InPersonExamination,
    /// The temporary flexibilities for telehealth.
    Flexibility,
    /// The rule on buprenorphine for opioid use disorder.
    BuprenorphineRule,
}

impl PrescribedBy {
    fn name(self) -> &'static str {
        match self {
            PrescribedBy::InPersonExamination => "in-person-examination",
            PrescribedBy::Flexibility => "flexibility",
            PrescribedBy::BuprenorphineRule => "buprenorphine-rule",
        }
    }
}

impl std::fmt::Display for PrescribedBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A row: what one ground permits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prescribing {
    ground: PrescribedBy,
    /// With sound and picture.
    audio_video: Vec<Schedule>,
    /// With sound only.
    audio_only: Vec<Schedule>,
    /// With sound only and only against opioid use disorder.
    audio_only_for_opioid_use_disorder: Vec<Schedule>,
    /// Whether it is for buprenorphine against opioid use disorder and nothing else.
    buprenorphine_only: bool,
}

impl Effect for Prescribing {
    const KIND: &'static str = "controlled-substance";
    const MATTER: &'static str = "prescribing controlled substances by telehealth";
    type Subject = PrescribedBy;

    fn subjects(&self) -> Vec<PrescribedBy> {
        vec![self.ground]
    }
}

impl Prescribing {
    fn permits(&self, case: &ControlledSubstance) -> bool {
        if self.buprenorphine_only && !(case.buprenorphine && case.opioid_use_disorder) {
            return false;
        }
        match case.delivery {
            Delivery::AudioVideo => self.audio_video.contains(&case.schedule),
            Delivery::AudioOnly => {
                self.audio_only.contains(&case.schedule)
                    || case.opioid_use_disorder && self.audio_only_for_opioid_use_disorder.contains(&case.schedule)
            }
        }
    }
}

impl Law {
    /// On which ground it may be prescribed on that day; a verdict of `None` is a "no" by the rows cited. An error is a
    /// "no" too: no row permits it.
    pub fn controlled_substance(
        &self,
        case: &ControlledSubstance,
        on: NaiveDate,
        reliance: &Reliance,
    ) -> Result<Explained<Option<PrescribedBy>>, Unanswered> {
        let grounds: &[PrescribedBy] = match case.examined_in_person {
            true => &[PrescribedBy::InPersonExamination],
            false => &[PrescribedBy::Flexibility, PrescribedBy::BuprenorphineRule],
        };
        let mut against: Vec<Because> = Vec::new();
        let mut unanswered = None;
        for ground in grounds {
            match self.controlled_substances.answer(ground, on, reliance) {
                Ok((row, because)) if row.permits(case) => {
                    return Ok(told(Explained::new(Some(*ground), on, vec![because]), case));
                }
                Ok((_, because)) => against.push(because),
                Err(error) => unanswered = unanswered.or(Some(error)),
            }
        }
        match unanswered {
            Some(error) => Err(error),
            None => Ok(told(Explained::new(None, on, against), case)),
        }
    }
}

fn told<V>(answer: Explained<V>, case: &ControlledSubstance) -> Explained<V> {
    answer.knowing("delivery", case.delivery.name()).knowing("examined in person", case.examined_in_person)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STIMULANT: ControlledSubstance = ControlledSubstance {
        schedule: Schedule::Ii,
        opioid_use_disorder: false,
        buprenorphine: false,
        delivery: Delivery::AudioVideo,
        examined_in_person: false,
    };
    const BUPRENORPHINE: ControlledSubstance =
        ControlledSubstance { schedule: Schedule::Iii, opioid_use_disorder: true, buprenorphine: true, ..STIMULANT };

    fn ask(case: ControlledSubstance, on: &str) -> Result<Option<PrescribedBy>, &'static str> {
        let answer = Law::current().controlled_substance(&case, on.parse().unwrap(), &Reliance::simulated());
        answer.map(|answer| answer.verdict).map_err(|error| error.code())
    }

    #[test]
    fn the_flexibilities_end_with_2026_and_nothing_follows_them() {
        assert_eq!(ask(STIMULANT, "2023-05-11"), Err("rule-unknown"));
        assert_eq!(ask(STIMULANT, "2023-05-12"), Ok(Some(PrescribedBy::Flexibility)));
        assert_eq!(ask(STIMULANT, "2026-12-31"), Ok(Some(PrescribedBy::Flexibility)));
        assert_eq!(ask(STIMULANT, "2027-01-01"), Err("rule-unknown"));
    }

    #[test]
    fn who_was_examined_in_person_needs_no_flexibility() {
        let examined = ControlledSubstance { examined_in_person: true, ..STIMULANT };
        assert_eq!(ask(examined, "2027-01-01"), Ok(Some(PrescribedBy::InPersonExamination)));
    }

    #[test]
    fn by_telephone_only_opioid_use_disorder_is_treated() {
        let by_phone = |case| ControlledSubstance { delivery: Delivery::AudioOnly, ..case };
        assert_eq!(ask(by_phone(STIMULANT), "2026-03-02"), Ok(None));
        assert_eq!(ask(by_phone(BUPRENORPHINE), "2026-03-02"), Ok(Some(PrescribedBy::Flexibility)));
        let other = ControlledSubstance { schedule: Schedule::Iv, ..STIMULANT };
        assert_eq!(ask(by_phone(other), "2026-03-02"), Ok(None));
    }

    #[test]
    fn buprenorphine_has_a_rule_of_its_own_that_goes_on() {
        assert_eq!(ask(BUPRENORPHINE, "2027-01-01"), Ok(Some(PrescribedBy::BuprenorphineRule)));
    }
}
