//! Identifiers, one type each, so that a patient's id cannot be passed where a visit's is meant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// A clinic: the tenant, and the owner of one log.
    ClinicId;
    /// A patient of one clinic.
    PatientId;
    /// A provider of one clinic.
    ProviderId;
    /// One visit.
    VisitId;
    /// One clinical note within a visit.
    NoteId;
    /// One addendum to a signed note.
    AddendumId;
    /// Somebody who takes part in one visit and is neither its patient nor its provider.
    ParticipantId;
    /// One person's authority to act for one patient.
    AuthorityId;
    /// One legal hold on one patient's record.
    LegalHoldId;
    /// One disclosure of something of a patient's record to somebody outside.
    DisclosureId;
    /// One time somebody broke the glass before a patient's record.
    GlassId;
    /// One data key: of a patient and a sensitivity class.
    DataKeyId;
    /// One group session.
    SessionId;
    /// One review of who has access.
    AccessReviewId;
    /// One emergency within a visit.
    EmergencyId;
    /// One charge within a visit.
    ChargeId;
    /// One order within a visit: a prescription or a lab order.
    OrderId;
    /// One result of a lab order.
    ResultId;
    /// A time of a provider's that is kept for a moment while somebody books it.
    HoldId;
    /// One file of a visit.
    FileId;
    /// One message between staff and a waiting patient.
    MessageId;
}
