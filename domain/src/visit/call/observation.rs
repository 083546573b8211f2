//! What is seen of the call. Presence is observed, not commanded: every observation is recorded as it comes, and moves
//! nothing but presence.

use chrono::{DateTime, Utc};

use super::{ObserveJoin, ObserveLeave, ParticipantJoined, ParticipantLeft};
use crate::visit::{Event, Visit};

impl Visit {
    pub(in crate::visit) fn observe_join(&self, command: ObserveJoin, at: DateTime<Utc>) -> Event {
        let ObserveJoin { participant, participant_id, connection, observed_at } = command;
        ParticipantJoined { participant, participant_id, connection, observed_at: observed_at.unwrap_or(at) }.into()
    }

    pub(in crate::visit) fn observe_leave(&self, command: ObserveLeave, at: DateTime<Utc>) -> Event {
        let ObserveLeave { participant, participant_id, connection, reason, observed_at } = command;
        ParticipantLeft { participant, participant_id, connection, reason, observed_at: observed_at.unwrap_or(at) }
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::given;
    use crate::visit::example::{commands::*, events::*, story};
    use crate::visit::{LeaveReason, Participant, State};
    use crate::{Role, Rules};

    const PATIENT: Participant = Participant::Patient;

    #[test]
    fn leaving_is_not_ending_and_observations_are_taken_in_every_state() {
        for state in State::ALL.into_iter().filter(|state| *state != State::NotScheduled) {
            let story = story(state);
            given::<Visit>(story.clone()).when(Role::System, observe_join(PATIENT, "a")).then([joined(PATIENT, "a")]);
            let dropped = left(PATIENT, "a", LeaveReason::Dropped);
            given::<Visit>(story.clone())
                .when(Role::System, observe_leave(PATIENT, "a", LeaveReason::Dropped))
                .then([dropped.clone()]);
            assert_eq!(Visit::replay(story.iter().chain(&[joined(PATIENT, "a"), dropped])).state(), state);
        }
    }
}
