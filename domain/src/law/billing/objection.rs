//! Why something may not be billed as it was put. Each says what was wrong and what would be right, and nothing about the
//! patient.

use chrono::NaiveDate;

use super::{Delivery, Modifier, PlaceOfService};
use crate::law::Unanswered;

/// Why a claim is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// More than four modifiers, or one twice.
    #[error("a charge has at most 4 modifiers, each once")]
    ModifiersOutOfRange,
    /// The code is known, and not for that day.
    #[error("no rule knows this code to exist on {on}: {says} Choose a code that is valid on that day")]
    CodeNotOnThatDay {
        /// The day of service.
        on: NaiveDate,
        /// What the nearest row says.
        says: String,
    },
    /// The code is for visits that were held otherwise.
    #[error("this code is for {} visits and the visit was {}; choose the code of the same service for {} visits",
        needs.name(), was.name(), was.name())]
    CodeContradictsModality {
        /// How it would have to have been held.
        needs: Delivery,
        /// How it was held.
        was: Delivery,
    },
    /// The code can be chosen by time or by decision making, and it was not said by which.
    #[error("say what the code was chosen by: basis is one of {allowed}")]
    BasisNotForThisCode {
        /// What it can be chosen by.
        allowed: String,
    },
    /// Chosen by time, and the provider has attested none.
    #[error("a code chosen by time needs minutes attested by the provider; have them attested first")]
    MinutesNotAttested,
    /// Fewer minutes than the code takes, or more.
    #[error("{attested} minutes were attested and this code takes {}; choose the code for that time", span(*least, *most))]
    MinutesOutsideCode {
        /// What the provider attested.
        attested: u16,
        /// The least.
        least: u16,
        /// The most.
        most: Option<u16>,
    },
    /// The modifier is known, and not valid on that day.
    #[error("modifier {modifier} is not valid on {on}: {says}")]
    ModifierNotOnThatDay {
        /// Which.
        modifier: Modifier,
        /// The day of service.
        on: NaiveDate,
        /// What the nearest row says.
        says: String,
    },
    /// The modifier says that the visit was held otherwise than it was.
    #[error("modifier {modifier} contradicts an {} visit: {says}", was.name())]
    ModifierContradictsModality {
        /// Which.
        modifier: Modifier,
        /// How it was held.
        was: Delivery,
        /// What its row says.
        says: String,
    },
    /// The payer does not take the modifier, or the code takes none of telehealth.
    #[error("modifier {modifier} does not belong here: {says}")]
    ModifierNotHere {
        /// Which.
        modifier: Modifier,
        /// What the row against it says.
        says: String,
    },
    /// A modifier is missing.
    #[error("modifier {} is needed: {says}", either(one_of))]
    ModifierNeeded {
        /// One of these.
        one_of: Vec<Modifier>,
        /// What the row says.
        says: String,
    },
    /// It must be recorded why there was no picture.
    #[error("say why the visit had no picture in audio_only_reason: {says}")]
    AudioOnlyReasonNeeded {
        /// What the row says.
        says: String,
    },
    /// Another place of service is right.
    #[error("the place of service is {}: {says}", place(*right))]
    PlaceOfServiceWrong {
        /// The right one; none: any but those of telehealth.
        right: Option<PlaceOfService>,
        /// What the row says.
        says: String,
    },
    /// The payer does not pay for it.
    #[error("not payable: {says} What would be right: {instead}")]
    NotPayable {
        /// What the row says.
        says: String,
        /// What would be right.
        instead: String,
    },
    /// No rule answers.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
}

impl Objection {
    /// Stable kebab-case code.
    pub fn code(&self) -> &'static str {
        match self {
            Objection::ModifiersOutOfRange => "modifiers-out-of-range",
            Objection::CodeNotOnThatDay { .. } => "code-not-on-that-day",
            Objection::CodeContradictsModality { .. } => "code-contradicts-modality",
            Objection::BasisNotForThisCode { .. } => "basis-not-for-this-code",
            Objection::MinutesNotAttested => "minutes-not-attested",
            Objection::MinutesOutsideCode { .. } => "minutes-outside-code",
            Objection::ModifierNotOnThatDay { .. } => "modifier-not-on-that-day",
            Objection::ModifierContradictsModality { .. } => "modifier-contradicts-modality",
            Objection::ModifierNotHere { .. } => "modifier-not-here",
            Objection::ModifierNeeded { .. } => "modifier-needed",
            Objection::AudioOnlyReasonNeeded { .. } => "audio-only-reason-needed",
            Objection::PlaceOfServiceWrong { .. } => "place-of-service-wrong",
            Objection::NotPayable { .. } => "not-payable",
            Objection::Unanswered(unanswered) => unanswered.code(),
        }
    }
}

fn span(least: u16, most: Option<u16>) -> String {
    most.map_or_else(|| format!("{least} or more"), |most| format!("{least} to {most}"))
}

fn place(right: Option<PlaceOfService>) -> String {
    right.map_or_else(|| "not one of telehealth".to_owned(), |place| place.to_string())
}

fn either(modifiers: &[Modifier]) -> String {
    modifiers.iter().map(Modifier::as_str).collect::<Vec<_>>().join(" or ")
}
