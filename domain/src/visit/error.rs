//! Why a request about a visit is refused. Every message is a plain sentence without PHI: what was wrong, what would be right.

use chrono::NaiveDate;

use super::{Reading, Visit};
use crate::law::Unanswered;
use crate::law::billing::Objection;
use crate::provider::NotLicensed;
use crate::{Jurisdiction, Refusal};

/// Declares the refusals. Each is `"code" => Variant, "message";`, or with what the message tells,
/// `"code" => Variant { field: Type }, "message with {field}";`.
macro_rules! refusals {
    ($($code:literal => $variant:ident $({ $($field:ident: $type:ty),+ })?, $message:literal;)+) => {
        /// Why a request about a visit is refused.
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        #[allow(missing_docs)] // the message says what the fields are
        pub enum Error { $(
            #[doc = $message]
            #[error($message)]
            $variant $({ $($field: $type),+ })?,
        )+ }

        impl Error {
            /// The code of every refusal.
            pub const CODES: &'static [&'static str] = &[$($code),+];
        }

        impl Refusal for Error {
            fn code(&self) -> &'static str {
                match self { $(Error::$variant { .. } => $code,)+ }
            }
        }
    };
}

refusals! {
    // What every rule may say
    "wrong-state" => WrongState { state: String, command: &'static str, hint: &'static str },
        "{command} is not possible while {state}; {hint}";
    "role-not-permitted" => RoleNotPermitted { command: &'static str, permitted: &'static str },
        "{command} is for {permitted} only";
    "not-this-visits-provider" => NotThisVisitsProvider { command: &'static str },
        "{command} is for this visit's provider only";
    "not-this-visits-patient" => NotThisVisitsPatient { command: &'static str },
        "{command} is for this visit's patient only";
    "id-already-used" => IdAlreadyUsed,
        "this id is already in use in this visit; ask for a fresh one";

    // Demand
    "request-window-unreasonable" => RequestWindowUnreasonable,
        "the time in which the patient wants to be seen ends later than now and after it begins, and within seven days";
    "outside-requested-window" => OutsideRequestedWindow,
        "the visit must start now or later, in the time the patient gave";
    "already-claimed" => AlreadyClaimed,
        "a provider took this request already; take another one";
    "already-declined" => AlreadyDeclined,
        "you declined this request already; it stays open for others";
    "request-still-open" => RequestStillOpen,
        "the time the patient gave is not over; call the request off instead";

    // Scheduling
    "already-scheduled" => AlreadyScheduled,
        "this visit is already scheduled; schedule another one";
    "unknown-patient" => UnknownPatient,
        "the patient is not registered in this clinic; register the patient first";
    "unknown-provider" => UnknownProvider,
        "the provider is not registered in this clinic; register the provider first";
    "start-unreasonable" => StartUnreasonable,
        "the start must lie after 1999 and at most two years ahead";
    "duration-out-of-range" => DurationOutOfRange,
        "a visit takes between 5 and 480 minutes";
    "local-time-skipped" => LocalTimeSkipped,
        "the clinic's clocks are set forward past this time; choose another one";
    "local-time-doubled" => LocalTimeDoubled,
        "the clinic's clocks show this time twice; say which is meant by naming the offset from UTC";
    "provider-not-at-work" => ProviderNotAtWork,
        "the provider does not work at this time; choose one of the provider's open slots, or overbook and say why";
    "time-unchanged" => TimeUnchanged,
        "the visit is at this time already; name another time or length";
    "provider-unchanged" => ProviderUnchanged,
        "the visit is this provider's already; name another";
    "charge-not-due" => ChargeNotDue,
        "a late cancellation is charged only where the patient calls off; waive it";
    "patient-has-arrived" => PatientHasArrived,
        "a patient who has arrived, or was seen on the call, is no no-show; record that the patient left instead";
    "too-early-for-no-show" => TooEarlyForNoShow,
        "it is too early for a no-show; wait until the start and the clinic's grace period have passed";

    // Lateness
    "not-late" => NotLate,
        "the patient did not come later than the clinic forgives";
    "late-arrival-recorded-already" => LateArrivalRecordedAlready,
        "that the patient came late is recorded already; take it back first";
    "late-response-not-offered" => LateResponseNotOffered,
        "the clinic does not offer this to a patient who came late; choose one of what it offers";
    "shortened-duration-misfit" => ShortenedDurationMisfit,
        "a shortened visit takes 5 minutes at least and less than planned; any other is not given a length";
    "no-late-arrival-recorded" => NoLateArrivalRecorded,
        "that the patient came late is not recorded";

    // Reminder
    "reminder-not-wanted" => ReminderNotWanted,
        "the clinic does not want this reminder";
    "reminder-not-due" => ReminderNotDue,
        "the time of this reminder has not come, or is over";
    "reminder-intended-already" => ReminderIntendedAlready,
        "this reminder of this start is intended already";
    "unknown-reminder" => UnknownReminder,
        "no such reminder was intended";
    "reminder-outcome-known" => ReminderOutcomeKnown,
        "what became of this reminder is on record already";

    // Arrival
    "two-identifiers-needed" => TwoIdentifiersNeeded,
        "identity is verified by at least two different identifiers";
    "identity-not-verified" => IdentityNotVerified,
        "the patient's identity is not verified; verify it first";
    "location-not-attested" => LocationNotAttested,
        "the patient has not attested where they are; have the location attested first";

    "callback-number-missing" => CallbackNumberMissing,
        "there is no number at which the patient is called back today; take it down with POST /v1/visits/{{visit_id}}/callback-number first";
    "emergency-contact-not-asked" => EmergencyContactNotAsked,
        "nobody has asked today whom to call in an emergency; record the answer with POST /v1/visits/{{visit_id}}/emergency-contact first, also where it is nobody";

    "mismatch-needed" => MismatchNeeded,
        "a doubt names one identifier at least that does not match";

    // Intake
    "vital-unit-misfit" => VitalUnitMisfit,
        "a reading is in no unit of its kind; name one of the units the kind is read in";
    "vital-out-of-range" => VitalOutOfRange { from: Reading, to: Reading },
        "a reading is outside of what a person can have; in this unit it lies between {from} and {to}";
    "vital-named-twice" => VitalNamedTwice,
        "each kind of reading is named once";
    "pressure-reversed" => PressureReversed,
        "the upper blood pressure lies above the lower one";
    "list-does-not-fit-answer" => ListDoesNotFitAnswer,
        "list something if the answer is listed, and nothing if it is none-known or unable";
    "list-too-long" => ListTooLong,
        "at most 60 things are listed";

    // Waiting
    "expected-time-unreasonable" => ExpectedTimeUnreasonable,
        "the provider must be expected later than now and within a day";

    "encounter-has-begun" => EncounterHasBegun,
        "the encounter has begun: both were on the call, or something was written; end the visit instead";
    "message-needs-one-content" => MessageNeedsOneContent,
        "a message is either a text or the name of one; give exactly one of them";
    "too-many-messages" => TooManyMessages,
        "a visit has at most 500 messages; call the patient instead";
    "chat-closed" => ChatClosed,
        "messages are taken until 72 hours after the end of a visit; write in another one, or call";
    "message-of-others" => MessageOfOthers,
        "a patient takes back what they wrote themselves; ask staff about other messages";
    "unknown-message" => UnknownMessage,
        "this visit has no such message";
    "message-is-own" => MessageIsOwn,
        "a message is read by the other side, not by the one that sent it";
    "estimate-not-measured" => EstimateNotMeasured,
        "an estimate is measured from 8 waits at least, both percentiles or neither, the smaller first";
    "provider-was-here" => ProviderWasHere,
        "a provider who was ready, or was seen on the call, is no no-show; cancel or hand over the visit instead";

    // File
    "file-type-not-allowed" => FileTypeNotAllowed { found: &'static str, allowed: &'static str },
        "the file is {found}; a visit takes {allowed}";
    "file-type-misdeclared" => FileTypeMisdeclared { declared: &'static str, found: &'static str },
        "the file is declared as {declared} and its bytes are {found}; send it as what it is";
    "file-not-text" => FileNotText,
        "what is sent as text/plain is UTF-8 from its first byte to its last, without NUL";
    "file-empty" => FileEmpty,
        "the file is empty; send one that has something in it";
    "file-too-large" => FileTooLarge { limit: u64 },
        "a file may have {limit} bytes at most";
    "file-name-unfit" => FileNameUnfit { endings: String },
        "the name of such a file ends in .{endings}, and is a name alone, without a path";
    "too-many-files" => TooManyFiles,
        "a visit takes at most 50 files";
    "unknown-file" => UnknownFile,
        "this visit has no such file";
    "file-of-others" => FileOfOthers,
        "a file is removed by the side that sent it, or by this visit's provider";

    // Safety
    "contact-does-not-fit-answer" => ContactDoesNotFitAnswer,
        "name the contact if the answer is given, and nobody if it is none or refused";
    "too-many-actions" => TooManyActions,
        "at most 12 actions are named at once";
    "unknown-emergency" => UnknownEmergency,
        "this visit has no such emergency";
    "emergency-already-closed" => EmergencyAlreadyClosed,
        "this emergency is closed already; declare another one if there is one";

    // People
    "interpreter-not-requested" => InterpreterNotRequested,
        "nobody asks for an interpreter; request one for the patient's language first";
    "unknown-participant" => UnknownParticipant,
        "this visit has no such participant";
    "too-many-participants" => TooManyParticipants,
        "a visit has at most 20 participants of a kind";
    "invitation-expiry-unreasonable" => InvitationExpiryUnreasonable,
        "an invitation expires later than now and within 31 days";
    "invitation-not-valid" => InvitationNotValid,
        "this invitation is not valid, or not any more; ask whoever invited you for another one";
    "proxy-without-authority" => ProxyWithoutAuthority { why: &'static str },
        "the proxy has no authority for this: {why}; verify one on the patient's record first";
    "proxy-authority-expired" => ProxyAuthorityExpired { expired_on: NaiveDate },
        "the proxy's authority stood until {expired_on}; verify it anew on the patient's record";

    "unknown-supervisor" => UnknownSupervisor,
        "the provider who is to supervise is not registered in this clinic; name one who is";
    "supervisor-is-trainee" => SupervisorIsTrainee,
        "nobody supervises themselves; name another provider";
    "supervisor-not-licensed" => SupervisorNotLicensed { jurisdiction: Jurisdiction, on: NaiveDate, why: NotLicensed },
        "no licence of the supervisor is valid in {jurisdiction} on {on}: {why}; name a supervisor who is licensed there";

    // Group
    "already-in-a-session" => AlreadyInASession,
        "this visit takes part in a group session; leave that one first";
    "in-a-session" => InASession,
        "this visit takes part in a group session of its provider's; it leaves that one first";
    "in-no-session" => InNoSession,
        "this visit takes part in no group session";

    // Call
    "licence-not-valid" => LicenceNotValid { jurisdiction: Jurisdiction, on: NaiveDate, why: NotLicensed },
        "no licence of this visit's provider is valid in {jurisdiction} on {on}: {why}; a provider licensed there must see the patient";

    // Consent
    "proxy-needed" => ProxyNeeded,
        "this consent needs a proxy with verified authority, or a service to which the rules let this patient consent alone";
    "consent-not-given" => ConsentNotGiven,
        "there is no consent of this kind to take back";

    "patient-answers-themselves" => PatientAnswersThemselves,
        "the patient answers for themselves, or a verified proxy for them; record that as the patient's consent";

    // Note
    "unknown-note" => UnknownNote,
        "this visit has no such note";
    "note-empty" => NoteEmpty,
        "a note needs at least one section with text";
    "note-already-signed" => NoteAlreadySigned,
        "the note is signed and never changes; add an addendum instead";
    "note-not-signed" => NoteNotSigned,
        "the note is not signed; sign it first";
    "note-changed" => NoteChanged,
        "the note is not the one that was shown; show what it says now, and act on that";
    "draft-newer" => DraftNewer { newest: u64 },
        "revision {newest} of this draft is newer; show it, and write on that";
    "rendered-position-wrong" => RenderedPositionWrong { from: u64, to: u64 },
        "what is signed was not all in the log at the position that is named; show the note again, and name a position between {from} and {to}";
    "unknown-template" => UnknownTemplate { known: String },
        "there is no such template; there are {known}";
    "section-not-in-template" => SectionNotInTemplate { known: String },
        "the note has a section that its template does not have; the template has {known}";
    "section-too-long" => SectionTooLong { title: String, max: usize },
        "the section {title} may have {max} characters at most";
    "section-missing" => SectionMissing { missing: String },
        "the note lacks what its template requires: {missing}; write it, and sign that draft";
    "note-in-error" => NoteInError,
        "the note was entered in error and stays as it is; write another one";
    "unknown-cosigner" => UnknownCosigner,
        "the provider who is asked to cosign is not registered in this clinic; ask one who is";
    "cosigner-is-author" => CosignerIsAuthor,
        "nobody cosigns what they wrote or signed themselves; ask another provider";
    "cosigner-is-not-supervisor" => CosignerIsNotSupervisor,
        "this visit's provider works under supervision: only the supervisor cosigns what they sign; ask the supervisor";
    "cosign-not-requested" => CosignNotRequested,
        "nobody was asked to cosign this note; its author asks first";
    "not-the-cosigner" => NotTheCosigner,
        "a note is cosigned only by the provider who was asked to";
    "note-already-cosigned" => NoteAlreadyCosigned,
        "the note is cosigned; only a correction has to be cosigned anew";
    "note-not-cosigned" => NoteNotCosigned,
        "a note waits for its cosigner; have it cosigned first";

    // Diagnosis
    "unknown-diagnosis" => UnknownDiagnosis,
        "no diagnosis of this number stands on the visit's list; record it first, or name one that stands";
    "too-many-diagnoses" => TooManyDiagnoses,
        "at most 12 diagnoses stand on a visit's list, and 99 are ever recorded; remove one that does not apply";
    "diagnosis-in-use" => DiagnosisInUse,
        "an order or a charge is for this diagnosis; cancel, correct or void that first";
    "diagnosis-pointers-out-of-range" => DiagnosisPointersOutOfRange,
        "at most 4 diagnoses are pointed at, each once";
    "diagnosis-pointers-needed" => DiagnosisPointersNeeded,
        "the visit has a list of diagnoses; point at 1 to 4 of them by number instead of naming codes";

    // Order
    "unknown-order" => UnknownOrder,
        "this visit has no such order of this kind";
    "too-many-orders" => TooManyOrders,
        "a visit has at most 50 orders; write a draft anew instead of another one";
    "supply-out-of-range" => SupplyOutOfRange,
        "a prescription has at most 99 refills and lasts 1 to 366 days";
    "schedule-missing" => ScheduleMissing,
        "buprenorphine is a controlled substance; say of which schedule";
    "tests-out-of-range" => TestsOutOfRange,
        "a lab order has between 1 and 20 tests";
    "order-changed" => OrderChanged,
        "the order is not the one that was shown to the signer; show the latest draft and sign that";
    "diagnosis-needed" => DiagnosisNeeded,
        "a prescription is for a diagnosis; write the draft anew with one of the visit's diagnoses";
    "controlled-substance-not-permitted" => ControlledSubstanceNotPermitted { on: NaiveDate, why: String },
        "no rule permits prescribing this controlled substance in this visit on {on}: {why}";

    "unknown-result" => UnknownResult,
        "this visit has no such result";
    "too-many-results" => TooManyResults,
        "at most 200 results of a visit are taken down; put what belongs together into one";

    // Charge
    "units-out-of-range" => UnitsOutOfRange,
        "a charge has between 1 and 999 units";
    "diagnoses-out-of-range" => DiagnosesOutOfRange,
        "a charge has between 1 and 12 diagnoses, or points at up to 4 of the visit's list, and not both";
    "no-charge-captured" => NoChargeCaptured,
        "no charge was captured; capture a charge first";
    "nothing-to-charge" => NothingToCharge,
        "nobody was admitted, so there is no day of service; record that nothing is charged";
    "minutes-out-of-range" => MinutesOutOfRange,
        "between 1 and 1440 minutes of one day can be attested";
    "unknown-charge" => UnknownCharge,
        "this visit has no such charge";
    "charges-outstanding" => ChargesOutstanding,
        "charges are captured and not billed; void them before recording that nothing is charged";

    // Charge: what the rules of the day of service have against it
    "modifiers-out-of-range" => ModifiersOutOfRange { why: Objection }, "{why}";
    "code-not-on-that-day" => CodeNotOnThatDay { why: Objection }, "{why}";
    "code-contradicts-modality" => CodeContradictsModality { why: Objection }, "{why}";
    "basis-not-for-this-code" => BasisNotForThisCode { why: Objection }, "{why}";
    "minutes-not-attested" => MinutesNotAttested { why: Objection }, "{why}";
    "minutes-outside-code" => MinutesOutsideCode { why: Objection }, "{why}";
    "modifier-not-on-that-day" => ModifierNotOnThatDay { why: Objection }, "{why}";
    "modifier-contradicts-modality" => ModifierContradictsModality { why: Objection }, "{why}";
    "modifier-not-here" => ModifierNotHere { why: Objection }, "{why}";
    "modifier-needed" => ModifierNeeded { why: Objection }, "{why}";
    "audio-only-reason-needed" => AudioOnlyReasonNeeded { why: Objection }, "{why}";
    "place-of-service-wrong" => PlaceOfServiceWrong { why: Objection }, "{why}";
    "not-payable" => NotPayable { why: Objection }, "{why}";

    // What no rule of law or of a payer answers
    "rule-unknown" => RuleUnknown { why: Unanswered }, "{why}";
    "rule-unreviewed" => RuleUnreviewed { why: Unanswered }, "{why}";
    "rule-rejected" => RuleRejected { why: Unanswered }, "{why}";
    "rule-needs-fact" => RuleNeedsFact { why: Unanswered }, "{why}";
}

impl From<Objection> for Error {
    fn from(why: Objection) -> Self {
        match why {
            Objection::ModifiersOutOfRange => Error::ModifiersOutOfRange { why },
            Objection::CodeNotOnThatDay { .. } => Error::CodeNotOnThatDay { why },
            Objection::CodeContradictsModality { .. } => Error::CodeContradictsModality { why },
            Objection::BasisNotForThisCode { .. } => Error::BasisNotForThisCode { why },
            Objection::MinutesNotAttested => Error::MinutesNotAttested { why },
            Objection::MinutesOutsideCode { .. } => Error::MinutesOutsideCode { why },
            Objection::ModifierNotOnThatDay { .. } => Error::ModifierNotOnThatDay { why },
            Objection::ModifierContradictsModality { .. } => Error::ModifierContradictsModality { why },
            Objection::ModifierNotHere { .. } => Error::ModifierNotHere { why },
            Objection::ModifierNeeded { .. } => Error::ModifierNeeded { why },
            Objection::AudioOnlyReasonNeeded { .. } => Error::AudioOnlyReasonNeeded { why },
            Objection::PlaceOfServiceWrong { .. } => Error::PlaceOfServiceWrong { why },
            Objection::NotPayable { .. } => Error::NotPayable { why },
            Objection::Unanswered(why) => why.into(),
        }
    }
}

impl From<Unanswered> for Error {
    fn from(why: Unanswered) -> Self {
        match why {
            Unanswered::NoRule { .. } | Unanswered::NotOnThatDay { .. } => Error::RuleUnknown { why },
            Unanswered::Unreviewed { .. } => Error::RuleUnreviewed { why },
            Unanswered::Rejected { .. } => Error::RuleRejected { why },
            Unanswered::MissingFact { .. } => Error::RuleNeedsFact { why },
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_refusal_has_a_code_of_its_own() {
        assert_eq!(Error::CODES.iter().collect::<BTreeSet<_>>().len(), Error::CODES.len());
        assert!(Error::CODES.contains(&Error::NoteEmpty.code()));
    }
}
