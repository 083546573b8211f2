//! What a patient or a provider was shown of a visit at some moment, made again from the log by the function that answers
//! the request. It is no record of what was served, and says so: which program answered then is not in the log.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use daybook_access::{Opened, Receipt};
use daybook_domain::visit::LatenessRules;
use daybook_domain::{Clinic, Role, Rules, Sha256Hex, VisitId};
use daybook_ledger::{Ledger, Recorded, Stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::ReplayError;
use super::found::Found;
use super::moment::Moment;
use super::story::Line;
use super::told;
pub use crate::served::visit::protected;
use crate::served::visit::{TEMPLATE, Viewer, show};
use crate::tone::Tone;
use crate::words::{harmless, time};

const WHAT_IT_IS: &str =
    "Reconstruction of what was served: made now, from the log, by the program's present template.";

/// Who was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServedTo {
    Patient,
    Provider,
}

impl ServedTo {
    fn role(self) -> Role {
        match self {
            ServedTo::Patient => Role::Patient,
            ServedTo::Provider => Role::Provider,
        }
    }
}

impl FromStr for ServedTo {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = [ServedTo::Patient, ServedTo::Provider].into_iter().find(|to| to.role().name() == text);
        known.ok_or("neither patient nor provider")
    }
}

/// Everything that is told.
#[derive(Serialize)]
pub struct AsServed {
    what_it_is: &'static str,
    visit: Uuid,
    clinic: Uuid,
    served_to: &'static str,
    as_of: DateTime<Utc>,
    at_sequence: u64,
    recorded_at_position: Option<u64>,
    /// Name and version of what makes the answer out of the events.
    template: &'static str,
    /// None: data, with no words of a language in it but those that people wrote.
    locale: Option<&'static str>,
    /// Of the answer's bytes.
    content_sha256: Sha256Hex,
    /// Who of that role had asked for this very answer by then.
    reads: Vec<Line>,
    content: Value,
    pub faults: Vec<String>,
}

/// Makes it again as of a moment, until which the visit had the events `happened`. Those of them that are [`protected`] are
/// open, under the receipt that this is on record.
pub async fn as_served(
    ledger: &Ledger,
    found: &Found,
    (at, happened): (Option<Moment>, &[Recorded]),
    to: ServedTo,
    (receipt, opened): (&Receipt, &[Opened]),
) -> Result<AsServed, ReplayError> {
    let unreadable = |why: String| ReplayError::Unreadable(harmless(&why));
    let last = happened.last().ok_or(ReplayError::NoVisit { visit: found.visit, clinic: found.clinic })?;
    let as_of = match at {
        Some(Moment::Time(at)) => at,
        Some(Moment::Sequence(_)) => last.recorded_at,
        None => ledger.clock().now(),
    };
    let rules = LatenessRules::of(&clinic(ledger, found.clinic, as_of).await?);
    let viewer = match to {
        ServedTo::Patient => Viewer::Patient,
        ServedTo::Provider => Viewer::Staff(&rules),
    };
    let shown = show(VisitId(found.visit), happened, opened, as_of, &viewer);
    let shown = shown.map_err(|error| unreadable(error.to_string()))?;
    let content = serde_json::to_value(&shown).map_err(|error| unreadable(error.to_string()))?;
    let bytes = serde_json::to_vec(&shown).map_err(|error| unreadable(error.to_string()))?;
    let of_this = |line: &Line| {
        line.event_type == "phi-read"
            && line.payload["action"] == "read-visit"
            && line.payload["role"] == json!(to.role())
    };
    Ok(AsServed {
        what_it_is: WHAT_IT_IS,
        visit: found.visit,
        clinic: found.clinic,
        served_to: to.role().name(),
        as_of,
        at_sequence: last.sequence,
        recorded_at_position: receipt.position(),
        template: TEMPLATE,
        locale: None,
        content_sha256: Sha256Hex::of(&[&bytes]),
        reads: found.looks(at, last).into_iter().filter(of_this).collect(),
        content,
        faults: found.faults(),
    })
}

/// The clinic's record as it stood.
async fn clinic(ledger: &Ledger, clinic: Uuid, as_of: DateTime<Utc>) -> Result<Clinic, ReplayError> {
    let mut events = ledger.read_stream(clinic, &Stream::new("clinic", clinic), 0).await?;
    events.retain(|event| event.recorded_at <= as_of);
    let events = events.iter().map(Recorded::decode).collect::<Result<Vec<_>, _>>();
    let events = events.map_err(|error| ReplayError::Unreadable(harmless(&error.to_string())))?;
    Ok(Clinic::replay(&events))
}

impl AsServed {
    /// In words.
    pub fn words(&self) -> String {
        let caution = format!("{WHAT_IT_IS}\nThat it is the one that answered then is not on record.");
        let mut text = Tone::Doubtful.on(caution) + "\n\n";
        let mut say = |what: &str, said: String| text.push_str(&format!("  {what:<12} {said}\n"));
        say("Visit", format!("{} at clinic {}", self.visit, self.clinic));
        say("Served to", self.served_to.into());
        say("As of", format!("{}, event {}", time(self.as_of), self.at_sequence));
        say("Template", self.template.into());
        say("Locale", self.locale.unwrap_or("none: it is data").into());
        say("SHA-256", self.content_sha256.as_str().into());
        match self.reads.last() {
            Some(read) => {
                say("Last asked", format!("{} by {}, position {}", time(read.recorded_at), read.who, read.position));
            }
            None => say("Last asked", "by nobody of that role until then".into()),
        }
        text.push_str(&format!("\n{}\n", harmless(&format!("{:#}", self.content))));
        text.push_str(&told::seal(&self.faults));
        if let Some(position) = self.recorded_at_position {
            text.push_str(&format!("\nThat you read this is recorded at position {position}."));
        }
        text
    }
}
