//! What can be ordered, why an order is taken back, and why one did not get where it should.

use crate::visit::declare::{sealed_terms, terms};

terms! {
    /// What kind of order.
    OrderKind {
        /// A medication.
        Prescription,
        /// Tests in a laboratory.
        LabOrder,
    }

    /// Why an order is cancelled.
    OrderCancelReason {
        /// It should never have been written.
        EnteredInError,
        /// Another order takes its place.
        Replaced,
        /// The patient does not want it.
        PatientDeclined,
        /// It is not needed any more.
        NoLongerNeeded,
    }

    /// Where an order failed.
    FailureStage {
        /// It was never sent.
        BeforeSending,
        /// It was sent, and turned down.
        AfterSending,
    }

    /// Why an order failed.
    OrderFailure {
        /// Nobody answered where it was to be sent.
        Unreachable,
        /// It was turned down by whoever it was for.
        Rejected,
        /// It could not be put into the form that is asked for.
        NotUnderstood,
        /// The pharmacy or laboratory is not known there.
        UnknownRecipient,
    }
}

sealed_terms! {
    /// How soon a test is needed.
    LabPriority {
        /// In its turn.
        Routine,
        /// At once.
        Stat,
    }
}
