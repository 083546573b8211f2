//! Why a request about a visit is refused. Every message is a plain sentence without PHI: what was wrong, what would be right.

use chrono::NaiveDate;

use super::Visit;
use crate::{Jurisdiction, Refusal};

/// Why a request about a visit is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // each variant's message says it
pub enum Error {
    #[error("{command} is not possible while {state}; {hint}")]
    WrongState { state: String, command: &'static str, hint: &'static str },
    #[error("{command} is for {permitted} only")]
    RoleNotPermitted { command: &'static str, permitted: &'static str },
    #[error("{command} is for this visit's provider only")]
    NotThisVisitsProvider { command: &'static str },
    #[error("{command} is for this visit's patient only")]
    NotThisVisitsPatient { command: &'static str },

    #[error("this visit is already scheduled; schedule another one")]
    AlreadyScheduled,
    #[error("the patient is not registered in this clinic; register the patient first")]
    UnknownPatient,
    #[error("the provider is not registered in this clinic; register the provider first")]
    UnknownProvider,
    #[error("the start must lie after 1999 and at most two years ahead")]
    StartUnreasonable,
    #[error("a visit takes between 5 and 480 minutes")]
    DurationOutOfRange,
    #[error("a patient who has arrived, or was seen on the call, is no no-show; record that the patient left instead")]
    PatientHasArrived,
    #[error("it is too early for a no-show; wait until the start and the clinic's grace period have passed")]
    TooEarlyForNoShow,

    #[error("identity is verified by at least two different identifiers")]
    TwoIdentifiersNeeded,
    #[error("the patient's identity is not verified; verify it first")]
    IdentityNotVerified,
    #[error("the patient has not attested where they are; have the location attested first")]
    LocationNotAttested,
    #[error(
        "no licence of this visit's provider is valid in {jurisdiction} on {on}; a provider licensed there must see the patient"
    )]
    LicenceNotValid { jurisdiction: Jurisdiction, on: NaiveDate },

    #[error("the provider must be expected later than now and within a day")]
    ExpectedTimeUnreasonable,
    #[error("there is no consent of this kind to take back")]
    ConsentNotGiven,

    #[error("this visit has no such note")]
    UnknownNote,
    #[error("a note needs at least one section with text")]
    NoteEmpty,
    #[error("the note is signed and never changes; add an addendum instead")]
    NoteAlreadySigned,
    #[error("the note is not signed; sign it first")]
    NoteNotSigned,
    #[error("the note is not the one that was shown to the signer; show the latest draft and sign that")]
    NoteChanged,
    #[error("this id is already in use in this visit; ask for a fresh one")]
    IdAlreadyUsed,

    #[error("a charge has between 1 and 999 units")]
    UnitsOutOfRange,
    #[error("a charge has between 1 and 12 diagnoses")]
    DiagnosesOutOfRange,
    #[error("no charge was captured; capture a charge first")]
    NoChargeCaptured,
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::WrongState { .. } => "wrong-state",
            Error::RoleNotPermitted { .. } => "role-not-permitted",
            Error::NotThisVisitsProvider { .. } => "not-this-visits-provider",
            Error::NotThisVisitsPatient { .. } => "not-this-visits-patient",
            Error::AlreadyScheduled => "already-scheduled",
            Error::UnknownPatient => "unknown-patient",
            Error::UnknownProvider => "unknown-provider",
            Error::StartUnreasonable => "start-unreasonable",
            Error::DurationOutOfRange => "duration-out-of-range",
            Error::PatientHasArrived => "patient-has-arrived",
            Error::TooEarlyForNoShow => "too-early-for-no-show",
            Error::TwoIdentifiersNeeded => "two-identifiers-needed",
            Error::IdentityNotVerified => "identity-not-verified",
            Error::LocationNotAttested => "location-not-attested",
            Error::LicenceNotValid { .. } => "licence-not-valid",
            Error::ExpectedTimeUnreasonable => "expected-time-unreasonable",
            Error::ConsentNotGiven => "consent-not-given",
            Error::UnknownNote => "unknown-note",
            Error::NoteEmpty => "note-empty",
            Error::NoteAlreadySigned => "note-already-signed",
            Error::NoteNotSigned => "note-not-signed",
            Error::NoteChanged => "note-changed",
            Error::IdAlreadyUsed => "id-already-used",
            Error::UnitsOutOfRange => "units-out-of-range",
            Error::DiagnosesOutOfRange => "diagnoses-out-of-range",
            Error::NoChargeCaptured => "no-charge-captured",
        }
    }
}

impl Visit {
    /// The refusal of a command that the visit's state does not allow.
    pub(super) fn wrong_state(&self, command: &'static str, hint: &'static str) -> Error {
        Error::WrongState { state: format!("the visit is {}", self.state().name()), command, hint }
    }
}

/// The refusal of a command for another state than the visit's own: of a consent or an identity.
pub(super) fn already(state: &str, command: &'static str) -> Error {
    Error::WrongState { state: state.to_owned(), command, hint: "it is so already" }
}
