//! Free text and protected values.

use daybook_domain::Phi;

use crate::words::harmless;

pub fn reason<const MAX: usize>(reason: &Option<Phi<daybook_domain::Text<MAX>>>) -> String {
    labelled("Reason", reason)
}

pub fn details<const MAX: usize>(details: &Option<Phi<daybook_domain::Text<MAX>>>) -> String {
    labelled("Details", details)
}

pub fn labelled<const MAX: usize>(label: &str, text: &Option<Phi<daybook_domain::Text<MAX>>>) -> String {
    match text {
        Some(text) => format!(" {label}: {}", phi(text, |text| text.as_str().into())),
        None => String::new(),
    }
}

/// A protected value in whichever of its four states.
pub fn phi<T>(value: &Phi<T>, open: impl FnOnce(&T) -> String) -> String {
    match value {
        Phi::Clear(value) => harmless(&open(value)),
        Phi::Sealed => "[sealed]".into(),
        Phi::Erased => "[erased]".into(),
        Phi::KeyMissing => "[key missing]".into(),
    }
}
