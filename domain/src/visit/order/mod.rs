//! Orders of a visit as honest states: prescriptions and lab orders, drafted, signed, and sent once there is a way to send
//! them. Until then every order says NOT SENT.

mod cancelling;
mod command;
mod content;
mod controlled;
mod drafting;
mod event;
mod orders;
mod result;
mod signing;
mod terms;
mod transmission;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use content::{LabOrder, LabTest, OrderContent, Prescription, order_sha256};
pub use event::*;
pub use orders::{Order, OrderState, Orders};
pub use result::{LabResult, ResultState, Results};
pub use terms::*;
pub use transmission::Transmission;
