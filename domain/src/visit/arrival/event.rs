//! A patient on the way in: here, known, located, waiting.

use super::{Identifier, IdentityMethod};
use crate::visit::declare::payloads;
use crate::{Jurisdiction, Phi, ProviderId, Role, Text};

payloads! {
    /// The patient is here.
    Arrived {
        /// Whether they had left the waiting room before and came back.
        returning: bool,
        /// How many whole minutes after the start they came for the first time, where they did not come in time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        late_minutes: Option<u32>,
    }

    /// Staff made sure who the patient is.
    IdentityVerified {
        /// How.
        method: IdentityMethod,
        /// By which identifiers.
        identifiers: Vec<Identifier>,
        /// In which role.
        verified_by: Role,
    }

    /// The patient said where they physically are.
    LocationAttested {
        /// The state or territory.
        jurisdiction: Jurisdiction,
        /// The address.
        address: Phi<Text<300>>,
        /// Who entered it: the patient, or staff on the patient's word.
        attested_by: Role,
    }

    /// During the visit the patient turned out to be where no licence of the provider is valid.
    LicenceGapObserved {
        /// Where the patient is.
        jurisdiction: Jurisdiction,
        /// The provider without a licence there.
        provider_id: ProviderId,
    }

    /// The patient is in the waiting room.
    CheckedIn {}

    /// Clinical staff are with the waiting patient. Who that is stands in the event's metadata.
    Roomed {
        /// In which role.
        roomed_by: Role,
    }

    /// The provider, seeing the patient, confirmed who it is.
    IdentityConfirmed {
        /// How.
        method: IdentityMethod,
        /// Which identifiers matched.
        identifiers: Vec<Identifier>,
        /// Who saw the patient.
        confirmed_by: ProviderId,
    }

    /// The provider, seeing the patient, found that something does not match.
    IdentityDoubted {
        /// Which identifiers do not match.
        mismatched: Vec<Identifier>,
        /// What was seen or heard.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
        /// Who saw the patient.
        doubted_by: ProviderId,
    }
}
