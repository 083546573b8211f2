//! `Text<MAX>`: text a person wrote, checked once where it enters. It never shows itself in a log line: its `Debug`
//! tells only how long it is. The bounds of a stored field may be widened later, never narrowed: old events are read through them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Trimmed, not empty, at most `MAX` characters, without control or direction-changing characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

/// What is wrong with a text. Names the problem and never quotes the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("the text is empty")]
    Empty,
    /// More characters than the field holds.
    #[error("the text has more than {max} characters")]
    TooLong {
        /// How many it may have.
        max: usize,
    },
    /// NUL or another control character.
    #[error("the text contains a control character; only line breaks and tabs are allowed")]
    Control,
    /// A character that changes the direction of the text around it, so that it reads differently from what is stored.
    #[error("the text contains an invisible character that changes the direction of writing")]
    Direction,
}

impl<const MAX: usize> Text<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<&str> for Text<MAX> {
    type Error = TextError;

    fn try_from(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.chars().any(is_forbidden_control) {
            return Err(TextError::Control);
        }
        if text.chars().any(changes_direction) {
            return Err(TextError::Direction);
        }
        if text.chars().count() > MAX {
            return Err(TextError::TooLong { max: MAX });
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        Self::try_from(text.as_str())
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> String {
        text.0
    }
}

fn is_forbidden_control(character: char) -> bool {
    character.is_control() && character != '\n' && character != '\t'
}

fn changes_direction(character: char) -> bool {
    matches!(character, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

impl<const MAX: usize> std::fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Text({} characters)", self.0.chars().count())
    }
}

impl<const MAX: usize> JsonSchema for Text<MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Text{MAX}").into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> TextError {
        Text::<10>::try_from(text).unwrap_err()
    }

    #[test]
    fn surrounding_white_space_goes_and_the_rest_stays() {
        assert_eq!(Text::<10>::try_from("  a\n\tb ").unwrap().as_str(), "a\n\tb");
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(Text::<10>::try_from("äöüßäöüßäö").is_ok());
        assert_eq!(problem("12345678901"), TextError::TooLong { max: 10 });
    }

    #[test]
    fn empty_control_and_direction_characters_are_refused() {
        assert_eq!(problem(" \n "), TextError::Empty);
        assert_eq!(problem("a\0b"), TextError::Control);
        assert_eq!(problem("a\u{1b}[31m"), TextError::Control);
        for character in ['\u{202E}', '\u{2066}', '\u{200F}', '\u{061C}'] {
            assert_eq!(problem(&format!("a{character}b")), TextError::Direction);
        }
    }

    #[test]
    fn neither_debug_nor_an_error_quotes_the_text() {
        assert_eq!(format!("{:?}", Text::<10>::try_from("fever").unwrap()), "Text(5 characters)");
        let error = serde_json::from_str::<Text<3>>("\"fever\"").unwrap_err();
        assert!(!error.to_string().contains("fever"), "{error}");
    }
}
