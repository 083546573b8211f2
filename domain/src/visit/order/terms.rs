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

terms! {
    /// What a result stood on.
    ResultSource {
        /// A paper, or a fax.
        Paper,
        /// The laboratory's own pages.
        Portal,
        /// It was read out on the telephone.
        Phone,
    }

    /// How a result came into the record.
    ResultEntry {
        /// Somebody read it and typed it. There is no connection to a laboratory, and this is the only way.
        ByHand,
    }
}

sealed_terms! {
    /// What follows from a result.
    ResultAction {
        /// Nothing.
        NoAction,
        /// The patient is told.
        InformPatient,
        /// It is measured again.
        Repeat,
        /// Treatment begins or changes.
        ChangeTreatment,
        /// The patient is seen again.
        FollowUp,
        /// Somebody else sees the patient.
        Refer,
    }

    /// How soon a test is needed.
    LabPriority {
        /// In its turn.
        Routine,
        /// At once.
        Stat,
    }
}
