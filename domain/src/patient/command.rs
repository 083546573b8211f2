//! What can be asked of a patient's record.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::disclosure::{DisclosureFacts, RecordDisclosure, SuspendAccounting};
use super::glass::{BreakGlass, NewGlass, ReviewGlass};
use super::keeping::{
    ErasureFacts, NewLegalHold, PlaceLegalHold, ProposeErasure, ProposeHoldRelease, ReleaseLegalHold,
};
use super::{AuthorityEnd, PatientImported, ProxyDocument, ProxyKind, ProxyMatter};
use crate::{AuthorityId, DisclosureId, Language, PatientId, Private, Text, VisitId};

/// Everything that can be asked, with the facts looked up for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Take a new patient into the clinic's record.
    Register(Register, NewPatient),
    /// Take in another system's record of a patient: what the importer read, under the id derived from it.
    Import(Box<PatientImported>),
    /// Record that somebody may act for the patient.
    VerifyProxyAuthority(VerifyProxyAuthority, NewAuthority),
    /// Record that they no longer may.
    EndProxyAuthority(EndProxyAuthority),
    /// Note that the patient asks for a visit; always beside the visit's own request.
    RequestVisit(NewRequest),
    /// Hold the record.
    PlaceLegalHold(PlaceLegalHold, NewLegalHold),
    /// Propose to end a hold.
    ProposeHoldRelease(ProposeHoldRelease),
    /// End one that another person proposed to end.
    ReleaseLegalHold(ReleaseLegalHold),
    /// Propose to erase the record.
    ProposeErasure(ProposeErasure, ErasureFacts),
    /// Erase what another person proposed to erase.
    ConfirmErasure(ErasureFacts),
    /// Record a disclosure to somebody outside.
    RecordDisclosure(RecordDisclosure, DisclosureFacts),
    /// Leave one out of the patient's accounting for a time; asked on this day of the clinic's.
    SuspendAccounting(DisclosureId, SuspendAccounting, NaiveDate),
    /// See the record in an emergency although nothing else permits it.
    BreakGlass(BreakGlass, NewGlass),
    /// Close the review of that.
    ReviewGlass(ReviewGlass),
}

impl Command {
    /// The command's name, kebab-case.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Register(..) => "register",
            Command::Import(_) => "import",
            Command::VerifyProxyAuthority(..) => "verify-proxy-authority",
            Command::EndProxyAuthority(_) => "end-proxy-authority",
            Command::RequestVisit(_) => "request-visit",
            Command::PlaceLegalHold(..) => "place-legal-hold",
            Command::ProposeHoldRelease(_) => "propose-hold-release",
            Command::ReleaseLegalHold(_) => "release-legal-hold",
            Command::ProposeErasure(..) => "propose-erasure",
            Command::ConfirmErasure(_) => "confirm-erasure",
            Command::RecordDisclosure(..) => "record-disclosure",
            Command::SuspendAccounting(..) => "suspend-accounting",
            Command::BreakGlass(..) => "break-glass",
            Command::ReviewGlass(_) => "review-glass",
        }
    }
}

/// Take a new patient into the clinic's record.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Given names.
    pub given_name: Text<100>,
    /// Family name.
    pub family_name: Text<100>,
    /// Date of birth.
    pub birth_date: Private<NaiveDate>,
    /// Medical record number.
    pub mrn: Option<Text<40>>,
    /// Telephone number.
    pub phone: Option<Text<40>>,
    /// Language the patient prefers to be spoken to in.
    pub preferred_language: Option<Language>,
}

/// The id the new patient gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewPatient {
    /// Also the id of the stream.
    pub patient_id: PatientId,
}

/// Record that somebody may act for the patient: their authority was seen on a document.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyProxyAuthority {
    /// What makes them a proxy.
    pub kind: ProxyKind,
    /// Their name.
    pub name: Text<200>,
    /// On what it was seen.
    pub document: ProxyDocument,
    /// In what they may act; in one matter at least.
    pub scope: Vec<ProxyMatter>,
    /// The last day on which the authority stands, by the clinic's calendar; it has to be verified anew after that.
    pub expires_on: NaiveDate,
}

/// Record that a proxy's authority ended before its day.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndProxyAuthority {
    /// Which.
    pub authority_id: AuthorityId,
    /// Why.
    pub reason: AuthorityEnd,
}

/// The visit that is asked for, and what became of the one asked for before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// The visit that is asked for.
    pub visit_id: VisitId,
    /// Whether the patient's newest request so far is open. One that is not never opens again.
    pub newest_is_open: bool,
}

/// A fresh id, and what the clinic's calendar says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewAuthority {
    /// The id the authority gets.
    pub authority_id: AuthorityId,
    /// The clinic's day.
    pub today: NaiveDate,
}
