//! What can be asked of a visit. Each struct holds only what the caller says; what has to be looked up, and new ids and
//! salts, are handed in beside it as facts. The visit's own id is the stream's.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    CancelReason, ConsentKind, HoldReason, Identifier, IdentityMethod, LeaveReason, Modality, NoteBody, Outcome,
    Participant, Party,
};
use crate::{
    AddendumId, ChargeId, Code, DiagnosisCode, Jurisdiction, Licence, NoteId, PatientId, ProcedureCode, ProviderId,
    Sha256Hex, Text,
};

macro_rules! commands {
    ($($name:literal => $variant:ident $(($facts:ident))?, $meaning:literal { $($(#[$doc:meta])* $field:ident: $type:ty,)* })*) => {
        /// Everything that can be asked of a visit, with the facts looked up for it.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Command { $(
            #[doc = $meaning]
            $variant($variant $(, $facts)?),
        )* }

        impl Command {
            /// The command's name, kebab-case, as in the API's paths.
            pub fn name(&self) -> &'static str {
                match self { $(Command::$variant(..) => $name,)* }
            }

            /// The name of every command.
            pub const NAMES: &'static [&'static str] = &[$($name),*];
        }

        $(
            #[doc = $meaning]
            #[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $variant { $($(#[$doc])* pub $field: $type,)* }
        )*
    };
}

commands! {
    "schedule" => Schedule(ScheduleFacts), "Set up a visit." {
        /// Whom it is for.
        patient_id: PatientId,
        /// Who is to treat.
        provider_id: ProviderId,
        /// When it is to start.
        starts_at: DateTime<Utc>,
        /// How long it is to take, 5 to 480 minutes.
        duration_minutes: u16,
        /// How it is to be held.
        modality: Modality,
        /// Why the patient comes, in their words.
        reason: Option<Text<500>>,
    }
    "cancel" => Cancel, "Call the visit off before the patient is admitted." {
        /// Who calls it off.
        by: Party,
        /// Why.
        reason: CancelReason,
        /// More about why.
        details: Option<Text<500>>,
    }
    "record-no-show" => RecordNoShow(NoShowFacts), "Record that the patient never came." {}
    "arrive" => Arrive, "The patient is here, for the first time or again." {}
    "verify-identity" => VerifyIdentity, "Staff made sure who the patient is." {
        /// How.
        method: IdentityMethod,
        /// By which identifiers; two different ones at least.
        identifiers: Vec<Identifier>,
    }
    "attest-location" => AttestLocation(AdmitFacts), "The patient says where they physically are. The newest counts." {
        /// The state or territory.
        jurisdiction: Jurisdiction,
        /// The address, so that help can be sent there.
        address: Text<300>,
    }
    "check-in" => CheckIn, "Let the patient into the waiting room." {}
    "report-provider-delay" => ReportProviderDelay, "The provider will be late." {
        /// When the provider is expected now.
        expected_at: DateTime<Utc>,
        /// Why.
        reason: Option<Text<500>>,
    }
    "hold" => Hold, "Put a waiting patient on hold." {
        /// Why.
        reason: HoldReason,
        /// More about why.
        details: Option<Text<500>>,
    }
    "return-to-waiting" => ReturnToWaiting, "Put a patient on hold back among those waiting." {}
    "leave-waiting-room" => LeaveWaitingRoom, "The patient went away before being seen." {
        /// Why, if they said.
        reason: Option<Text<500>>,
    }
    "admit" => Admit(AdmitFacts), "The provider takes the patient in." {}
    "give-consent" => GiveConsent, "The patient consents." {
        /// To what.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
    }
    "decline-consent" => DeclineConsent, "The patient does not consent." {
        /// To what.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
    }
    "withdraw-consent" => WithdrawConsent, "The patient takes a consent back." {
        /// Which.
        kind: ConsentKind,
    }
    "draft-note" => DraftNote(NewNote), "Write a note, or write a draft anew. Each draft replaces the one before." {
        /// The draft to write anew; absent for a new note.
        note_id: Option<NoteId>,
        /// Version of the template the note follows.
        template_version: Code,
        /// What it says.
        #[serde(deserialize_with = "super::note::strict_body")]
        body: NoteBody,
    }
    "sign-note" => SignNote, "Sign the latest draft of a note." {
        /// Which note.
        note_id: NoteId,
        /// The hash of the draft the signer was shown.
        content_sha256: Sha256Hex,
        /// The clinic's log position that was rendered to the signer.
        rendered_at_position: u64,
    }
    "addend-note" => AddendNote(NewAddendum), "Add to a signed note, which itself never changes." {
        /// Which note.
        note_id: NoteId,
        /// What is added.
        body: Text<20000>,
    }
    "end" => End, "The provider ends the visit." {
        /// How it came out.
        outcome: Outcome,
    }
    "capture-charge" => CaptureCharge(NewCharge), "Record what is to be charged for." {
        /// What was done.
        code: ProcedureCode,
        /// How many units, 1 to 999.
        units: u32,
        /// The amount in cents, where a price is known.
        amount_cents: Option<u64>,
        /// What it was done for; 1 to 12 diagnoses, the first foremost.
        diagnoses: Vec<DiagnosisCode>,
    }
    "bill" => Bill, "Send every captured charge to be paid. Closes the visit." {}
    "observe-join" => ObserveJoin, "A participant was seen to connect." {
        /// Who.
        participant: Participant,
        /// The connection, as the room names it.
        connection: Code,
        /// When it was seen, if not just now.
        observed_at: Option<DateTime<Utc>>,
    }
    "observe-leave" => ObserveLeave, "A participant's connection was seen to end." {
        /// Who.
        participant: Participant,
        /// The connection, as the room names it.
        connection: Code,
        /// How it ended.
        reason: LeaveReason,
        /// When it was seen, if not just now.
        observed_at: Option<DateTime<Utc>>,
    }
}

/// What the clinic's registers say about the two people of a new visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduleFacts {
    /// Whether the patient is registered.
    pub patient_registered: bool,
    /// Whether the provider is registered.
    pub provider_registered: bool,
}

/// What the clinic says about lateness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoShowFacts {
    /// How long after the start nobody is yet a no-show.
    pub grace_minutes: u16,
}

/// What the admission gate needs to know of this visit's provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdmitFacts {
    /// Every licence on record, valid or not.
    pub licences: Vec<Licence>,
}

/// Fresh values for a draft.
#[derive(Clone, PartialEq, Eq)]
pub struct NewNote {
    /// The id a new note gets; not used when a draft is written anew.
    pub note_id: NoteId,
    /// 32 random bytes, fresh for every draft.
    pub salt: [u8; 32],
}

/// Fresh values for an addendum.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAddendum {
    /// The id the addendum gets.
    pub addendum_id: AddendumId,
    /// 32 random bytes.
    pub salt: [u8; 32],
}

/// Fresh values for a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewCharge {
    /// The id the charge gets.
    pub charge_id: ChargeId,
}

/// Without the salt: it is what keeps a note's hash from being guessed.
impl std::fmt::Debug for NewNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewNote").field("note_id", &self.note_id).finish_non_exhaustive()
    }
}

/// Without the salt, as for [`NewNote`].
impl std::fmt::Debug for NewAddendum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAddendum").field("addendum_id", &self.addendum_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_caller_who_misspells_a_field_is_told() {
        assert!(serde_json::from_str::<Arrive>("{}").is_ok());
        assert!(serde_json::from_str::<Arrive>(r#"{"when":"now"}"#).is_err());
        let draft = |section: &str| format!(r#"{{"template_version":"soap/1","body":{{"{section}":"Rest."}}}}"#);
        assert!(serde_json::from_str::<DraftNote>(&draft("plan")).is_ok());
        assert!(serde_json::from_str::<DraftNote>(&draft("paln")).is_err());
    }

    #[test]
    fn optional_fields_may_be_left_out() {
        assert!(serde_json::from_str::<Hold>(r#"{"reason":"interpreter"}"#).is_ok());
        assert!(serde_json::from_str::<LeaveWaitingRoom>("{}").is_ok());
    }

    #[test]
    fn neither_a_command_nor_an_event_shows_phi_in_a_log_line() {
        let commands = example::commands::all().into_iter().map(|(_, command)| format!("{command:?}"));
        let events = example::events::all().into_iter().map(|event| format!("{event:?}"));
        for shown in commands.chain(events) {
            for phi in ["Sore", "Lake Street", "99213", "J02", "Rest", "Feels", "Hmong", "Culture", "work"] {
                assert!(!shown.contains(phi), "{shown}");
            }
        }
    }
}
