//! Closing a request that nobody took in the time the patient gave. A request without an end stays open until somebody takes
//! it or it is called off.

use chrono::{DateTime, Utc};

use super::RequestExpired;
use crate::visit::decide::require_role;
use crate::visit::{Error, Event, Visit};
use crate::{Actor, Role};

impl Visit {
    pub(in crate::visit) fn expire_request(&self, at: DateTime<Utc>, actor: &Actor) -> Result<Event, Error> {
        require_role(actor, &[Role::FrontDesk, Role::System], "expire-request", "the front desk")?;
        let latest = self.open_request("expire-request")?.latest.filter(|latest| *latest < at);
        let latest = latest.ok_or(Error::RequestStillOpen)?;
        Ok(RequestExpired { latest }.into())
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::Rules;
    use crate::given::{given, now};
    use crate::visit::example::{commands::*, events::*};
    use crate::visit::{Requested, State};

    #[test]
    fn a_request_expires_when_the_time_the_patient_gave_is_over() {
        let latest = now() + Duration::hours(1);
        let open = || given::<Visit>([requested()]);
        open().at(latest).when(Role::FrontDesk, expire_request()).refused("request-still-open");
        open().at(latest + Duration::seconds(1)).when(Role::FrontDesk, expire_request()).then([request_expired()]);
        let Event::Requested(asked) = requested() else { unreachable!() };
        let endless = given::<Visit>([Requested { latest: None, ..asked }.into()]);
        endless.at(now() + Duration::days(30)).when(Role::FrontDesk, expire_request()).refused("request-still-open");
    }

    #[test]
    fn what_was_taken_or_called_off_does_not_expire() {
        let late = now() + Duration::hours(2);
        let taken = [requested(), claimed(), scheduled_on_demand()];
        given::<Visit>(taken).at(late).when(Role::FrontDesk, expire_request()).refused("already-claimed");
        for over in [cancelled(), request_expired()] {
            let over = given::<Visit>([requested(), over]);
            over.at(late).when(Role::FrontDesk, expire_request()).refused("wrong-state");
        }
        given::<Visit>([requested()]).at(late).when(Role::Patient, expire_request()).refused("role-not-permitted");
        assert_eq!(Visit::replay(&[requested(), request_expired()]).state(), State::Expired);
    }
}
