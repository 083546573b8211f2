//! The catalogue of event types: one macro that ties a stored name and version to a payload type, so that writing,
//! reading, the JSON Schemas and docs/EVENTS.md cannot disagree.

use schemars::Schema;
use serde_json::Value;

/// A stored event that cannot be read as the domain's type. Carries no content of the event.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DecodeError {
    /// No such event type, or a version newer than this program.
    #[error("this program does not know the event {event_type} version {event_version}")]
    Unknown { event_type: String, event_version: String },
    /// The payload does not fit the type's schema.
    #[error("the payload of {event_type} does not fit its schema: {problem}")]
    Payload { event_type: String, problem: String },
}

/// One line of the catalogue.
pub struct EventKind {
    /// Stored name, kebab-case past tense.
    pub event_type: &'static str,
    /// Stored version, `major.minor`.
    pub event_version: &'static str,
    /// The payload's JSON Schema (2020-12).
    pub schema: fn() -> Schema,
    /// What the fact says, from the type's documentation.
    pub meaning: &'static str,
}

/// What the ledger needs of an aggregate's events: names, payloads, and the way back.
pub trait Catalogue: Sized + Send {
    /// Every event type of the aggregate, in the order of the catalogue.
    fn kinds() -> Vec<EventKind>;
    /// Stored name of this event.
    fn event_type(&self) -> &'static str;
    /// Stored version of this event.
    fn event_version(&self) -> &'static str;
    /// The flat payload, with protected values as `{"$clear": …}`.
    fn payload(&self) -> Value;
    /// The event from its stored name, version and payload (with `$phi`, `$clear` or `$erased` where values were protected).
    fn decode(event_type: &str, event_version: &str, payload: &[u8]) -> Result<Self, DecodeError>;
}

/// Declares an aggregate's events. Each line is `"stored-name" "version" => Variant(Payload), "meaning"`.
/// The enum serializes externally tagged by the stored name, which is how the SQL view `events` shows payloads
/// and how `postgres-es` reads them.
#[macro_export]
macro_rules! catalogue {
    ($(#[$doc:meta])* pub enum $name:ident { $( $stored:literal $version:literal => $variant:ident, $meaning:literal; )+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum $name { $(
            #[doc = $meaning]
            #[serde(rename = $stored)]
            $variant($variant),
        )+ }

        $(impl From<$variant> for $name {
            fn from(event: $variant) -> Self { $name::$variant(event) }
        })+

        impl $crate::Catalogue for $name {
            fn kinds() -> Vec<$crate::EventKind> {
                vec![$($crate::EventKind {
                    event_type: $stored,
                    event_version: $version,
                    schema: || schemars::schema_for!($variant),
                    meaning: $meaning,
                }),+]
            }
            fn event_type(&self) -> &'static str {
                match self { $($name::$variant(_) => $stored,)+ }
            }
            fn event_version(&self) -> &'static str {
                match self { $($name::$variant(_) => $version,)+ }
            }
            fn payload(&self) -> serde_json::Value {
                // Payload types are plain structs of strings, numbers, enums and `Phi`: their serialization cannot fail.
                match self { $($name::$variant(event) => serde_json::to_value(event).expect("an event payload is always JSON"),)+ }
            }
            fn decode(event_type: &str, event_version: &str, payload: &[u8]) -> Result<Self, $crate::DecodeError> {
                match (event_type, event_version) {
                    $(($stored, $version) => serde_json::from_slice(payload).map($name::$variant).map_err(|error| {
                        $crate::DecodeError::Payload { event_type: event_type.into(), problem: $crate::catalogue::describe(&error) }
                    }),)+
                    _ => Err($crate::DecodeError::Unknown { event_type: event_type.into(), event_version: event_version.into() }),
                }
            }
        }
    };
}

/// Where and what kind of fault, without serde's quotation of the offending content.
pub fn describe(error: &serde_json::Error) -> String {
    format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column())
}
