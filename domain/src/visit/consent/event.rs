//! Consent given, declined, and taken back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ConsentKind;
use crate::law::{RuleId, Service};
use crate::visit::declare::payloads;
use crate::visit::{ConsentAnswer, Participant};
use crate::{AuthorityId, Code, ParticipantId, Phi, Role};

payloads! {
    /// The patient consented, or a proxy for them.
    ConsentGiven {
        /// Who consented.
        participant: Participant,
        /// Which proxy, where one answered for the patient.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        participant_id: Option<ParticipantId>,
        /// On which authority of the patient's record.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authority_id: Option<AuthorityId>,
        /// To what.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
        /// The row that said whether the patient was of age on the day of the visit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        age_rule: Option<RuleId>,
        /// On what a minor's own consent rests.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        self_consent: Option<Phi<SelfConsentGrounds>>,
    }

    /// The patient, or a proxy for them, did not consent.
    ConsentDeclined {
        /// Who declined.
        participant: Participant,
        /// Which proxy, where one answered for the patient.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        participant_id: Option<ParticipantId>,
        /// On which authority of the patient's record.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authority_id: Option<AuthorityId>,
        /// What.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
    }

    /// The patient, or a proxy for them, took a consent back.
    ConsentWithdrawn {
        /// Whose consent.
        participant: Participant,
        /// Which proxy, where one answered for the patient.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        participant_id: Option<ParticipantId>,
        /// On which authority of the patient's record.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authority_id: Option<AuthorityId>,
        /// To what.
        kind: ConsentKind,
        /// Version of the text that had been consented to.
        text_version: Code,
    }

    /// Somebody who is not the patient answered whether they may be recorded.
    RecordingConsentRecorded {
        /// As what they take part.
        participant: Participant,
        /// Which one, where there may be several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        participant_id: Option<ParticipantId>,
        /// What they answered.
        answer: ConsentAnswer,
        /// Version of the text they were read or shown.
        text_version: Code,
        /// In which role it was recorded.
        recorded_by: Role,
    }
}

/// Why a minor could consent alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SelfConsentGrounds {
    /// To which kind of care.
    pub service: Service,
    /// The row that lets them.
    pub rule: RuleId,
}
