//! `Phi<T>`: protected health information inside an event. The type is what tells the ledger to seal a value,
//! so a field of free text that is not a `Phi` does not compile into an event by accident: see docs/EVENTS.md.
//!
//! In memory a clear value serializes as `{"$clear": value}`. The ledger lifts every such object out of the payload,
//! seals it and leaves `{"$phi": index}`. Reading goes the other way. What could not be opened stays one of three
//! distinct states, never an empty string.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, ser::SerializeMap};
use serde_json::Value;

/// Key of a clear value in memory; never stored.
pub const CLEAR: &str = "$clear";
/// Key of a sealed value's index in a stored payload (ledger.md section 7).
pub const PHI: &str = "$phi";
/// Key that marks a value whose data key was destroyed by a recorded event; never stored.
pub const ERASED: &str = "$erased";
/// Key that marks a value whose data key is missing although nothing says it was destroyed; never stored.
pub const KEY_MISSING: &str = "$key-missing";

/// A protected value in one of its four states (ledger.md section 7).
#[derive(Clone, PartialEq, Eq)]
pub enum Phi<T> {
    /// The value itself, open.
    Clear(T),
    /// Sealed, and this reader did not open it.
    Sealed,
    /// Gone: a `patient-key-destroyed` event says so.
    Erased,
    /// A fault: the key should be there and is not.
    KeyMissing,
}

impl<T> Phi<T> {
    /// The value if it is open.
    pub fn clear(&self) -> Option<&T> {
        match self {
            Phi::Clear(value) => Some(value),
            _ => None,
        }
    }
}

impl<T> From<T> for Phi<T> {
    fn from(value: T) -> Self {
        Phi::Clear(value)
    }
}

/// Never prints the value: a `Phi` may end up in a log line or a panic message.
impl<T> std::fmt::Debug for Phi<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Phi::Clear(_) => "Phi(clear)",
            Phi::Sealed => "Phi(sealed)",
            Phi::Erased => "Phi(erased)",
            Phi::KeyMissing => "Phi(key missing)",
        })
    }
}

impl<T: Serialize> Serialize for Phi<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Phi::Clear(value) => map.serialize_entry(CLEAR, value)?,
            Phi::Sealed => map.serialize_entry(PHI, &Value::Null)?,
            Phi::Erased => map.serialize_entry(ERASED, &true)?,
            Phi::KeyMissing => map.serialize_entry(KEY_MISSING, &true)?,
        }
        map.end()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Phi<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        enum Form {
            #[serde(rename = "$clear")]
            Clear(Value),
            #[serde(rename = "$phi")]
            Phi(serde::de::IgnoredAny),
            #[serde(rename = "$erased")]
            Erased(serde::de::IgnoredAny),
            #[serde(rename = "$key-missing")]
            KeyMissing(serde::de::IgnoredAny),
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::Clear(value) => {
                // serde_json's own message would quote the value.
                Phi::Clear(
                    serde_json::from_value(value)
                        .map_err(|_| D::Error::custom("a protected value has another type than its event says"))?,
                )
            }
            Form::Phi(_) => Phi::Sealed,
            Form::Erased(_) => Phi::Erased,
            Form::KeyMissing(_) => Phi::KeyMissing,
        })
    }
}

impl<T> JsonSchema for Phi<T> {
    fn schema_name() -> Cow<'static, str> {
        "Phi".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A sealed value: its index in the event's sealed array.",
            "type": "object",
            "properties": { "$phi": { "type": "integer", "minimum": 0 } },
            "required": ["$phi"],
            "additionalProperties": false
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clear_value_survives_a_round_trip_and_a_sealed_one_stays_sealed() {
        let clear: Phi<String> = Phi::Clear("sore throat".into());
        let text = serde_json::to_string(&clear).unwrap();
        assert_eq!(text, r#"{"$clear":"sore throat"}"#);
        assert_eq!(serde_json::from_str::<Phi<String>>(&text).unwrap(), clear);
        assert_eq!(serde_json::from_str::<Phi<String>>(r#"{"$phi":0}"#).unwrap(), Phi::Sealed);
        assert_eq!(serde_json::from_str::<Phi<String>>(r#"{"$erased":true}"#).unwrap(), Phi::Erased);
    }

    #[test]
    fn neither_debug_nor_a_decoding_error_shows_the_value() {
        assert_eq!(format!("{:?}", Phi::Clear("sore throat")), "Phi(clear)");
        let error = serde_json::from_str::<Phi<u8>>(r#"{"$clear":"sore throat"}"#).unwrap_err();
        assert!(!error.to_string().contains("sore"), "{error}");
    }
}
