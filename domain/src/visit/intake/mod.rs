//! What can be done before the visit, days ahead too: the patient tells what a provider needs to know, and tries out camera,
//! microphone, speaker and network.

mod command;
mod devices;
mod event;
mod intake_form;
mod terms;
mod vital;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use devices::DeviceCheck;
pub use event::*;
pub use terms::*;
pub use vital::{Reading, ReportedVital, VitalKind, VitalUnit};
