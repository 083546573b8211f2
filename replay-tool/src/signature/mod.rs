//! `daybook-replay signature`: what a signature under a note covers, what the signer had before them, and whether it all
//! still is as it was signed.

pub mod arguments;

use anyhow::bail;
use daybook_audit::signature::Signatures;
use daybook_ledger::Recorded;
use uuid::Uuid;

use crate::exit::Exit;
use crate::print;
use crate::progress::Progress;
use crate::reader::Reader;
use crate::visit;

/// Events read at once while the note is looked for.
const PAGE: u64 = 5_000;

pub async fn run(arguments: arguments::Signature) -> anyhow::Result<Exit> {
    let (clinic, note) = (arguments.clinic, arguments.note);
    let reader = Reader::connect(&arguments.database.database_url, visit::CONNECTIONS).await?;
    let visit = match arguments.visit {
        Some(visit) => visit,
        None => visit_of(&reader, clinic, note).await?,
    };
    let found = visit::find(&reader, clinic, visit).await?;
    let url = &arguments.database.database_url;
    let (receipt, acts) = visit::tell(&found, url, &arguments.opening, &found.acts).await?;
    let told = Signatures::of(&reader.ledger, &found, note, acts).await?;
    print::told(arguments.json, receipt.as_ref(), &told, told.words())?;
    Ok(exit(&told))
}

fn exit(told: &Signatures) -> Exit {
    match (told.hold(), told.is_unsigned()) {
        (false, _) => Exit::Invalid,
        (true, true) => Exit::Incomplete,
        (true, false) => Exit::Valid,
    }
}

/// The visit whose stream has this note. Nothing but the log is asked, so all of it may have to be read.
async fn visit_of(reader: &Reader, clinic: Uuid, note: Uuid) -> anyhow::Result<Uuid> {
    let size = reader.ledger.head(clinic).await?.map_or(0, |head| head.size);
    let progress = Progress::events(size);
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
