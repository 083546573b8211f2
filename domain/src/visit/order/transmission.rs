//! Whether an order went out. Told from its states alone, so that no view can forget to say it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FailureStage;
use crate::visit::Event;

/// Whether an order reached whoever it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Transmission {
    /// Nobody but this clinic knows of it.
    #[serde(rename = "NOT SENT")]
    NotSent,
    /// It went out and nobody has answered yet.
    #[serde(rename = "SENT")]
    Sent,
    /// Whoever it is for took it.
    #[serde(rename = "ACCEPTED")]
    Accepted,
    /// It went out and was turned down.
    #[serde(rename = "REFUSED")]
    Refused,
}

impl Transmission {
    /// The words every view says.
    pub fn words(self) -> &'static str {
        match self {
            Transmission::NotSent => "NOT SENT",
            Transmission::Sent => "SENT",
            Transmission::Accepted => "ACCEPTED",
            Transmission::Refused => "REFUSED",
        }
    }

    /// How an order stands after this event; `None` for an event that is not of an order.
    pub fn after(event: &Event) -> Option<Self> {
        Some(match event {
            Event::PrescriptionDrafted(_)
            | Event::LabOrderDrafted(_)
            | Event::OrderSigned(_)
            | Event::OrderCancelled(_) => Transmission::NotSent,
            Event::OrderTransmitted(_) => Transmission::Sent,
            Event::OrderAccepted(_) => Transmission::Accepted,
            Event::OrderFailed(failed) => match failed.stage {
                FailureStage::BeforeSending => Transmission::NotSent,
                FailureStage::AfterSending => Transmission::Refused,
            },
            _ => return None,
        })
    }
}

impl std::fmt::Display for Transmission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words())
    }
}
