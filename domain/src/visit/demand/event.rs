//! A visit asked for, and what became of the request.

use chrono::{DateTime, Utc};

use super::DeclineReason;
use crate::visit::Modality;
use crate::visit::declare::payloads;
use crate::{Jurisdiction, PatientId, Phi, ProviderId, Role, Text};

payloads! {
    /// A patient asked to be seen by whoever is free.
    Requested {
        /// Whom it is for.
        patient_id: PatientId,
        /// How the patient wants to be seen.
        modality: Modality,
        /// Why the patient comes, in their words.
        reason: Phi<Text<500>>,
        /// Where the patient says they are. It is attested anew before anybody treats.
        jurisdiction: Jurisdiction,
        /// Not before this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earliest: Option<DateTime<Utc>>,
        /// Not after this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        latest: Option<DateTime<Utc>>,
        /// In which role it was asked for.
        requested_by: Role,
    }

    /// A provider took the request; the visit is set up beside it.
    Claimed {
        /// Who.
        provider_id: ProviderId,
        /// The licence with which they may treat where the patient said to be, on the day the visit starts.
        licence_number: Text<40>,
    }

    /// A provider does not take the request, which stays open for others.
    RequestDeclined {
        /// Who.
        provider_id: ProviderId,
        /// Why.
        reason: DeclineReason,
    }

    /// Nobody took the request in the time the patient gave.
    RequestExpired {
        /// Until when somebody could have.
        latest: DateTime<Utc>,
    }
}
