//! Why a patient waits on hold, and the words of messages.

use crate::visit::declare::terms;

terms! {
    /// Why a waiting patient is put on hold.
    HoldReason {
        /// The provider has an emergency.
        ProviderEmergency,
        /// An interpreter is awaited.
        Interpreter,
        /// Papers or insurance are being sorted out.
        Paperwork,
        /// Picture or sound do not work.
        Technical,
        /// The patient asked for it.
        PatientRequest,
        /// Something else.
        Other,
    }

    /// Why a message is taken back.
    WithdrawalReason {
        /// It was meant for somebody else.
        WrongPerson,
        /// What it says is wrong.
        WrongContent,
        /// It does not belong into the record.
        Inappropriate,
        /// Something else.
        Other,
    }

    /// Which side a message comes from.
    MessageFrom {
        /// The patient.
        Patient,
        /// The front desk or the provider.
        Staff,
    }

    /// A message that is sent by its name: it says nothing about anybody's health.
    CannedMessage {
        /// You are next.
        NextInLine,
        /// It takes a little longer; please stay.
        PleaseStay,
        /// Please check your camera and microphone.
        CheckDevice,
        /// Please call the front desk.
        CallFrontDesk,
        /// We will be right with you.
        RightWithYou,
        /// I am here.
        Here,
        /// I have to step away for a moment.
        SteppedAway,
    }
}
