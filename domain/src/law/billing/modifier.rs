//! Modifiers of a procedure code: their shape, and what those of telehealth say about how the visit was held.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{Delivery, PayerClass};
use crate::ShapeError;
use crate::law::book::Effect;

/// A modifier: two capital letters or digits, such as `95`. It may tell what was done and for whom, so events seal it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Modifier([u8; 2]);

impl Modifier {
    /// The two characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

impl TryFrom<&str> for Modifier {
    type Error = ShapeError;

    fn try_from(text: &str) -> Result<Self, ShapeError> {
        match text.as_bytes() {
            [a, b] if [a, b].iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) => Ok(Self([*a, *b])),
            _ => Err(ShapeError { expected: "a modifier of two capital letters or digits such as 95" }),
        }
    }
}

impl TryFrom<String> for Modifier {
    type Error = ShapeError;

    fn try_from(text: String) -> Result<Self, ShapeError> {
        Self::try_from(text.as_str())
    }
}

impl From<Modifier> for String {
    fn from(modifier: Modifier) -> String {
        modifier.as_str().to_owned()
    }
}

impl std::fmt::Debug for Modifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

impl std::fmt::Display for Modifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl JsonSchema for Modifier {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Modifier".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9A-Z]{2}$" })
    }
}

/// What a modifier says about how a visit was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::law) enum Says {
    AudioVideo,
    AudioOnly,
    /// Not at the same time at all: stored and forwarded. No visit is.
    Asynchronous,
    /// Nothing of the kind.
    EitherWay,
}

impl Says {
    pub fn agrees_with(self, delivery: Delivery) -> bool {
        match self {
            Says::EitherWay => true,
            Says::Asynchronous => false,
            Says::AudioVideo => delivery == Delivery::AudioVideo,
            Says::AudioOnly => delivery == Delivery::AudioOnly,
        }
    }
}

/// A row: a modifier of telehealth.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::law) struct ModifierRule {
    modifier: Modifier,
    pub held: Says,
    /// Payers that do not take it on a professional claim.
    pub not_for: Vec<PayerClass>,
}

impl Effect for ModifierRule {
    const KIND: &'static str = "billing-modifier";
    const MATTER: &'static str = "telehealth modifiers";
    type Subject = Modifier;

    fn subjects(&self) -> Vec<Modifier> {
        vec![self.modifier]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modifier_is_two_capital_letters_or_digits_and_does_not_show_itself() {
        for right in ["95", "GT", "G0"] {
            assert_eq!(Modifier::try_from(right).unwrap().as_str(), right);
        }
        for wrong in ["", "9", "gt", "950", "9 ", "é"] {
            assert!(Modifier::try_from(wrong).is_err(), "{wrong}");
        }
        assert_eq!(format!("{:?}", Modifier::try_from("HF").unwrap()), "(hidden)");
    }
}
