//! Take a patient in, and report who was seen on the call.

use chrono::{DateTime, Utc};

use super::LeaveReason;
use crate::law::Reliance;
use crate::visit::Participant;
use crate::visit::declare::commands;
use crate::{Code, Licence, ParticipantId, TimeZone};

commands! {
    /// The provider takes the patient in.
    Admit {}

    /// A participant was seen to connect.
    ObserveJoin {
        /// Who.
        participant: Participant,
        /// Which one; of everybody but the patient and the provider.
        participant_id: Option<ParticipantId>,
        /// The connection, as the room names it.
        connection: Code,
        /// When it was seen, if not just now.
        observed_at: Option<DateTime<Utc>>,
    }

    /// A participant's connection was seen to end.
    ObserveLeave {
        /// Who.
        participant: Participant,
        /// Which one; of everybody but the patient and the provider.
        participant_id: Option<ParticipantId>,
        /// The connection, as the room names it.
        connection: Code,
        /// How it ended.
        reason: LeaveReason,
        /// When it was seen, if not just now.
        observed_at: Option<DateTime<Utc>>,
    }
}

/// What the admission gate needs to know of this visit's provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdmitFacts {
    /// Every licence on record, valid or not.
    pub licences: Vec<Licence>,
    /// The same of whoever supervises the provider; none where nobody does.
    pub supervisor_licences: Vec<Licence>,
    /// Where the clinic's clocks are set: a licence is valid on days, and the clinic's count.
    pub time_zone: TimeZone,
    /// On which rules of law the clinic may rely: a compact's privilege rests on some.
    pub reliance: Reliance,
}
