//! The orders of a visit, each its own machine: drafted, signed, then cancelled, or transmitted and accepted or failed.

use std::collections::BTreeMap;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::{OrderKind, Transmission};
use crate::visit::Event;
use crate::{OrderId, ProviderId, Sha256Hex};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderState {
    /// May still be written anew.
    Drafted,
    /// Signed: never changes again.
    Signed,
    /// Taken back before it went out.
    Cancelled,
    /// Sent.
    Transmitted,
    /// Taken by whoever it is for.
    Accepted,
    /// It could not be sent, or was turned down.
    Failed,
}

impl OrderState {
    /// The state's name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            OrderState::Drafted => "drafted",
            OrderState::Signed => "signed",
            OrderState::Cancelled => "cancelled",
            OrderState::Transmitted => "transmitted",
            OrderState::Accepted => "accepted",
            OrderState::Failed => "failed",
        }
    }
}

/// One order, without what it says. Wherever it is written down it says whether it went out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Order {
    /// What kind.
    pub kind: OrderKind,
    /// Where it stands.
    pub state: OrderState,
    /// The hash of its latest draft, which is what was signed once it is signed.
    pub content_sha256: Sha256Hex,
    /// Which of the visit's diagnoses it is for.
    pub diagnosis_pointers: Vec<u8>,
    /// Who signed it.
    pub signer: Option<ProviderId>,
    transmission: Transmission,
}

impl Order {
    /// Whether it went out.
    pub fn transmission(&self) -> Transmission {
        self.transmission
    }

    /// Whether it is still here and still meant to be carried out.
    pub fn is_open(&self) -> bool {
        matches!(self.state, OrderState::Drafted | OrderState::Signed)
    }
}

/// By hand, so that adding a field cannot lose the one that must never be missing.
impl Serialize for Order {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { kind, state, content_sha256, diagnosis_pointers, signer, transmission } = self;
        let mut order = serializer.serialize_struct("Order", 6)?;
        order.serialize_field("transmission", transmission)?;
        order.serialize_field("kind", kind)?;
        order.serialize_field("state", state)?;
        order.serialize_field("content_sha256", content_sha256)?;
        order.serialize_field("diagnosis_pointers", diagnosis_pointers)?;
        order.serialize_field("signer", signer)?;
        order.end()
    }
}

/// The orders of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orders(BTreeMap<OrderId, Order>);

impl Orders {
    /// One order.
    pub fn get(&self, id: OrderId) -> Option<&Order> {
        self.0.get(&id)
    }

    /// Every order.
    pub fn iter(&self) -> impl Iterator<Item = (OrderId, &Order)> {
        self.0.iter().map(|(id, order)| (*id, order))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Puts an order back that was kept elsewhere.
    pub fn restore(&mut self, id: OrderId, order: Order) {
        self.0.insert(id, order);
    }

    /// Takes an event in; one that is not of an order changes nothing.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::PrescriptionDrafted(drafted) => self.draft(
                drafted.order_id,
                OrderKind::Prescription,
                &drafted.content_sha256,
                &drafted.diagnosis_pointers,
            ),
            Event::LabOrderDrafted(drafted) => {
                self.draft(drafted.order_id, OrderKind::LabOrder, &drafted.content_sha256, &drafted.diagnosis_pointers)
            }
            Event::OrderSigned(signed) => {
                if let Some(order) = self.0.get_mut(&signed.order_id) {
                    (order.state, order.signer) = (OrderState::Signed, Some(signed.signer_id));
                }
            }
            Event::OrderCancelled(cancelled) => self.becomes(cancelled.order_id, OrderState::Cancelled, event),
            Event::OrderTransmitted(sent) => self.becomes(sent.order_id, OrderState::Transmitted, event),
            Event::OrderAccepted(accepted) => self.becomes(accepted.order_id, OrderState::Accepted, event),
            Event::OrderFailed(failed) => self.becomes(failed.order_id, OrderState::Failed, event),
            _ => {}
        }
    }

    fn draft(&mut self, id: OrderId, kind: OrderKind, content_sha256: &Sha256Hex, diagnosis_pointers: &[u8]) {
        let order = Order {
            kind,
            state: OrderState::Drafted,
            content_sha256: content_sha256.clone(),
            diagnosis_pointers: diagnosis_pointers.to_vec(),
            signer: None,
            transmission: Transmission::NotSent,
        };
        self.0.insert(id, order);
    }

    fn becomes(&mut self, id: OrderId, state: OrderState, event: &Event) {
        if let Some(order) = self.0.get_mut(&id) {
            order.state = state;
            order.transmission = Transmission::after(event).unwrap_or(order.transmission);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::id;
    use crate::visit::FailureStage;
    use crate::visit::example::{PRESCRIPTION, events::*};

    fn after(events: &[Event]) -> (OrderState, &'static str) {
        let mut orders = Orders::default();
        events.iter().for_each(|event| orders.apply(event));
        let order = orders.get(id(PRESCRIPTION)).unwrap();
        let written = serde_json::to_value(order).unwrap();
        assert_eq!(written["transmission"], order.transmission().words(), "wherever it is written it says so");
        assert_eq!(serde_json::from_value::<Order>(written).unwrap(), *order);
        (order.state, order.transmission().words())
    }

    #[test]
    fn an_order_that_was_not_transmitted_says_not_sent_whatever_became_of_it() {
        let (drafted, signed) = (prescription_drafted(), order_signed());
        assert_eq!(after(std::slice::from_ref(&drafted)), (OrderState::Drafted, "NOT SENT"));
        assert_eq!(after(&[drafted.clone(), signed.clone()]), (OrderState::Signed, "NOT SENT"));
        assert_eq!(after(&[drafted.clone(), order_cancelled()]), (OrderState::Cancelled, "NOT SENT"));
        let never_left = order_failed(FailureStage::BeforeSending);
        assert_eq!(after(&[drafted.clone(), signed.clone(), never_left]), (OrderState::Failed, "NOT SENT"));
        assert_eq!(after(&[drafted, signed, prescription_drafted()]), (OrderState::Drafted, "NOT SENT"));
    }

    #[test]
    fn only_a_transmission_that_happened_says_anything_else() {
        let sent = [prescription_drafted(), order_signed(), order_transmitted()];
        assert_eq!(after(&sent), (OrderState::Transmitted, "SENT"));
        let then = |event| [sent.as_slice(), &[event]].concat();
        assert_eq!(after(&then(order_accepted())), (OrderState::Accepted, "ACCEPTED"));
        assert_eq!(after(&then(order_failed(FailureStage::AfterSending))), (OrderState::Failed, "REFUSED"));
    }
}
