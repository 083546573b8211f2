//! How a family declares what it brings: the payloads of its events, its commands, its closed lists. What they derive
//! stands here once.

/// Declares payloads of events: what is stored.
macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
    )*};
}

/// Declares commands: what a caller says. An unknown field is refused.
macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
    )*};
}

/// Declares closed lists that commands and events choose from.
macro_rules! terms {
    ($($(#[$doc:meta])* $name:ident { $($(#[$term_doc:meta])* $term:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$term_doc])* $term,)* }
    )*};
}

/// Declares closed lists whose choice tells about a person's health: events seal it, and it does not show itself.
macro_rules! sealed_terms {
    ($($(#[$doc:meta])* $name:ident { $($(#[$term_doc:meta])* $term:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$term_doc])* $term,)* }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("(hidden)")
            }
        }
    )*};
}

pub(super) use {commands, payloads, sealed_terms, terms};
