//! What a patient or a provider was shown of a visit at some moment, made again from the log by the function that answers
//! the request. It is no record of what was served, and says so: which program answered then is not in the log.

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use clap::ValueEnum;
use daybook_audit::served::visit::{TEMPLATE, Viewer, protected, show};
use daybook_domain::visit::LatenessRules;
use daybook_domain::{Clinic, Role, Rules, Sha256Hex, VisitId};
use daybook_ledger::clock::System;
use daybook_ledger::{Clock, Recorded, Stream};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::arguments;
use super::at::{self, Moment};
use super::found::Found;
use super::story::{self, Line};
use super::{ended, told};
use crate::exit::Exit;
use crate::print::{harmless, time};
use crate::reader::Reader;

const WHAT_IT_IS: &str =
    "Reconstruction of what was served: made now, from the log, by the program's present template.";

/// Who was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
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

/// Everything that is told.
#[derive(Serialize)]
struct AsServed {
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
    faults: Vec<String>,
}

pub async fn run(
    arguments: &arguments::Visit,
    reader: &Reader,
    found: &Found,
    happened: &[Recorded],
    viewer: ServedTo,
) -> anyhow::Result<Exit> {
    let last = happened.last().context("there is nothing to show yet")?;
    let as_of = match arguments.at {
        Some(Moment::Time(at)) => at,
        Some(Moment::Sequence(_)) => last.recorded_at,
        None => System.now(),
    };
    let url = &arguments.database.database_url;
    let Some((receipt, opened)) = found.open(url, &arguments.opening, &protected(happened)).await? else {
        bail!("what was served cannot be made again: the visit's events are not as they were written");
    };
    let rules = LatenessRules::of(&clinic(reader, found.clinic, as_of).await?);
    let to = match viewer {
        ServedTo::Patient => Viewer::Patient,
        ServedTo::Provider => Viewer::Staff(&rules),
    };
    let shown = show(VisitId(found.visit), happened, &opened, as_of, &to)
        .map_err(|error| anyhow::anyhow!("an event cannot be read: {}", harmless(&error.to_string())))?;
    let bytes = serde_json::to_vec(&shown)?;
    let asked = found.reads.iter().filter(|read| at::includes(arguments.at, last, read));
    let asked = asked.filter_map(|read| story::read(read, found.visit));
    let of_this = |line: &Line| {
        line.event_type == "phi-read"
            && line.payload["action"] == "read-visit"
            && line.payload["role"] == json!(viewer.role())
    };
    let told = AsServed {
        what_it_is: WHAT_IT_IS,
        visit: found.visit,
        clinic: found.clinic,
        served_to: viewer.role().name(),
        as_of,
        at_sequence: last.sequence,
        recorded_at_position: receipt.position(),
        template: TEMPLATE,
        locale: None,
        content_sha256: Sha256Hex::of(&[&bytes]),
        reads: asked.filter(of_this).collect(),
        content: serde_json::from_slice(&bytes)?,
        faults: found.faults(),
    };
    super::show(arguments.json, Some(&receipt), &told, told.words()?)?;
    Ok(ended(&told.faults, true))
}

/// The clinic's record as it stood.
async fn clinic(reader: &Reader, clinic: Uuid, as_of: DateTime<Utc>) -> anyhow::Result<Clinic> {
    let mut events = reader.ledger.read_stream(clinic, &Stream::new("clinic", clinic), 0).await?;
    events.retain(|event| event.recorded_at <= as_of);
    let events = events.iter().map(Recorded::decode).collect::<Result<Vec<_>, _>>();
    let events = events.map_err(|error| anyhow::anyhow!("the clinic's record cannot be read: {error}"))?;
    Ok(Clinic::replay(&events))
}

impl AsServed {
    fn words(&self) -> anyhow::Result<String> {
        let mut text = format!("{WHAT_IT_IS}\nThat it is the one that answered then is not on record.\n\n");
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
        text.push_str(&format!("\n{}\n", harmless(&serde_json::to_string_pretty(&self.content)?)));
        text.push_str(&told::seal(&self.faults));
        if let Some(position) = self.recorded_at_position {
            text.push_str(&format!("\nThat you read this is recorded at position {position}."));
        }
        Ok(text)
    }
}
