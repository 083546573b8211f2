//! What happens in a visit: one payload type for each stored event, and their catalogue. Free text and everything that
//! tells about a person's health or life is `Phi`; ids, times, our own codes and closed lists stand clear.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    CancelReason, ConsentKind, HoldReason, Identifier, IdentityMethod, LeaveReason, Modality, NoteBody, Outcome,
    Participant, Party,
};
use crate::{
    AddendumId, ChargeId, Code, DiagnosisCode, Jurisdiction, NoteId, PatientId, Phi, ProcedureCode, ProviderId, Role,
    Sha256Hex, Text,
};

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
    )*};
}

payloads! {
    /// A visit was set up.
    Scheduled {
        /// Whom it is for.
        patient_id: PatientId,
        /// Who is to treat.
        provider_id: ProviderId,
        /// When it is to start.
        starts_at: DateTime<Utc>,
        /// How long it is to take.
        duration_minutes: u16,
        /// How it is to be held.
        modality: Modality,
        /// Why the patient comes, in their words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Phi<Text<500>>>,
    }

    /// The visit was called off.
    Cancelled {
        /// Who called it off.
        by: Party,
        /// Why.
        reason: CancelReason,
        /// More about why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
    }

    /// The patient never came.
    NoShowRecorded {
        /// The grace period that had passed.
        grace_minutes: u16,
    }

    /// The patient is here.
    Arrived {
        /// Whether they had left the waiting room before and came back.
        returning: bool,
    }

    /// Staff made sure who the patient is.
    IdentityVerified {
        /// How.
        method: IdentityMethod,
        /// By which identifiers.
        identifiers: Vec<Identifier>,
        /// In which role.
        verified_by: Role,
    }

    /// The patient said where they physically are.
    LocationAttested {
        /// The state or territory.
        jurisdiction: Jurisdiction,
        /// The address.
        address: Phi<Text<300>>,
        /// Who entered it: the patient, or staff on the patient's word.
        attested_by: Role,
    }

    /// During the visit the patient turned out to be where no licence of the provider is valid.
    LicenceGapObserved {
        /// Where the patient is.
        jurisdiction: Jurisdiction,
        /// The provider without a licence there.
        provider_id: ProviderId,
    }

    /// The patient is in the waiting room.
    CheckedIn {}

    /// The provider will be late.
    ProviderDelayed {
        /// When the provider is expected now.
        expected_at: DateTime<Utc>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Phi<Text<500>>>,
    }

    /// A waiting patient was put on hold.
    Held {
        /// Why.
        reason: HoldReason,
        /// More about why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
    }

    /// A patient on hold is waiting again.
    ReturnedToWaiting {}

    /// The patient went away before being seen.
    LeftWaitingRoom {
        /// Why, if they said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Phi<Text<500>>>,
    }

    /// The provider took the patient in. Says what the gate went by.
    Admitted {
        /// Who admitted.
        provider_id: ProviderId,
        /// Where the patient had attested to be.
        jurisdiction: Jurisdiction,
        /// The licence valid there on that day.
        licence_number: Text<40>,
    }

    /// The patient consented.
    ConsentGiven {
        /// Who consented.
        participant: Participant,
        /// To what.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
    }

    /// The patient did not consent.
    ConsentDeclined {
        /// Who declined.
        participant: Participant,
        /// What.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
    }

    /// The patient took a consent back.
    ConsentWithdrawn {
        /// Whose consent.
        participant: Participant,
        /// To what.
        kind: ConsentKind,
        /// Version of the text that had been consented to.
        text_version: Code,
    }

    /// A note was written; it replaces every earlier draft of the same note.
    NoteDrafted {
        /// Which note.
        note_id: NoteId,
        /// Version of the template it follows.
        template_version: Code,
        /// What it says: subjective, objective, assessment, plan.
        body: Phi<NoteBody>,
        /// Random bytes in hexadecimal that go into the hash, so that it cannot be guessed once the body is erased.
        salt: Phi<String>,
        /// SHA-256 over `daybook/note/v1\n\0`, salt and the body as canonical JSON.
        content_sha256: Sha256Hex,
        /// Who wrote it.
        author_id: ProviderId,
    }

    /// A note was signed: from here on it never changes.
    NoteSigned {
        /// Which note.
        note_id: NoteId,
        /// Who signed.
        signer_id: ProviderId,
        /// The hash of what was signed.
        content_sha256: Sha256Hex,
        /// Version of the template it follows.
        template_version: Code,
        /// The clinic's log position that was rendered to the signer.
        rendered_at_position: u64,
    }

    /// Something was added to a signed note.
    NoteAddended {
        /// Which note.
        note_id: NoteId,
        /// The addendum.
        addendum_id: AddendumId,
        /// What was added.
        body: Phi<Text<20000>>,
        /// Random bytes in hexadecimal that go into the hash.
        salt: Phi<String>,
        /// SHA-256 over `daybook/addendum/v1\n\0`, salt and the body as a JSON string.
        content_sha256: Sha256Hex,
        /// Who wrote and signed it.
        author_id: ProviderId,
    }

    /// The visit is over.
    Ended {
        /// How it came out.
        outcome: Outcome,
    }

    /// What is to be charged for.
    ChargeCaptured {
        /// The charge.
        charge_id: ChargeId,
        /// What was done, CPT or HCPCS.
        code: Phi<ProcedureCode>,
        /// How many units.
        units: u32,
        /// The amount in cents; sealed, because with a price list it tells the code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount_cents: Option<Phi<u64>>,
        /// What it was done for, ICD-10-CM, the first foremost.
        diagnoses: Phi<Vec<DiagnosisCode>>,
    }

    /// The charges went out to be paid, and the visit is closed.
    Billed {
        /// Which charges.
        charge_ids: Vec<ChargeId>,
    }

    /// A participant was seen to connect.
    ParticipantJoined {
        /// Who.
        participant: Participant,
        /// The connection, as the room names it.
        connection: Code,
        /// When it was seen.
        observed_at: DateTime<Utc>,
    }

    /// A participant's connection was seen to end.
    ParticipantLeft {
        /// Who.
        participant: Participant,
        /// The connection, as the room names it.
        connection: Code,
        /// How it ended.
        reason: LeaveReason,
        /// When it was seen.
        observed_at: DateTime<Utc>,
    }
}

crate::catalogue! {
    /// A fact of a visit.
    pub enum Event {
        "scheduled" "1.0" => Scheduled, "A visit was set up for a patient with a provider.";
        "cancelled" "1.0" => Cancelled, "The visit was called off before the patient was admitted.";
        "no-show-recorded" "1.0" => NoShowRecorded, "A person recorded that the patient never came.";
        "arrived" "1.0" => Arrived, "The patient is here, for the first time or again.";
        "identity-verified" "1.0" => IdentityVerified, "Staff made sure who the patient is, by two identifiers or more.";
        "location-attested" "1.0" => LocationAttested, "The patient said where they physically are; the newest counts.";
        "licence-gap-observed" "1.0" => LicenceGapObserved, "During the visit the patient turned out to be where no licence of the provider is valid.";
        "checked-in" "1.0" => CheckedIn, "The patient is in the waiting room.";
        "provider-delayed" "1.0" => ProviderDelayed, "The provider will be late, and is expected at a new time.";
        "held" "1.0" => Held, "A waiting patient was put on hold.";
        "returned-to-waiting" "1.0" => ReturnedToWaiting, "A patient on hold is waiting again.";
        "left-waiting-room" "1.0" => LeftWaitingRoom, "The patient went away without being seen. They may come back.";
        "admitted" "1.0" => Admitted, "The provider took the patient in; identity, location and licence were in order.";
        "consent-given" "1.0" => ConsentGiven, "The patient consented.";
        "consent-declined" "1.0" => ConsentDeclined, "The patient was asked and did not consent.";
        "consent-withdrawn" "1.0" => ConsentWithdrawn, "The patient took a consent back.";
        "note-drafted" "1.0" => NoteDrafted, "A note was written; it replaces every earlier draft of the same note.";
        "note-signed" "1.0" => NoteSigned, "The provider signed the note: from here on it never changes.";
        "note-addended" "1.0" => NoteAddended, "Something was added to a signed note.";
        "ended" "1.0" => Ended, "The provider ended the visit.";
        "charge-captured" "1.0" => ChargeCaptured, "What is to be charged for was recorded.";
        "billed" "1.0" => Billed, "The captured charges went out to be paid; the visit is closed.";
        "participant-joined" "1.0" => ParticipantJoined, "Observed: a participant connected.";
        "participant-left" "1.0" => ParticipantLeft, "Observed: a participant's connection ended. Leaving is not ending.";
    }
}
