//! Verifying that somebody may act for a patient, and ending it.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use super::rules::Error;
use super::{
    EndProxyAuthority, Event, NewAuthority, Patient, ProxyAuthorityEnded, ProxyAuthorityVerified, VerifyProxyAuthority,
};
use crate::{Actor, Phi};

/// How far ahead an authority may expire: no minority lasts longer.
const FURTHEST_AHEAD: Days = Days::new(22 * 366);
/// Authorities on one record, ended ones too.
pub(super) const MOST_AUTHORITIES: usize = 100;

impl Patient {
    pub(super) fn verify_proxy_authority(
        &self,
        command: VerifyProxyAuthority,
        new: NewAuthority,
        actor: &Actor,
    ) -> Result<Vec<Event>, Error> {
        if !self.is_registered() {
            return Err(Error::NotRegistered);
        }
        let VerifyProxyAuthority { kind, name, document, scope, expires_on } = command;
        let scope: BTreeSet<_> = scope.into_iter().collect();
        if scope.is_empty() {
            return Err(Error::ScopeEmpty);
        }
        if !is_reasonable(expires_on, new.today) {
            return Err(Error::ExpiryUnreasonable);
        }
        if self.proxy_authority(new.authority_id).is_some() {
            return Err(Error::IdAlreadyUsed);
        }
        if self.proxy_authorities().count() >= MOST_AUTHORITIES {
            return Err(Error::TooManyAuthorities);
        }
        Ok(vec![
            ProxyAuthorityVerified {
                authority_id: new.authority_id,
                kind,
                name: Phi::Clear(name),
                document,
                scope,
                verified_on: new.today,
                expires_on,
                verified_by: actor.role,
            }
            .into(),
        ])
    }

    pub(super) fn end_proxy_authority(&self, command: EndProxyAuthority, actor: &Actor) -> Result<Vec<Event>, Error> {
        let EndProxyAuthority { authority_id, reason } = command;
        let authority = self.proxy_authority(authority_id).ok_or(Error::UnknownAuthority)?;
        if authority.ended {
            return Err(Error::AuthorityAlreadyEnded);
        }
        Ok(vec![ProxyAuthorityEnded { authority_id, reason, ended_by: actor.role }.into()])
    }
}

fn is_reasonable(expires_on: NaiveDate, today: NaiveDate) -> bool {
    today <= expires_on && today.checked_add_days(FURTHEST_AHEAD).is_some_and(|furthest| expires_on <= furthest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{given, id};
    use crate::patient::example::{
        AUTHORITY, authority_ended, authority_verified, end_authority, registered, today, verify_authority,
    };
    use crate::patient::{Command, Insufficient, ProxyMatter};
    use crate::{AuthorityId, Role, Rules};

    fn verify_with(change: impl FnOnce(&mut VerifyProxyAuthority)) -> Command {
        let Command::VerifyProxyAuthority(mut command, new) = verify_authority(AUTHORITY) else { unreachable!() };
        change(&mut command);
        Command::VerifyProxyAuthority(command, new)
    }

    #[test]
    fn an_authority_is_verified_and_stands_until_its_day_or_its_end() {
        given::<Patient>([registered().into()])
            .when(Role::FrontDesk, verify_authority(AUTHORITY))
            .then([authority_verified().into()]);
        let verified = [registered().into(), authority_verified().into()];
        let authority = Patient::replay(&verified).proxy_authority(id(AUTHORITY)).cloned().unwrap();
        assert_eq!(authority.permits(ProxyMatter::Consent, today()), Ok(()));
        given::<Patient>(verified.clone()).when(Role::FrontDesk, end_authority()).then([authority_ended().into()]);
        let ended: Vec<Event> = verified.into_iter().chain([authority_ended().into()]).collect();
        let authority = Patient::replay(&ended).proxy_authority(id(AUTHORITY)).cloned().unwrap();
        assert_eq!(authority.permits(ProxyMatter::Consent, today()), Err(Insufficient::Ended));
        given::<Patient>(ended).when(Role::FrontDesk, end_authority()).refused("authority-already-ended");
    }

    #[test]
    fn it_expires_on_a_day_that_is_not_past_and_not_a_lifetime_away() {
        let patient = given::<Patient>([registered().into()]);
        let expiring = |on: NaiveDate| verify_with(|command| command.expires_on = on);
        patient.when(Role::FrontDesk, expiring(today() - Days::new(1))).refused("expiry-unreasonable");
        assert_eq!(patient.when(Role::FrontDesk, expiring(today())).events().len(), 1);
        let furthest = today() + FURTHEST_AHEAD;
        assert_eq!(patient.when(Role::FrontDesk, expiring(furthest)).events().len(), 1);
        patient.when(Role::FrontDesk, expiring(furthest + Days::new(1))).refused("expiry-unreasonable");
    }

    #[test]
    fn it_is_for_something_and_for_somebody_who_is_known() {
        let patient = given::<Patient>([registered().into()]);
        patient.when(Role::FrontDesk, verify_with(|command| command.scope.clear())).refused("scope-empty");
        given::<Patient>([]).when(Role::FrontDesk, verify_authority(AUTHORITY)).refused("not-registered");
        patient.when(Role::FrontDesk, end_authority()).refused("unknown-authority");
        given::<Patient>([registered().into(), authority_verified().into()])
            .when(Role::FrontDesk, verify_authority(AUTHORITY))
            .refused("id-already-used");
    }

    #[test]
    fn there_is_an_end_to_authorities() {
        let many = (0..MOST_AUTHORITIES as u128).map(|number| {
            let authority_id: AuthorityId = id(1_000 + number);
            ProxyAuthorityVerified { authority_id, ..authority_verified() }.into()
        });
        let full: Vec<Event> = std::iter::once(registered().into()).chain(many).collect();
        given::<Patient>(full).when(Role::FrontDesk, verify_authority(AUTHORITY)).refused("too-many-authorities");
    }

    #[test]
    fn the_record_holds_no_name() {
        let patient = Patient::replay(&[registered().into(), authority_verified().into()]);
        assert!(!serde_json::to_string(&patient).unwrap().contains("Muster"));
        assert!(!format!("{:?}", verify_authority(AUTHORITY)).contains("Muster"));
    }
}
