//! Orders drafted, signed and cancelled; results received and reviewed; and what will be told of their way once there is a transmitter. Nothing here can
//! say that an order was sent: `order-transmitted`, `order-accepted` and `order-failed` have no command.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    FailureStage, LabOrder, LabResult, OrderCancelReason, OrderFailure, OrderKind, Prescription, ResultAction,
    ResultEntry, ResultSource,
};
use crate::law::{Because, PrescribedBy};
use crate::visit::declare::payloads;
use crate::{Code, OrderId, Phi, ProviderId, ResultId, Role, Sha256Hex, Text};

payloads! {
    /// A prescription was written; it replaces every earlier draft of the same order. NOT SENT.
    PrescriptionDrafted {
        /// Which order.
        order_id: OrderId,
        /// What it says.
        prescription: Phi<Prescription>,
        /// Which of the visit's diagnoses it is for.
        diagnosis_pointers: Vec<u8>,
        /// Random bytes in hexadecimal that go into the hash, so that it cannot be guessed once the content is erased.
        salt: Phi<String>,
        /// SHA-256 over `daybook/order/v1\n\0`, salt and the order as canonical JSON.
        content_sha256: Sha256Hex,
        /// Who wrote it.
        author_id: ProviderId,
    }

    /// A lab order was written; it replaces every earlier draft of the same order. NOT SENT.
    LabOrderDrafted {
        /// Which order.
        order_id: OrderId,
        /// What it says.
        lab_order: Phi<LabOrder>,
        /// Which of the visit's diagnoses it is for.
        diagnosis_pointers: Vec<u8>,
        /// Random bytes in hexadecimal that go into the hash.
        salt: Phi<String>,
        /// SHA-256 over `daybook/order/v1\n\0`, salt and the order as canonical JSON.
        content_sha256: Sha256Hex,
        /// Who wrote it.
        author_id: ProviderId,
    }

    /// An order was signed: from here on it never changes. Still NOT SENT. Of a controlled substance this is no signature in
    /// the sense of 21 CFR 1311: that one belongs to whoever transmits.
    OrderSigned {
        /// Which order.
        order_id: OrderId,
        /// What kind.
        kind: OrderKind,
        /// Who signed.
        signer_id: ProviderId,
        /// The hash of what was signed.
        content_sha256: Sha256Hex,
        /// The clinic's log position that was rendered to the signer.
        rendered_at_position: u64,
        /// The day, by the clinic's calendar.
        on: NaiveDate,
        /// On which ground a controlled substance may be prescribed; sealed, because it tells that it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ground: Option<Phi<PrescribedBy>>,
        /// Whether the signer said to have examined the patient in person before; asked of a controlled substance.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        examined_in_person: Option<Phi<bool>>,
        /// The rules that was judged by, with what they said then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rules: Option<Phi<Vec<Because>>>,
    }

    /// An order was taken back before it went out. NOT SENT.
    OrderCancelled {
        /// Which order.
        order_id: OrderId,
        /// Why.
        reason: OrderCancelReason,
        /// More about why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
        /// Who took it back.
        provider_id: ProviderId,
    }

    /// Observed: an order was sent.
    OrderTransmitted {
        /// Which order.
        order_id: OrderId,
        /// Through what.
        transmitter: Code,
        /// What it is called there.
        reference: Phi<Text<100>>,
        /// When it was seen to go.
        observed_at: DateTime<Utc>,
    }

    /// Observed: whoever an order is for took it.
    OrderAccepted {
        /// Which order.
        order_id: OrderId,
        /// What it is called there.
        reference: Phi<Text<100>>,
        /// When it was seen.
        observed_at: DateTime<Utc>,
    }

    /// Observed: an order could not be sent, or was turned down.
    OrderFailed {
        /// Which order.
        order_id: OrderId,
        /// Whether it ever went out.
        stage: FailureStage,
        /// Why.
        failure: OrderFailure,
        /// More about why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
        /// When it was seen.
        observed_at: DateTime<Utc>,
    }

    /// A result of a lab order was taken down.
    ResultReceived {
        /// The result.
        result_id: ResultId,
        /// Of which order.
        order_id: OrderId,
        /// What it stood on.
        source: ResultSource,
        /// How it came into the record.
        entered: ResultEntry,
        /// What it says.
        result: Phi<LabResult>,
        /// In which role it was entered.
        received_by: Role,
    }

    /// A provider reviewed a result.
    ResultReviewed {
        /// The result.
        result_id: ResultId,
        /// Of which order.
        order_id: OrderId,
        /// Who.
        reviewer_id: ProviderId,
        /// What follows from it.
        action: Phi<ResultAction>,
        /// More about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<2000>>>,
    }
}
