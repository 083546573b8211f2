//! Who looked, in words.

use daybook_domain::AccessEvent;
use daybook_domain::access_events::{AccessDenied, ExportContent, ExportMade, PhiRead};

use crate::words::{harmless, term};

/// What this fact says, without who it was.
pub fn access(fact: &AccessEvent) -> String {
    match fact {
        AccessEvent::PhiRead(PhiRead { action, purpose, policies, .. }) => format!(
            "Was shown this visit: {}, for {}, permitted by {}.",
            action.as_str().replace('-', " "),
            term(purpose),
            codes(policies)
        ),
        AccessEvent::AccessDenied(AccessDenied { action, purpose, reason, .. }) => format!(
            "Asked for this visit and was turned away: {}, for {}: {}.",
            action.as_str().replace('-', " "),
            term(purpose),
            reason.as_str().replace('-', " ")
        ),
        AccessEvent::ExportMade(ExportMade { form, content, recipient, reason, .. }) => format!(
            "Took this visit away: as {}, {}{}, for {}.",
            term(form),
            match content {
                ExportContent::Withheld => "content withheld",
                ExportContent::Included => "content included",
            },
            recipient.as_ref().map(|to| format!(", for {}", to.as_str())).unwrap_or_default(),
            reason.as_str().replace('-', " ")
        ),
    }
}

/// Who it was.
pub fn reader(fact: &AccessEvent) -> String {
    let (reader, role) = match fact {
        AccessEvent::PhiRead(read) => (&read.reader, read.role),
        AccessEvent::AccessDenied(denied) => (&denied.reader, denied.role),
        AccessEvent::ExportMade(made) => (&made.taker, made.role),
    };
    format!("{} ({})", harmless(reader), role.name())
}

fn codes(codes: &[daybook_domain::Code]) -> String {
    codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", ")
}
