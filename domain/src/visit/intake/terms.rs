//! How a device check came out, and what a patient answers about medications and allergies.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Text;
use crate::visit::declare::{sealed_terms, terms};

terms! {
    /// How the check of one device came out.
    CheckResult {
        /// It works.
        Pass,
        /// It does not.
        Fail,
        /// It was not tried.
        Skipped,
    }
}

sealed_terms! {
    /// What the patient answers when asked what they take, or are allergic to.
    ReviewAnswer {
        /// Nothing that they know of.
        NoneKnown,
        /// What is listed.
        Listed,
        /// They cannot say.
        Unable,
    }
}

/// An answer with what it lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The answer.
    pub answer: ReviewAnswer,
    /// What is listed, in the patient's words; nothing unless the answer is that something is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Text<200>>,
}
