//! Who pays, and what they do not pay for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ProcedureCode;
use crate::law::book::Effect;

/// Class of payer: what billing rules turn on. It tells about a person's life, so events seal it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PayerClass {
    /// Medicare, part B.
    Medicare,
    /// A state's Medicaid.
    Medicaid,
    /// Private insurance.
    Commercial,
    /// The patient.
    SelfPay,
    /// Any other.
    Other,
}

/// A row: whether a payer pays for some codes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::law) struct Payable {
    payer: PayerClass,
    codes: Vec<ProcedureCode>,
    pub payable: bool,
    /// What would be right, where it is not.
    pub instead: Option<String>,
}

/// A code put to a payer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::law) struct CodeFor(pub PayerClass, pub ProcedureCode);

impl std::fmt::Display for CodeFor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("this procedure code and payer")
    }
}

impl Effect for Payable {
    const KIND: &'static str = "billing-payable";
    const MATTER: &'static str = "what a payer pays for";
    type Subject = CodeFor;

    fn subjects(&self) -> Vec<CodeFor> {
        self.codes.iter().map(|code| CodeFor(self.payer, code.clone())).collect()
    }

    fn flaw(&self) -> Option<&'static str> {
        (!self.payable && self.instead.is_none()).then_some("says what is wrong and not what would be right")
    }
}
