//! Write an order, sign it, take it back; take a result down and review it. There is none to send one: nothing here transmits.

use chrono::NaiveDate;

use super::{LabOrder, LabResult, OrderCancelReason, OrderContent, Prescription, ResultAction, ResultSource};
use crate::law::Reliance;
use crate::visit::declare::commands;
use crate::{OrderId, Private, ResultId, Sha256Hex, Text};

commands! {
    /// Write a prescription, or write a draft anew. Each draft replaces the one before. NOT SENT.
    DraftPrescription {
        /// The draft to write anew; absent for a new order.
        order_id: Option<OrderId>,
        /// What it says.
        prescription: Prescription,
        /// Which of the visit's diagnoses it is for, by number; at most 4. Needed for signing.
        #[serde(default)]
        diagnosis_pointers: Vec<u8>,
    }

    /// Write a lab order, or write a draft anew. Each draft replaces the one before. NOT SENT.
    DraftLabOrder {
        /// The draft to write anew; absent for a new order.
        order_id: Option<OrderId>,
        /// What it says.
        lab_order: LabOrder,
        /// Which of the visit's diagnoses it is for, by number; at most 4.
        #[serde(default)]
        diagnosis_pointers: Vec<u8>,
    }

    /// Sign the latest draft of an order. It stays NOT SENT.
    SignOrder {
        /// Which order.
        order_id: OrderId,
        /// The hash of the draft the signer was shown.
        content_sha256: Sha256Hex,
        /// The clinic's log position that was rendered to the signer.
        rendered_at_position: u64,
        /// Whether the signer examined the patient in person before. Needed for a controlled substance.
        examined_in_person: Option<Private<bool>>,
    }

    /// Take back an order that has not gone out.
    CancelOrder {
        /// Which order.
        order_id: OrderId,
        /// Why.
        reason: OrderCancelReason,
        /// More about why.
        details: Option<Text<500>>,
    }

    /// Take down a result of a lab order, as a paper, a page of the laboratory's or a voice on the telephone has it.
    ReceiveResult {
        /// Of which order.
        order_id: OrderId,
        /// What it stands on.
        source: ResultSource,
        /// What it says.
        result: LabResult,
    }

    /// A provider of the visit has read a result and says what follows from it.
    ReviewResult {
        /// Which result.
        result_id: ResultId,
        /// What follows.
        action: ResultAction,
        /// More about it.
        details: Option<Text<2000>>,
    }
}

/// Fresh values for a draft of an order.
#[derive(Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The id a new order gets; not used when a draft is written anew.
    pub order_id: OrderId,
    /// 32 random bytes, fresh for every draft.
    pub salt: [u8; 32],
}

/// A fresh value for a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewResult {
    /// The id it gets.
    pub result_id: ResultId,
}

/// Without the salt: it is what keeps an order's hash from being guessed.
impl std::fmt::Debug for NewOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewOrder").field("order_id", &self.order_id).finish_non_exhaustive()
    }
}

/// What signing an order needs besides what the signer says.
#[derive(Clone, PartialEq, Eq)]
pub struct SignOrderFacts {
    /// What the latest draft says and the salt of its hash, opened for the signer; `None` where it cannot be opened. The rule
    /// does not take it on trust: it has to have the hash that is signed.
    pub draft: Option<(OrderContent, [u8; 32])>,
    /// Log position of that draft.
    pub drafted_at: u64,
    /// Log position of the newest event of the clinic.
    pub newest: u64,
    /// The clinic's calendar day.
    pub on: NaiveDate,
    /// On which rules the clinic may rely.
    pub reliance: Reliance,
}

/// Without the salt, as for [`NewOrder`].
impl std::fmt::Debug for SignOrderFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignOrderFacts").field("on", &self.on).finish_non_exhaustive()
    }
}
