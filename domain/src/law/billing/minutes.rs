//! How many minutes a code that is chosen by time takes.

use serde::Deserialize;

use super::code::ThisCode;
use crate::ProcedureCode;
use crate::law::book::Effect;

/// A row: the minutes of some codes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::law) struct Minutes {
    codes: Vec<ProcedureCode>,
    pub least: u16,
    /// None: as many as there are.
    pub most: Option<u16>,
}

impl Effect for Minutes {
    const KIND: &'static str = "billing-minutes";
    const MATTER: &'static str = "the minutes of a procedure code";
    type Subject = ThisCode;

    fn subjects(&self) -> Vec<ThisCode> {
        self.codes.iter().cloned().map(ThisCode).collect()
    }

    fn flaw(&self) -> Option<&'static str> {
        self.most.is_some_and(|most| most < self.least).then_some("asks for more minutes than it allows")
    }
}
