//! Give consent, decline it, or take it back.

use super::{ConsentKind, ProxyAnswer};
use crate::law::{Service, Standing};
use crate::visit::declare::commands;
use crate::visit::{ConsentAnswer, Participant};
use crate::{Code, ParticipantId, Private};

commands! {
    /// The patient consents.
    GiveConsent {
        /// To what.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
        /// Of a minor who consents alone: to which kind of care.
        service: Option<Private<Service>>,
    }

    /// The patient does not consent.
    DeclineConsent {
        /// To what.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
    }

    /// The patient takes a consent back.
    WithdrawConsent {
        /// Which.
        kind: ConsentKind,
    }

    /// A proxy answers in the patient's place.
    RecordProxyConsent {
        /// Which proxy of this visit.
        participant_id: ParticipantId,
        /// What they answer.
        answer: ProxyAnswer,
        /// To what.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
    }

    /// A proxy takes a consent back in the patient's place.
    WithdrawProxyConsent {
        /// Which proxy of this visit.
        participant_id: ParticipantId,
        /// Which consent.
        kind: ConsentKind,
    }

    /// What somebody who is not the patient answered when asked whether they may be recorded.
    RecordRecordingConsent {
        /// As what they take part; the patient answers elsewhere.
        participant: Participant,
        /// Which one: of a proxy, an interpreter, a caregiver or a guest.
        participant_id: Option<ParticipantId>,
        /// What they answered.
        answer: ConsentAnswer,
        /// Version of the text they were read or shown.
        text_version: Code,
    }
}

/// Whether the patient may answer alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentFacts {
    /// What the rules say of the patient on the clinic's day of the visit.
    pub standing: Standing,
}
