//! Let a patient in: arrive, be identified, say where one is, check in.

use super::{Identifier, IdentityMethod};
use crate::visit::declare::commands;
use crate::{Jurisdiction, Text};

commands! {
    /// The patient is here, for the first time or again.
    Arrive {}

    /// Staff made sure who the patient is.
    VerifyIdentity {
        /// How.
        method: IdentityMethod,
        /// By which identifiers; two different ones at least.
        identifiers: Vec<Identifier>,
    }

    /// The patient says where they physically are. The newest counts.
    AttestLocation {
        /// The state or territory.
        jurisdiction: Jurisdiction,
        /// The address, so that help can be sent there.
        address: Text<300>,
    }

    /// Let the patient into the waiting room.
    CheckIn {}

    /// Clinical staff take the waiting patient in and prepare the visit with them; they keep their place.
    Room {}

    /// The provider, seeing the patient, confirms who it is.
    ConfirmIdentity {
        /// How.
        method: IdentityMethod,
        /// By which identifiers; two different ones at least.
        identifiers: Vec<Identifier>,
    }

    /// The provider, seeing the patient, finds that something does not match.
    DoubtIdentity {
        /// Which identifiers do not match; one at least.
        mismatched: Vec<Identifier>,
        /// What was seen or heard.
        details: Option<Text<500>>,
    }
}
