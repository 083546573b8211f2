//! Acting for the patient: whose identity was verified, and whose authority stands on the clinic's day.

use std::collections::BTreeSet;

use super::{NewParticipant, ProxyFacts, ProxyVerified, VerifyProxy};
use crate::law::Standing;
use crate::patient::{Insufficient, ProxyAuthority, ProxyKind, ProxyMatter};
use crate::visit::decide::require_role;
use crate::visit::error::already;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, AuthorityId, Role};

/// More than any visit has.
const MOST_PROXIES: usize = 20;

impl ProxyFacts {
    /// The authority, if it is on the patient's record, stands on this day and covers the matter. A parent acts for a minor
    /// only.
    pub(in crate::visit) fn authority(
        &self,
        id: AuthorityId,
        matter: Option<ProxyMatter>,
    ) -> Result<&ProxyAuthority, Error> {
        let without = |why| Error::ProxyWithoutAuthority { why };
        let known = self.authority.as_ref().filter(|authority| authority.authority_id == id);
        let authority = known.ok_or(without("there is none on the patient's record"))?;
        let permitted = match matter {
            Some(matter) => authority.permits(matter, self.today),
            None => authority.stands(self.today),
        };
        permitted.map_err(|why| match why {
            Insufficient::Ended => without("it was ended"),
            Insufficient::OtherMatters => without("it is for other matters"),
            Insufficient::Expired(expired_on) => Error::ProxyAuthorityExpired { expired_on },
        })?;
        match (authority.kind, &self.standing) {
            (ProxyKind::Parent, Standing::OfAge { .. }) => Err(without("a parent acts for a minor only")),
            (ProxyKind::Parent, Standing::PlaceUnknown) => Err(Error::LocationNotAttested),
            (ProxyKind::Parent, Standing::Unknown(why)) => Err(why.clone().into()),
            _ => Ok(authority),
        }
    }
}

impl Visit {
    /// That somebody is who the patient's record names as proxy, by two identifiers like the patient.
    pub(in crate::visit) fn verify_proxy(
        &self,
        command: VerifyProxy,
        facts: &ProxyFacts,
        new: NewParticipant,
        actor: &Actor,
    ) -> Result<Event, Error> {
        const OPEN: [State; 7] = [
            State::Scheduled,
            State::Arrived,
            State::CheckedIn,
            State::Roomed,
            State::Held,
            State::Left,
            State::Admitted,
        ];
        self.require(&OPEN, "verify-proxy", "a proxy is verified from scheduling to the end of the visit")?;
        require_role(actor, &[Role::FrontDesk, Role::Provider], "verify-proxy", "the front desk and providers")?;
        let VerifyProxy { authority_id, method, identifiers } = command;
        let kind = facts.authority(authority_id, None)?.kind;
        if self.proxies().iter().any(|(_, proxy)| proxy.authority_id == authority_id) {
            return Err(already("this proxy is verified", "verify-proxy"));
        }
        if self.proxies().get(new.participant_id).is_some() {
            return Err(Error::IdAlreadyUsed);
        }
        if self.proxies().iter().count() >= MOST_PROXIES {
            return Err(Error::TooManyParticipants);
        }
        let identifiers: BTreeSet<_> = identifiers.into_iter().collect();
        if identifiers.len() < 2 {
            return Err(Error::TwoIdentifiersNeeded);
        }
        let (identifiers, participant_id) = (identifiers.into_iter().collect(), new.participant_id);
        Ok(ProxyVerified { participant_id, authority_id, kind, method, identifiers, verified_by: actor.role }.into())
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;
    use crate::Rules;
    use crate::given::{given, id};
    use crate::patient::example::{AUTHORITY, today};
    use crate::visit::example::{PROXY, authority, commands::*, events::*, minor, of_age, story};
    use crate::visit::{Command, Identifier};

    fn verify_with(change: impl FnOnce(&mut VerifyProxy, &mut ProxyFacts)) -> Command {
        let Command::VerifyProxy(mut command, mut facts, new) = verify_proxy() else { unreachable!() };
        change(&mut command, &mut facts);
        Command::VerifyProxy(command, facts, new)
    }

    #[test]
    fn staff_verifies_a_proxy_whose_authority_is_on_record() {
        given::<Visit>([scheduled()]).when(Role::FrontDesk, verify_proxy()).then([proxy_verified()]);
        let verified = [scheduled(), proxy_verified()];
        let proxy = Visit::replay(&verified).proxies().get(id(PROXY)).unwrap();
        assert_eq!((proxy.authority_id, proxy.kind), (id(AUTHORITY), ProxyKind::Parent));
        given::<Visit>(verified).when(Role::FrontDesk, verify_proxy()).refused("wrong-state");
        given::<Visit>([scheduled()]).when(Role::Patient, verify_proxy()).refused("role-not-permitted");
        given::<Visit>(story(State::Ended)).when(Role::FrontDesk, verify_proxy()).refused("wrong-state");
    }

    #[test]
    fn nobody_acts_without_authority() {
        let visit = given::<Visit>([scheduled()]);
        let refused = |command, code| visit.when(Role::FrontDesk, command).refused(code);
        refused(verify_with(|_, facts| facts.authority = None), "proxy-without-authority");
        refused(verify_with(|command, _| command.authority_id = id(99)), "proxy-without-authority");
        let ended = ProxyAuthority { ended: true, ..authority() };
        refused(verify_with(|_, facts| facts.authority = Some(ended)), "proxy-without-authority");
    }

    #[test]
    fn an_authority_stands_to_the_end_of_its_last_day() {
        let visit = given::<Visit>([scheduled()]);
        let expiring =
            |expires_on| verify_with(|_, facts| facts.authority = Some(ProxyAuthority { expires_on, ..authority() }));
        visit.when(Role::FrontDesk, expiring(today())).then([proxy_verified()]);
        visit.when(Role::FrontDesk, expiring(today() - Days::new(1))).refused("proxy-authority-expired");
    }

    #[test]
    fn a_parent_acts_for_a_minor_only_and_a_guardian_for_both() {
        let visit = given::<Visit>([scheduled()]);
        let parent_of = |standing| verify_with(|_, facts| facts.standing = standing);
        visit.when(Role::FrontDesk, parent_of(minor(None))).then([proxy_verified()]);
        visit.when(Role::FrontDesk, parent_of(of_age())).refused("proxy-without-authority");
        visit.when(Role::FrontDesk, parent_of(Standing::PlaceUnknown)).refused("location-not-attested");
        let guardian_of = |standing| {
            verify_with(|_, facts| {
                facts.authority = Some(ProxyAuthority { kind: ProxyKind::Guardian, ..authority() });
                facts.standing = standing;
            })
        };
        for standing in [of_age(), minor(None), Standing::PlaceUnknown] {
            assert_eq!(visit.when(Role::FrontDesk, guardian_of(standing)).events().len(), 1);
        }
    }

    #[test]
    fn a_proxy_is_identified_by_two_different_identifiers() {
        let once = verify_with(|command, _| command.identifiers = vec![Identifier::Name, Identifier::Name]);
        given::<Visit>([scheduled()]).when(Role::FrontDesk, once).refused("two-identifiers-needed");
    }

    #[test]
    fn an_id_is_used_once_and_there_is_an_end_to_proxies() {
        let another = |participant: u128, authority: u128| {
            let Event::ProxyVerified(verified) = proxy_verified() else { unreachable!() };
            Event::from(ProxyVerified { participant_id: id(participant), authority_id: id(authority), ..verified })
        };
        given::<Visit>([scheduled(), another(PROXY, 5)])
            .when(Role::FrontDesk, verify_proxy())
            .refused("id-already-used");
        let many = (0..MOST_PROXIES as u128).map(|number| another(500 + number, 600 + number));
        let full: Vec<_> = std::iter::once(scheduled()).chain(many).collect();
        given::<Visit>(full).when(Role::FrontDesk, verify_proxy()).refused("too-many-participants");
    }
}
