//! An example of each event: what the golden files and the tests show.

use chrono::NaiveDate;

use super::{
    AuthorityEnd, Command, EndProxyAuthority, Event, NewAuthority, PatientImported, PatientRegistered,
    ProxyAuthorityEnded, ProxyAuthorityVerified, ProxyDocument, ProxyKind, ProxyMatter, VerifyProxyAuthority,
    VisitRequested,
};
use crate::given::{PATIENT, id, text};
use crate::history::example::origin;
use crate::{Phi, Role};

/// The authority of every test patient who has a proxy.
pub const AUTHORITY: u128 = 90;

/// The clinic's day of every test.
pub fn today() -> NaiveDate {
    "2026-03-02".parse().unwrap()
}

/// A patient somebody registered.
pub fn registered() -> PatientRegistered {
    PatientRegistered {
        patient_id: id(PATIENT),
        given_name: Phi::Clear(text("Ada")),
        family_name: Phi::Clear(text("Muster")),
        birth_date: Phi::Clear("1980-02-29".parse().unwrap()),
        mrn: Some(Phi::Clear(text("MRN-0001"))),
        phone: Some(Phi::Clear(text("+1 608 555 0101"))),
        preferred_language: Some("en".try_into().unwrap()),
    }
}

/// A patient from another system's record.
pub fn imported() -> PatientImported {
    let resource = r#"{"resourceType":"Patient","id":"p-1","name":[{"family":"Muster","given":["Ada"]}],"birthDate":"1980-02-29"}"#;
    PatientImported {
        patient_id: id(PATIENT),
        origin: origin(1, b"patient"),
        original_date: Some("2025-12-31".try_into().unwrap()),
        resource_id: Phi::Clear(text("p-1")),
        given_name: Some(Phi::Clear(text("Ada"))),
        family_name: Phi::Clear(text("Muster")),
        birth_date: Phi::Clear("1980-02-29".parse().unwrap()),
        mrn: Some(Phi::Clear(text("MRN-0001"))),
        phone: Some(Phi::Clear(text("+1 608 555 0101"))),
        preferred_language: Some("en".try_into().unwrap()),
        deceased: Some(Phi::Clear(false)),
        resource: Phi::Clear(resource.to_owned().try_into().unwrap()),
    }
}

/// One of each, in the order of the catalogue.
pub fn all() -> Vec<Event> {
    vec![
        registered().into(),
        imported().into(),
        authority_verified().into(),
        visit_requested().into(),
        authority_ended().into(),
        hold_placed().into(),
        release_proposed().into(),
        hold_released().into(),
        erasure_proposed().into(),
        key_destroyed().into(),
        disclosure_made().into(),
        accounting_suspended().into(),
        glass_broken().into(),
        glass_reviewed().into(),
    ]
}

pub use super::disclosure::example::*;
pub use super::glass::example::*;
pub use super::keeping::example::*;

/// A parent whose authority was seen on a certificate of birth.
pub fn authority_verified() -> ProxyAuthorityVerified {
    ProxyAuthorityVerified {
        authority_id: id(AUTHORITY),
        kind: ProxyKind::Parent,
        name: Phi::Clear(text("Bea Muster")),
        document: ProxyDocument::BirthCertificate,
        scope: [ProxyMatter::Consent, ProxyMatter::Scheduling].into(),
        verified_on: today(),
        expires_on: "2027-02-28".parse().unwrap(),
        verified_by: Role::FrontDesk,
    }
}

/// They asked to be seen.
pub fn visit_requested() -> VisitRequested {
    VisitRequested { visit_id: id(20) }
}

/// The court took it away.
pub fn authority_ended() -> ProxyAuthorityEnded {
    let reason = AuthorityEnd::GroundsEnded;
    ProxyAuthorityEnded { authority_id: id(AUTHORITY), reason, ended_by: Role::FrontDesk }
}

pub fn verify_authority(authority: u128) -> Command {
    let command = VerifyProxyAuthority {
        kind: ProxyKind::Parent,
        name: text("Bea Muster"),
        document: ProxyDocument::BirthCertificate,
        scope: vec![ProxyMatter::Scheduling, ProxyMatter::Consent],
        expires_on: "2027-02-28".parse().unwrap(),
    };
    Command::VerifyProxyAuthority(command, NewAuthority { authority_id: id(authority), today: today() })
}

pub fn end_authority() -> Command {
    Command::EndProxyAuthority(EndProxyAuthority { authority_id: id(AUTHORITY), reason: AuthorityEnd::GroundsEnded })
}
