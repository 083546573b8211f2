//! Telling people things: the port, and the reactor that reminds patients of their visits. There is one form of the port so
//! far, and it says that nothing is connected.

mod reactor;

use daybook_domain::visit::{NotSentReason, Reminder};
use daybook_domain::{ClinicId, PatientId, VisitId};

pub use reactor::{ReactorError, Reminding};

/// What somebody is to be told. It holds nothing but ids and times: whoever sends it looks up the patient's number through
/// the door to PHI, on the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The clinic.
    pub clinic: ClinicId,
    /// The visit it is about.
    pub visit: VisitId,
    /// Whom it is for.
    pub patient: PatientId,
    /// The reminder.
    pub reminder: Reminder,
}

/// What became of a notification that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not sent, and will not be.
    NotSent(NotSentReason),
}

/// Something that sends. A form that does send gets an outcome of its own, and an event to say so, when there is one.
pub trait Notifier: Send + Sync {
    /// Takes a notification. It may be handed the same one again after a crash, and knows it by visit, kind and start.
    fn notify(&self, notification: &Notification) -> Outcome;
}

/// No service is connected: nothing is sent, and the log says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct NotConnected;

impl Notifier for NotConnected {
    fn notify(&self, _: &Notification) -> Outcome {
        Outcome::NotSent(NotSentReason::NoNotifier)
    }
}
