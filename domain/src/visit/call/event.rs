//! A patient taken in, and who was seen on the call.

use chrono::{DateTime, NaiveDate, Utc};

use super::LeaveReason;
use crate::visit::Participant;
use crate::visit::declare::payloads;
use crate::{Code, Jurisdiction, ProviderId, Text};

payloads! {
    /// The provider took the patient in. Says what the gate went by.
    Admitted {
        /// Who admitted.
        provider_id: ProviderId,
        /// Where the patient had attested to be.
        jurisdiction: Jurisdiction,
        /// The licence valid there on that day.
        licence_number: Text<40>,
        /// That day, by the clinic's calendar: the day of service.
        on: NaiveDate,
    }

    /// A participant was seen to connect.
    ParticipantJoined {
        /// Who.
        participant: Participant,
        /// The connection, as the room names it.
        connection: Code,
        /// When it was seen.
        observed_at: DateTime<Utc>,
    }

    /// A participant's connection was seen to end.
    ParticipantLeft {
        /// Who.
        participant: Participant,
        /// The connection, as the room names it.
        connection: Code,
        /// How it ended.
        reason: LeaveReason,
        /// When it was seen.
        observed_at: DateTime<Utc>,
    }
}
