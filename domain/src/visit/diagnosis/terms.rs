//! Why a diagnosis is taken off the list.

use crate::visit::declare::terms;

terms! {
    /// Why a diagnosis is removed.
    DiagnosisRemovalReason {
        /// It should never have been recorded.
        EnteredInError,
        /// It was looked into and ruled out.
        RuledOut,
        /// A more exact one takes its place.
        Refined,
        /// It stands on the list twice.
        Duplicate,
    }
}
