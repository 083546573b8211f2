//! What happens in a visit: the catalogue of its events, whose payloads stand with their families. Free text and
//! everything that tells about a person's health or life is `Phi`; ids, times, our own codes and closed lists stand clear.

use super::{
    arrival::*, call::*, charge::*, closing::*, consent::*, demand::*, diagnosis::*, file::*, group::*, intake::*,
    lateness::*, note::*, order::*, people::*, reminder::*, safety::*, scheduling::*, trouble::*, waiting::*,
};

crate::catalogue! {
    /// A fact of a visit.
    pub enum Event {
        // Demand
        "requested" "1.0" => Requested, "A patient asked to be seen by whoever is free.";
        "claimed" "1.0" => Claimed, "A provider took a request; the visit is set up beside it.";
        "request-declined" "1.0" => RequestDeclined, "A provider does not take a request, which stays open for others.";
        "request-expired" "1.0" => RequestExpired, "Nobody took a request in the time the patient gave.";

        // Scheduling
        "scheduled" "1.0" => Scheduled, "A visit was set up for a patient with a provider.";
        "rescheduled" "1.0" => Rescheduled, "The visit was moved to another time; who was here already is expected anew.";
        "cancelled" "1.0" => Cancelled, "The visit was called off before the patient was admitted.";
        "no-show-recorded" "1.0" => NoShowRecorded, "A person recorded that the patient never came.";
        "no-show-reversed" "1.0" => NoShowReversed, "A person took back that the patient never came; the visit may still take place.";
        "handed-over" "1.0" => HandedOver, "Another provider is to treat the patient.";

        // Lateness
        "late-arrival-recorded" "1.0" => LateArrivalRecorded, "A person recorded that the patient came late, and what is done of it.";
        "late-arrival-reversed" "1.0" => LateArrivalReversed, "A person took back that the patient came late.";

        // Reminder
        "reminder-intended" "1.0" => ReminderIntended, "The patient is to be reminded of the visit. Intended is not sent.";
        "reminder-not-sent" "1.0" => ReminderNotSent, "A reminder was not sent, and why.";

        // Arrival
        "arrived" "1.0" => Arrived, "The patient is here, for the first time or again.";
        "identity-verified" "1.0" => IdentityVerified, "Staff made sure who the patient is, by two identifiers or more.";
        "location-attested" "1.0" => LocationAttested, "The patient said where they physically are; the newest counts.";
        "licence-gap-observed" "1.0" => LicenceGapObserved, "During the visit the patient turned out to be where no licence of the provider is valid.";
        "checked-in" "1.0" => CheckedIn, "The patient is in the waiting room.";
        "roomed" "1.0" => Roomed, "Clinical staff are with the waiting patient; the provider has not admitted them yet.";
        "identity-confirmed" "1.0" => IdentityConfirmed, "The provider, seeing the patient, confirmed who it is.";
        "identity-doubted" "1.0" => IdentityDoubted, "The provider, seeing the patient, found that something does not match.";

        // Intake
        "intake-recorded" "1.0" => IntakeRecorded, "The patient told what a provider needs to know; it replaces what they told earlier.";
        "device-checked" "1.0" => DeviceChecked, "Camera, microphone, speaker and network were tried.";

        // Waiting
        "provider-delayed" "1.0" => ProviderDelayed, "The provider will be late, and is expected at a new time.";
        "provider-ready" "1.0" => ProviderReady, "The provider is ready to see the patient.";
        "provider-not-ready" "1.0" => ProviderNotReady, "The provider is not ready after all.";
        "provider-no-show-recorded" "1.0" => ProviderNoShowRecorded, "A person recorded that the provider never came while the patient waited.";
        "held" "1.0" => Held, "A waiting patient was put on hold.";
        "returned-to-waiting" "1.0" => ReturnedToWaiting, "A patient who was on hold or roomed, or had just been admitted, is waiting again.";
        "message-sent" "1.0" => MessageSent, "Staff and the patient wrote to each other.";
        "message-read" "1.0" => MessageRead, "The other side read a message.";
        "message-withdrawn" "1.0" => MessageWithdrawn, "A message was taken back; it stays in the log, and is shown as withdrawn.";
        "estimate-told" "1.0" => EstimateTold, "The waiting patient was told how long this provider's patients waited, or that nothing is known.";
        "left-waiting-room" "1.0" => LeftWaitingRoom, "The patient went away without being seen. They may come back.";

        // File
        "file-attached" "1.0" => FileAttached, "A file is kept with the visit, sealed, outside of the log.";
        "file-removed" "1.0" => FileRemoved, "A file is shown to nobody any more; that it was there remains.";

        // Trouble
        "contact-attempted" "1.0" => ContactAttempted, "Somebody tried to reach the patient.";
        "modality-changed" "1.0" => ModalityChanged, "The visit is held by another modality from now on.";
        "technical-failure" "1.0" => TechnicalFailure, "Technology failed.";

        // Safety
        "callback-number-given" "1.0" => CallbackNumberGiven, "The patient gave the number at which they are reached during this visit.";
        "emergency-contact-recorded" "1.0" => EmergencyContactRecorded, "The patient was asked whom to call in an emergency.";
        "emergency-declared" "1.0" => EmergencyDeclared, "There is an emergency.";
        "emergency-closed" "1.0" => EmergencyClosed, "An emergency is over.";

        // People
        "interpreter-requested" "1.0" => InterpreterRequested, "The visit needs an interpreter.";
        "interpreter-assigned" "1.0" => InterpreterAssigned, "An interpreter was found.";
        "interpreter-joined" "1.0" => InterpreterJoined, "An interpreter is there and interprets from now on.";
        "interpreter-declined" "1.0" => InterpreterDeclined, "The patient does not want an interpreter.";
        "proxy-verified" "1.0" => ProxyVerified, "Staff made sure who acts for the patient, and that the patient's record names them.";
        "participant-invited" "1.0" => ParticipantInvited, "Somebody was invited to the visit, by a token that is good once.";
        "invitation-used" "1.0" => InvitationUsed, "Somebody came with an invitation, which is used up.";
        "invitation-revoked" "1.0" => InvitationRevoked, "An invitation was taken back.";
        "supervisor-named" "1.0" => SupervisorNamed, "The provider who treats works under the supervision of another one; the newest counts.";

        // Group
        "session-joined" "1.0" => SessionJoined, "The visit takes part in a group session.";
        "session-left" "1.0" => SessionLeft, "The visit takes part in the session no more.";

        // Call: admission
        "admitted" "1.0" => Admitted, "The provider took the patient in; identity, location and licence were in order, or an emergency overrode what was not.";

        // Consent
        "consent-given" "1.0" => ConsentGiven, "The patient consented, or a proxy for them.";
        "consent-declined" "1.0" => ConsentDeclined, "The patient, or a proxy for them, was asked and did not consent.";
        "consent-withdrawn" "1.0" => ConsentWithdrawn, "The patient took a consent back, or a proxy for them.";
        "recording-consent-recorded" "1.0" => RecordingConsentRecorded, "Somebody who is not the patient answered whether they may be recorded; the newest counts.";

        // Note
        "note-drafted" "1.0" => NoteDrafted, "A note was written; it replaces every earlier draft of the same note.";
        "note-signed" "1.0" => NoteSigned, "The provider signed the note: from here on it never changes.";
        "note-addended" "1.0" => NoteAddended, "Something was added to a signed note.";
        "note-corrected" "1.0" => NoteCorrected, "A signed note says something else from now on; what it said stays readable.";
        "note-entered-in-error" "1.0" => NoteEnteredInError, "A note should not have been written; it stays, marked as what it is.";
        "cosign-requested" "1.0" => CosignRequested, "Another provider was asked to cosign a note.";
        "cosigned" "1.0" => Cosigned, "Whoever was asked cosigned a note.";

        // Diagnosis
        "diagnosis-recorded" "1.0" => DiagnosisRecorded, "The provider found what the patient has; it stands on the visit's numbered list.";
        "diagnosis-removed" "1.0" => DiagnosisRemoved, "A diagnosis was taken off the list.";

        // Order
        "prescription-drafted" "1.0" => PrescriptionDrafted, "A prescription was written; it replaces every earlier draft of the same order. NOT SENT.";
        "lab-order-drafted" "1.0" => LabOrderDrafted, "A lab order was written; it replaces every earlier draft of the same order. NOT SENT.";
        "order-signed" "1.0" => OrderSigned, "The provider signed the order: from here on it never changes. Still NOT SENT.";
        "order-cancelled" "1.0" => OrderCancelled, "An order was taken back before it went out. NOT SENT.";
        "order-transmitted" "1.0" => OrderTransmitted, "Observed: an order was sent. Nothing records this yet.";
        "order-accepted" "1.0" => OrderAccepted, "Observed: whoever an order is for took it. Nothing records this yet.";
        "order-failed" "1.0" => OrderFailed, "Observed: an order could not be sent, or was turned down. Nothing records this yet.";
        "result-received" "1.0" => ResultReceived, "A result of a lab order was taken down by hand; nobody has reviewed it.";
        "result-reviewed" "1.0" => ResultReviewed, "A provider of the visit reviewed a result.";

        // Closing
        "ended" "1.0" => Ended, "The provider ended the visit.";

        // Charge
        "minutes-attested" "1.0" => MinutesAttested, "The provider attested how many minutes they spent; what the call shows stands beside it.";
        "charge-captured" "1.0" => ChargeCaptured, "What is to be charged for was recorded.";
        "charge-corrected" "1.0" => ChargeCorrected, "A charge was wrong; the one recorded next takes its place.";
        "charge-voided" "1.0" => ChargeVoided, "A charge was taken back.";
        "no-charge-recorded" "1.0" => NoChargeRecorded, "Nothing is charged for the visit; it is closed.";
        "billed" "1.0" => Billed, "The captured charges went out to be paid; the visit is closed.";

        // Call: presence
        "participant-joined" "1.0" => ParticipantJoined, "Observed: a participant connected.";
        "participant-left" "1.0" => ParticipantLeft, "Observed: a participant's connection ended. Leaving is not ending.";
    }
}
