//! Making sure who the patient is.

use std::collections::BTreeSet;

use super::{IdentityVerified, VerifyIdentity};
use crate::visit::decide::require_role;
use crate::visit::error::already;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Role};

impl Visit {
    pub(in crate::visit) fn verify_identity(&self, command: VerifyIdentity, actor: &Actor) -> Result<Event, Error> {
        const WHO: [Role; 3] = [Role::FrontDesk, Role::ClinicalStaff, Role::Provider];
        self.require(&[State::Arrived], "verify-identity", "identity is verified between arrival and check-in")?;
        require_role(actor, &WHO, "verify-identity", "the front desk, clinical staff and providers")?;
        if self.identity_verified() {
            return Err(already("the patient's identity is verified", "verify-identity"));
        }
        let identifiers: BTreeSet<_> = command.identifiers.into_iter().collect();
        if identifiers.len() < 2 {
            return Err(Error::TwoIdentifiersNeeded);
        }
        let identifiers = identifiers.into_iter().collect();
        Ok(IdentityVerified { method: command.method, identifiers, verified_by: actor.role }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::given;
    use crate::visit::Command;
    use crate::visit::arrival::{Identifier, IdentityMethod};
    use crate::visit::example::{commands::*, events::*};

    #[test]
    fn identity_is_verified_by_staff_with_two_different_identifiers() {
        let here = given::<Visit>([scheduled(), arrived(false)]);
        here.when(Role::FrontDesk, verify_identity()).then([identity_verified()]);
        here.when(Role::Patient, verify_identity()).refused("role-not-permitted");
        let identifiers = vec![Identifier::Name, Identifier::Name];
        let same_twice = Command::VerifyIdentity(VerifyIdentity { method: IdentityMethod::Spoken, identifiers });
        here.when(Role::FrontDesk, same_twice).refused("two-identifiers-needed");
        given::<Visit>([scheduled(), arrived(false), identity_verified()])
            .when(Role::FrontDesk, verify_identity())
            .refused("wrong-state");
    }
}
