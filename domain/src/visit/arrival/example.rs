//! A patient on the way in, in examples.

use super::*;
use crate::given::{PROVIDER, id, text};
use crate::visit::example::licensed;
use crate::visit::{Command, Event};
use crate::{Jurisdiction, Phi, Role};

pub fn place(code: &str) -> Jurisdiction {
    Jurisdiction::try_from(code).unwrap()
}

pub mod events {
    use super::*;

    pub fn arrived(returning: bool) -> Event {
        Arrived { returning, late_minutes: (!returning).then_some(30) }.into()
    }

    pub fn identity_verified() -> Event {
        let identifiers = vec![Identifier::Name, Identifier::BirthDate];
        IdentityVerified { method: IdentityMethod::Spoken, identifiers, verified_by: Role::FrontDesk }.into()
    }

    pub fn location_attested(jurisdiction: &str) -> Event {
        let address = Phi::Clear(text("12 Lake Street, Madison"));
        LocationAttested { jurisdiction: place(jurisdiction), address, attested_by: Role::Patient }.into()
    }

    pub fn licence_gap_observed(jurisdiction: &str) -> Event {
        LicenceGapObserved { jurisdiction: place(jurisdiction), provider_id: id(PROVIDER) }.into()
    }

    pub fn checked_in() -> Event {
        CheckedIn {}.into()
    }

    pub fn roomed() -> Event {
        Roomed { roomed_by: Role::ClinicalStaff }.into()
    }

    pub fn identity_confirmed() -> Event {
        let identifiers = vec![Identifier::Name, Identifier::Photo];
        IdentityConfirmed { method: IdentityMethod::Document, identifiers, confirmed_by: id(PROVIDER) }.into()
    }

    pub fn identity_doubted() -> Event {
        let details = Some(Phi::Clear(text("Feels like an older voice than on record.")));
        IdentityDoubted { mismatched: vec![Identifier::BirthDate], details, doubted_by: id(PROVIDER) }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![
            arrived(false),
            identity_verified(),
            location_attested("WI"),
            licence_gap_observed("MN"),
            checked_in(),
            roomed(),
            identity_confirmed(),
            identity_doubted(),
        ]
    }
}

pub mod commands {
    use super::*;

    pub fn arrive() -> Command {
        Command::Arrive(Arrive {})
    }

    pub fn verify_identity() -> Command {
        let identifiers = vec![Identifier::BirthDate, Identifier::Name];
        Command::VerifyIdentity(VerifyIdentity { method: IdentityMethod::Spoken, identifiers })
    }

    pub fn attest_location(jurisdiction: &str) -> Command {
        let address = text("12 Lake Street, Madison");
        Command::AttestLocation(AttestLocation { jurisdiction: place(jurisdiction), address }, licensed())
    }

    pub fn check_in() -> Command {
        Command::CheckIn(CheckIn {})
    }

    pub fn room() -> Command {
        Command::Room(Room {})
    }

    pub fn confirm_identity() -> Command {
        let identifiers = vec![Identifier::Photo, Identifier::Name];
        Command::ConfirmIdentity(ConfirmIdentity { method: IdentityMethod::Document, identifiers })
    }

    pub fn doubt_identity() -> Command {
        let details = Some(text("Feels like an older voice than on record."));
        Command::DoubtIdentity(DoubtIdentity { mismatched: vec![Identifier::BirthDate], details })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::Patient, arrive()),
            (Role::FrontDesk, verify_identity()),
            (Role::Patient, attest_location("WI")),
            (Role::Patient, check_in()),
            (Role::ClinicalStaff, room()),
            (Role::Provider, confirm_identity()),
            (Role::Provider, doubt_identity()),
        ]
    }
}
