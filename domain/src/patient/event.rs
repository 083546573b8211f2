//! What happens to a patient's record.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::disclosure::{AccountingSuspended, DisclosureMade};
use super::glass::{GlassBroken, GlassReviewed};
use super::keeping::{
    ErasureProposed, LegalHoldPlaced, LegalHoldReleaseProposed, LegalHoldReleased, PatientKeyDestroyed,
};
use super::{AuthorityEnd, ProxyDocument, ProxyKind, ProxyMatter};
use crate::history::{MAX_RESOURCE, Origin, OriginalDate, Verbatim};
use crate::{AuthorityId, Language, PatientId, Phi, Role, Text, VisitId};

/// A patient was taken into the clinic's record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PatientRegistered {
    /// The patient, also the id of the stream.
    pub patient_id: PatientId,
    /// Given names.
    pub given_name: Phi<Text<100>>,
    /// Family name.
    pub family_name: Phi<Text<100>>,
    /// Date of birth.
    pub birth_date: Phi<NaiveDate>,
    /// Medical record number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mrn: Option<Phi<Text<40>>>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phi<Text<40>>>,
    /// Language the patient prefers to be spoken to in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_language: Option<Language>,
}

/// Another system's record of who a patient is was imported. It registers the patient as far as finding and scheduling them
/// goes; nobody here took the data from the patient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PatientImported {
    /// The patient, also the id of the stream; derived from the clinic, the source and the source's own id.
    pub patient_id: PatientId,
    #[serde(flatten)]
    pub origin: Origin,
    /// When the source last changed the record, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_date: Option<OriginalDate>,
    /// The record's id as the source gave it.
    pub resource_id: Phi<Text<64>>,
    /// Given names; absent for who has one name only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<Phi<Text<100>>>,
    /// Family name.
    pub family_name: Phi<Text<100>>,
    /// Date of birth.
    pub birth_date: Phi<NaiveDate>,
    /// Medical record number at the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mrn: Option<Phi<Text<40>>>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phi<Text<40>>>,
    /// Language the patient prefers to be spoken to in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_language: Option<Language>,
    /// Whether the patient has died, where the source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased: Option<Phi<bool>>,
    /// The resource as the source wrote it: one line of JSON.
    pub resource: Phi<Verbatim<MAX_RESOURCE>>,
}

/// Somebody may act for the patient: their authority was seen on a document, and stands until a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProxyAuthorityVerified {
    /// The authority.
    pub authority_id: AuthorityId,
    /// What makes the proxy one.
    pub kind: ProxyKind,
    /// The proxy's name.
    pub name: Phi<Text<200>>,
    /// On what the authority was seen.
    pub document: ProxyDocument,
    /// In what the proxy may act.
    pub scope: BTreeSet<ProxyMatter>,
    /// The clinic's day on which it was seen.
    pub verified_on: NaiveDate,
    /// The last day on which it stands, by the clinic's calendar.
    pub expires_on: NaiveDate,
    /// In which role it was verified.
    pub verified_by: Role,
}

/// A proxy's authority ended before its day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProxyAuthorityEnded {
    /// The authority.
    pub authority_id: AuthorityId,
    /// Why.
    pub reason: AuthorityEnd,
    /// In which role it was ended.
    pub ended_by: Role,
}

/// The patient asked to be seen by whoever is free. What came of it is told by the visit's own stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VisitRequested {
    /// The visit that was asked for.
    pub visit_id: VisitId,
}

crate::catalogue! {
    /// A fact about a patient's record.
    pub enum Event {
        "patient-registered" "1.0" => PatientRegistered, "A patient was taken into the clinic's record.";
        "history-imported" "1.0" => PatientImported, "Another system's record of who a patient is was imported; nobody here took it from the patient.";
        "proxy-authority-verified" "1.0" => ProxyAuthorityVerified, "Somebody may act for the patient: their authority was seen on a document, and stands until a day.";
        "visit-requested" "1.0" => VisitRequested, "The patient asked to be seen by whoever is free; the visit's own stream tells what came of it.";
        "proxy-authority-ended" "1.0" => ProxyAuthorityEnded, "A proxy's authority ended before its day.";
        "legal-hold-placed" "1.0" => LegalHoldPlaced, "The record is held: nothing of it may be destroyed, whatever its age.";
        "legal-hold-release-proposed" "1.0" => LegalHoldReleaseProposed, "Somebody proposed to end a hold; it stands until another person agrees.";
        "legal-hold-released" "1.0" => LegalHoldReleased, "A hold ended: two people agreed.";
        "erasure-proposed" "1.0" => ErasureProposed, "Somebody proposed to erase the record; nothing is destroyed until another person agrees.";
        "patient-key-destroyed" "1.0" => PatientKeyDestroyed, "The record was erased: the keys its protected values are sealed under are destroyed.";
        "disclosure-made" "1.0" => DisclosureMade, "Something of the patient's record was given to somebody outside.";
        "accounting-suspended" "1.0" => AccountingSuspended, "The agency that received a disclosure asked that the patient is not told of it for a time.";
        "glass-broken" "1.0" => GlassBroken, "Somebody broke the glass: until a time they see this patient's record although nothing else permits it.";
        "glass-reviewed" "1.0" => GlassReviewed, "Another person reviewed that the glass was broken, which also ends it.";
    }
}
