//! Whether a controlled substance may be prescribed in this visit: the rows of the day of signing decide.

use super::{Prescription, SignOrderFacts};
use crate::law::billing::Delivery;
use crate::law::{Because, ControlledSubstance, Explained, PrescribedBy, Unanswered};
use crate::visit::{Error, Modality, Visit};
use crate::{Law, Private};

/// On which ground, and by which rows.
pub(super) struct Permitted {
    pub ground: PrescribedBy,
    pub examined_in_person: bool,
    pub because: Vec<Because>,
}

impl Visit {
    /// `None` for a medication that is not said to be controlled. The visit counts as held the way it is held now: one that
    /// went on by telephone was not held with sound and picture.
    pub(super) fn permitted_substance(
        &self,
        prescription: &Prescription,
        examined_in_person: Option<Private<bool>>,
        facts: &SignOrderFacts,
    ) -> Result<Option<Permitted>, Error> {
        let Some(schedule) = prescription.schedule else { return Ok(None) };
        let matter = "prescribing controlled substances by telehealth";
        let unknown = |fact| Error::from(Unanswered::MissingFact { matter, fact });
        let Private(examined_in_person) = examined_in_person
            .ok_or_else(|| unknown("whether the signer examined the patient in person before: examined_in_person"))?;
        let modality = self.modality().ok_or_else(|| unknown("how the visit is held"))?;
        let case = ControlledSubstance {
            schedule,
            opioid_use_disorder: prescription.opioid_use_disorder,
            buprenorphine: prescription.buprenorphine,
            delivery: match modality {
                Modality::Video => Delivery::AudioVideo,
                Modality::Phone => Delivery::AudioOnly,
            },
            examined_in_person,
        };
        let Explained { verdict, on, because, .. } =
            Law::current().controlled_substance(&case, facts.on, &facts.reliance)?;
        match verdict {
            Some(ground) => Ok(Some(Permitted { ground, examined_in_person, because })),
            None => {
                let rows: Vec<_> = because.iter().map(|row| format!("{}: {}", row.rule.as_str(), row.says)).collect();
                Err(Error::ControlledSubstanceNotPermitted { on, why: rows.join(" ") })
            }
        }
    }
}
