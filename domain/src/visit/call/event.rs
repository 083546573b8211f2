//! A patient taken in, and who was seen on the call.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Gate, LeaveReason};
use crate::visit::Participant;
use crate::visit::declare::payloads;
use crate::{Code, EmergencyId, Jurisdiction, ParticipantId, ProviderId, Text};

payloads! {
    /// The provider took the patient in. Says what the gate went by.
    Admitted {
        /// Who admitted.
        provider_id: ProviderId,
        /// Where the patient had attested to be; left out only where an emergency overrode that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        jurisdiction: Option<Jurisdiction>,
        /// The licence valid there on that day; left out only where an emergency overrode that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        licence_number: Option<Text<40>>,
        /// That day, by the clinic's calendar: the day of service.
        on: NaiveDate,
        /// What was not in order and overridden by an emergency.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overridden_gates: Vec<Gate>,
        /// By which emergency.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emergency_id: Option<EmergencyId>,
    }

    /// A participant was seen to connect.
    ParticipantJoined {
        /// Who.
        participant: Participant,
        /// Which one; of everybody but the patient and the provider.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        participant_id: Option<ParticipantId>,
        /// The connection, as the room names it.
        connection: Code,
        /// When it was seen.
        observed_at: DateTime<Utc>,
    }

    /// A participant's connection was seen to end.
    ParticipantLeft {
        /// Who.
        participant: Participant,
        /// Which one; of everybody but the patient and the provider.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        participant_id: Option<ParticipantId>,
        /// The connection, as the room names it.
        connection: Code,
        /// How it ended.
        reason: LeaveReason,
        /// When it was seen.
        observed_at: DateTime<Utc>,
    }
}
