//! `daybook-replay signature`: what a signature under a note covers, what the signer had before them, and whether it all
//! still is as it was signed.

pub mod arguments;
mod check;
mod examine;
mod words;

use anyhow::bail;
use daybook_domain::NoteId;
use daybook_ledger::format::{entry, stream_tag};
use daybook_ledger::merkle::{leaf_hash, verify_inclusion};
use daybook_ledger::{Recorded, checkpoint};
use serde::Serialize;
use uuid::Uuid;

use self::check::{Check, Outcome};
use self::examine::Signature;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::reader::Reader;
use crate::visit::{self, Found};

/// Events read at once while the note is looked for.
const PAGE: u64 = 5_000;

/// Everything that is told.
#[derive(Serialize)]
struct Told {
    note: Uuid,
    visit: Uuid,
    clinic: Uuid,
    /// Whether the note's words were open, so that they could be held against the hash that was signed.
    opened: bool,
    recorded_at_position: Option<u64>,
    signatures: Vec<Signature>,
    faults: Vec<String>,
}

pub async fn run(arguments: arguments::Signature) -> anyhow::Result<Exit> {
    let (clinic, note) = (arguments.clinic, arguments.note);
    let reader = Reader::connect(&arguments.database.database_url, visit::CONNECTIONS).await?;
    let visit = match arguments.visit {
        Some(visit) => visit,
        None => visit_of(&reader, clinic, note).await?,
    };
    let found = Found::find(&reader, clinic, visit).await?;
    let url = &arguments.database.database_url;
    let (receipt, acts) = found.tell(url, &arguments.opening, &found.acts).await?;
    if !acts.iter().any(|act| act.line.payload["note_id"] == serde_json::json!(note)) {
        bail!("visit {visit} has no note {note}");
    }
    let reads: Vec<_> = found.reads.iter().filter_map(|read| visit::read(read, visit)).collect();
    let mut signatures = examine::signatures(NoteId(note), acts, &reads);
    for signature in &mut signatures {
        let event = found.acts.iter().find(|act| act.position == signature.event.position);
        if let Some(event) = event {
            let outcome = under_a_checkpoint(&reader, event).await?;
            signature.checks.push(Check::new("the event is under the log's newest checkpoint", outcome));
        }
    }
    let told = Told {
        note,
        visit,
        clinic,
        opened: receipt.is_some(),
        recorded_at_position: receipt.as_ref().and_then(daybook_access::Receipt::position),
        signatures,
        faults: found.faults(),
    };
    visit::show(arguments.json, receipt.as_ref(), &told, words::words(&told))?;
    Ok(exit(&told))
}

fn exit(told: &Told) -> Exit {
    let fails = told.signatures.iter().flat_map(|signature| &signature.checks).any(Check::fails);
    if fails || !told.faults.is_empty() {
        Exit::Invalid
    } else if told.signatures.is_empty() {
        Exit::Incomplete
    } else {
        Exit::Valid
    }
}

/// The visit whose stream has this note. Nothing but the log is asked, so all of it may have to be read.
async fn visit_of(reader: &Reader, clinic: Uuid, note: Uuid) -> anyhow::Result<Uuid> {
    let size = reader.ledger.head(clinic).await?.map_or(0, |head| head.size);
    let progress = Progress::of(size);
    let (mut from, id) = (0, serde_json::json!(note));
    while from < size {
        let page = reader.ledger.read_log(clinic, from, PAGE).await?;
        let of_note = |event: &&Recorded| {
            let payload = || serde_json::from_slice::<serde_json::Value>(&event.payload).unwrap_or_default();
            &*event.stream.kind == "visit" && event.event_type.starts_with("note-") && payload()["note_id"] == id
        };
        if let Some(event) = page.iter().find(of_note) {
            progress.finish();
            return Ok(event.stream.id);
        }
        let Some(last) = page.last() else { break };
        from = last.position + 1;
        progress.add(page.len() as u64);
    }
    progress.finish();
    bail!("the log of clinic {clinic} has no note {note}")
}

/// Whether the tree of the newest checkpoint has this event, and the log's own key signed it.
async fn under_a_checkpoint(reader: &Reader, event: &Recorded) -> anyhow::Result<Outcome> {
    let clinic = event.clinic;
    let (head, key) = (reader.ledger.head(clinic).await?, reader.ledger.verifier(clinic).await?);
    let (Some(head), Some(key)) = (head, key) else {
        return Ok(Outcome::Fails("the log has no checkpoint".into()));
    };
    if checkpoint::open(&head.note(&key), &key).is_err() {
        return Ok(Outcome::Fails("the checkpoint's signature is not of the log's key".into()));
    }
    let leaf = leaf_hash(&entry(&stream_tag(clinic, &event.stream), event.sequence, &event.hash));
    let Some(path) = reader.ledger.inclusion(clinic, event.position, head.size).await? else {
        return Ok(Outcome::Fails("the tiles do not lead from the event to the checkpoint".into()));
    };
    let included = verify_inclusion(&leaf, event.position, head.size, &path, &head.root);
    Ok(Outcome::same(included.is_ok(), "the checkpoint's tree has another event there"))
}
