//! `Verbatim`: what another system wrote, byte for byte. Nothing is trimmed or refused but its size, because a copy that
//! was tidied is not what was imported. It never shows itself in a log line.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A text of at most `MAX` bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Verbatim<const MAX: usize>(String);

/// More than the field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the content has more than {max} bytes")]
pub struct TooLong {
    /// How many it may have.
    pub max: usize,
}

impl<const MAX: usize> Verbatim<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Verbatim<MAX> {
    type Error = TooLong;

    fn try_from(text: String) -> Result<Self, TooLong> {
        if text.len() > MAX { Err(TooLong { max: MAX }) } else { Ok(Self(text)) }
    }
}

impl<const MAX: usize> From<Verbatim<MAX>> for String {
    fn from(text: Verbatim<MAX>) -> String {
        text.0
    }
}

impl<const MAX: usize> std::fmt::Debug for Verbatim<MAX> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Verbatim({} bytes)", self.0.len())
    }
}

impl<const MAX: usize> JsonSchema for Verbatim<MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Verbatim{MAX}").into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": MAX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_stays_as_it_was_written_up_to_the_bound() {
        let text = " \u{202e}{\"a\": 1.50}\u{7} ".to_owned();
        assert_eq!(Verbatim::<40>::try_from(text.clone()).unwrap().as_str(), text);
        assert_eq!(Verbatim::<4>::try_from("fever".to_owned()), Err(TooLong { max: 4 }));
        assert_eq!(format!("{:?}", Verbatim::<9>::try_from("fever".to_owned())), "Ok(Verbatim(5 bytes))");
    }
}
