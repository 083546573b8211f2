//! What Medicare asks for beyond the codes: the statutory windows of its telehealth flexibilities, and its conditions for
//! sound-only visits.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Modifier;
use crate::law::answer::{Because, Unanswered};
use crate::law::book::Effect;
use crate::law::{Law, Reliance};

/// Something Medicare permits only while a law says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Flexibility {
    /// Telehealth wherever the patient is, at home too, in town and country, by every kind of practitioner, sound-only where
    /// the code allows.
    AnyPlace,
    /// Mental health care at home without an in-person visit before it.
    MentalHealthWithoutInPersonVisit,
    /// Health centres and rural clinics as the distant site of other than mental health care.
    HealthCentres,
    /// Claims for services through another company's platform that carry no code for it.
    PlatformWithoutCode,
}

impl Flexibility {
    /// The name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            Flexibility::AnyPlace => "any-place",
            Flexibility::MentalHealthWithoutInPersonVisit => "mental-health-without-in-person-visit",
            Flexibility::HealthCentres => "health-centres",
            Flexibility::PlatformWithoutCode => "platform-without-code",
        }
    }
}

impl std::fmt::Display for Flexibility {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A row: a window in which something is permitted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::law) struct MedicareWindow {
    permits: Flexibility,
}

impl Effect for MedicareWindow {
    const KIND: &'static str = "medicare-window";
    const MATTER: &'static str = "Medicare's telehealth flexibilities";
    type Subject = Flexibility;

    fn subjects(&self) -> Vec<Flexibility> {
        vec![self.permits]
    }
}

impl Law {
    /// The row by which Medicare permits this on that day; outside every window nothing does.
    pub fn medicare_permits(
        &self,
        flexibility: Flexibility,
        on: chrono::NaiveDate,
        reliance: &Reliance,
    ) -> Result<Because, Unanswered> {
        self.medicare_windows.answer(&flexibility, on, reliance).map(|(_, because)| because)
    }
}

/// Why a Medicare visit had no picture. Tells about the patient, so events seal it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AudioOnlyReason {
    /// The patient has no means to use video.
    PatientCannot,
    /// The patient does not want to use video.
    PatientDeclines,
}

/// A row: Medicare's conditions for a sound-only visit under a code that can be held either way.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::law) struct AudioOnlyRule {
    /// One of these must be there.
    pub modifiers: Vec<Modifier>,
    /// Whether the patient must be at home.
    pub at_home: bool,
    /// Whether it must be recorded why there was no picture.
    pub needs_reason: bool,
}

/// The one subject there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::law) struct AudioOnlyVisit;

impl std::fmt::Display for AudioOnlyVisit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a sound-only visit")
    }
}

impl Effect for AudioOnlyRule {
    const KIND: &'static str = "medicare-audio-only";
    const MATTER: &'static str = "Medicare's conditions for sound-only visits";
    type Subject = AudioOnlyVisit;

    fn subjects(&self) -> Vec<AudioOnlyVisit> {
        vec![AudioOnlyVisit]
    }
}
