//! What can be asked of a visit: the list of its commands, which stand with their families. Each holds only what the
//! caller says; what has to be looked up, and new ids and salts, are handed in beside it as facts. The visit's own id
//! is the stream's.

use super::{
    arrival::*, call::*, charge::*, closing::*, consent::*, demand::*, diagnosis::*, file::*, group::*, intake::*,
    lateness::*, note::*, order::*, people::*, reminder::*, safety::*, scheduling::*, trouble::*, waiting::*,
};

/// Lists the commands. Each line is `"name" => Command;` or `"name" => Command(Facts, …);`, by the type that its family
/// declares.
macro_rules! list {
    ($(#[$doc:meta])* pub enum $list:ident { $($name:literal => $command:ident $(($($facts:ident),+))?;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $list { $(
            #[doc = concat!("[`", stringify!($command), "`].")]
            $command($command $($(, $facts)+)?),
        )+ }

        impl $list {
            /// The command's name, kebab-case, as in the API's paths.
            pub fn name(&self) -> &'static str {
                match self { $($list::$command(..) => $name,)+ }
            }

            /// The name of every command.
            pub const NAMES: &'static [&'static str] = &[$($name),+];
        }
    };
}

list! {
    /// Everything that can be asked of a visit, with the facts looked up for it.
    pub enum Command {
        // Scheduling
        "schedule" => Schedule(ScheduleFacts);
        "request" => RequestVisit(RequestFacts);
        "claim" => Claim(ClaimFacts);
        "decline-request" => DeclineRequest;
        "expire-request" => ExpireRequest;
        "reschedule" => Reschedule(When);
        "hand-over" => HandOver(HandOverFacts);
        "cancel" => Cancel;
        "record-no-show" => RecordNoShow(NoShowFacts);
        "reverse-no-show" => ReverseNoShow;
        "record-late-arrival" => RecordLateArrival(LateFacts);
        "reverse-late-arrival" => ReverseLateArrival;

        // Reminder
        "intend-reminder" => IntendReminder(ReminderFacts);
        "record-reminder-not-sent" => RecordReminderNotSent;

        // Arrival
        "arrive" => Arrive;
        "verify-identity" => VerifyIdentity;
        "attest-location" => AttestLocation(AdmitFacts);
        "check-in" => CheckIn;
        "room" => Room;
        "confirm-identity" => ConfirmIdentity;
        "doubt-identity" => DoubtIdentity;

        // Intake
        "record-intake" => RecordIntake;
        "record-device-check" => RecordDeviceCheck;

        // Waiting
        "report-provider-delay" => ReportProviderDelay;
        "report-provider-ready" => ReportProviderReady;
        "report-provider-not-ready" => ReportProviderNotReady;
        "record-provider-no-show" => RecordProviderNoShow(NoShowFacts);
        "hold" => Hold;
        "return-to-waiting" => ReturnToWaiting;
        "send-message" => SendMessage(NewMessage);
        "read-message" => ReadMessage;
        "withdraw-message" => WithdrawMessage;
        "tell-estimate" => TellEstimate(ToldFacts);
        "leave-waiting-room" => LeaveWaitingRoom;

        // File
        "attach-file" => AttachFile(StoredFile);
        "remove-file" => RemoveFile;

        // Trouble
        "record-contact-attempt" => RecordContactAttempt;
        "change-modality" => ChangeModality;
        "report-technical-failure" => ReportTechnicalFailure;

        // Safety
        "give-callback-number" => GiveCallbackNumber;
        "record-emergency-contact" => RecordEmergencyContact;
        "declare-emergency" => DeclareEmergency(NewEmergency);
        "close-emergency" => CloseEmergency;

        // People
        "request-interpreter" => RequestInterpreter;
        "assign-interpreter" => AssignInterpreter(NewParticipant);
        "record-interpreter-joined" => RecordInterpreterJoined;
        "decline-interpreter" => DeclineInterpreter;
        "verify-proxy" => VerifyProxy(ProxyFacts, NewParticipant);
        "invite-participant" => InviteParticipant(NewInvitation);
        "revoke-invitation" => RevokeInvitation;
        "use-invitation" => UseInvitation;
        "name-supervisor" => NameSupervisor(SupervisorFacts);

        // Group
        "join-session" => JoinSession;
        "leave-session" => LeaveSession;

        // Call: admission
        "admit" => Admit(AdmitFacts);

        // Consent
        "give-consent" => GiveConsent(ConsentFacts);
        "decline-consent" => DeclineConsent;
        "withdraw-consent" => WithdrawConsent;
        "record-proxy-consent" => RecordProxyConsent(ProxyFacts);
        "withdraw-proxy-consent" => WithdrawProxyConsent(ProxyFacts);
        "record-recording-consent" => RecordRecordingConsent;

        // Note
        "draft-note" => DraftNote(NewNote);
        "sign-note" => SignNote(SignatureFacts);
        "addend-note" => AddendNote(NewAddendum);
        "correct-note" => CorrectNote(CorrectionFacts);
        "enter-note-in-error" => EnterNoteInError;
        "request-cosign" => RequestCosign(CosignerFacts);
        "cosign-note" => CosignNote(SignatureFacts);

        // Diagnosis
        "record-diagnosis" => RecordDiagnosis;
        "remove-diagnosis" => RemoveDiagnosis;

        // Order
        "draft-prescription" => DraftPrescription(NewOrder);
        "draft-lab-order" => DraftLabOrder(NewOrder);
        "sign-order" => SignOrder(SignOrderFacts);
        "cancel-order" => CancelOrder;
        "receive-result" => ReceiveResult(NewResult);
        "review-result" => ReviewResult;

        // Closing
        "end" => End;

        // Charge
        "attest-minutes" => AttestMinutes(CallEvidence);
        "capture-charge" => CaptureCharge(ChargeFacts);
        "correct-charge" => CorrectCharge(ChargeFacts);
        "void-charge" => VoidCharge;
        "record-no-charge" => RecordNoCharge;
        "bill" => Bill;

        // Call: presence
        "observe-join" => ObserveJoin;
        "observe-leave" => ObserveLeave;
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
            for phi in [
                "Sore",
                "Lake Street",
                "99213",
                "J02",
                "Rest",
                "Feels",
                "Hmong",
                "Culture",
                "at work",
                "608 555",
                "608555",
                "ChestPain",
                "outcome: HandedOver",
            ] {
                assert!(!shown.contains(phi), "{shown}");
            }
        }
    }
}
