//! Making a bundle: what was asked for is read from the log as it stands at one signed checkpoint, page by page, and every
//! file is written and forgotten before the next. A process that dies leaves a folder or a tar without a manifest, which no
//! verifier takes for an export; making it again needs another.

mod content;
mod readme;
mod selection;
mod sink;
mod taking;

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use daybook_access::AccessError;
use daybook_domain::schemas::schema;
use daybook_ledger::checkpoint::Checkpoint;
use daybook_ledger::format::{Stream, stream_tag};
use daybook_ledger::merkle::{TILE_WIDTH, TilePath};
use daybook_ledger::note::NoteVerifier;
use daybook_ledger::statement::StreamHead;
use daybook_ledger::{Ledger, Recorded};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::bundle::{self, Content, EVENTS_A_FILE, EventLine, FORMAT, Manifest, Scope, StreamPart};
use crate::proof;
use content::Beside;
pub use content::Contents;
pub(crate) use readme::of;
pub use selection::Selection;
use selection::select;
use sink::Sink;
pub(crate) use sink::not_written;
pub use sink::{NewFolder, NewTar, Outlet, Vessel};
pub use taking::{Granted, TakeError, Wanted, take};

/// How long the witnesses of a log are waited for, so that the head that everything is proven against has their signatures: a
/// little longer than servers take to ask them.
const WITNESSES: Duration = Duration::from_secs(75);

/// Why an export was not made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Nothing is there to export.
    #[error("{0}")]
    Nothing(String),
    /// Where it was to go it cannot be written to.
    #[error("{place}: {problem}")]
    Place {
        /// Which file of it, or which folder.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The log did not answer, or what it holds cannot be given.
    #[error("the log cannot be read: {0}")]
    Log(#[from] sqlx::Error),
    /// Stored texts that are no text: they were changed, and `verify` says where.
    #[error("the event at position {0} is not as it was written; run daybook-replay verify")]
    Changed(u64),
    /// What is sealed could not be opened.
    #[error(transparent)]
    Content(#[from] AccessError),
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Exported {
    pub events: u64,
    pub size: u64,
    pub files: usize,
}

/// Makes a bundle without content. `entries`: with every entry of the log, so that nothing can be missing unseen. `progress` is told how many
/// events are written, of how many.
pub async fn export<V: Vessel>(
    ledger: &Ledger,
    clinic: Uuid,
    (scope, entries): (Scope, bool),
    vessel: &mut V,
    at: DateTime<Utc>,
    progress: impl Fn(u64, u64),
) -> Result<Exported, ExportError> {
    Prepared::of(ledger, clinic, (scope, entries)).await?.write(ledger, None, vessel, at, progress).await
}

/// An export of which it is known that there is something to export, and what.
pub struct Prepared {
    pub(crate) clinic: Uuid,
    pub(crate) key: NoteVerifier,
    pub(crate) head: Checkpoint,
    pub(crate) selection: Selection,
}

impl Prepared {
    /// Looks up what is to be exported, as the log stands now.
    pub async fn of(ledger: &Ledger, clinic: Uuid, (scope, entries): (Scope, bool)) -> Result<Self, ExportError> {
        let nothing = || ExportError::Nothing(format!("clinic {clinic} has no log"));
        let key = ledger.verifier(clinic).await?.ok_or_else(nothing)?;
        let head = ledger.settled(clinic, WITNESSES).await?.ok_or_else(nothing)?.checkpoint;
        let selection = select(ledger, clinic, (scope, entries), head.size).await?;
        Ok(Self { clinic, key, head, selection })
    }

    /// Writes it, with content where somebody may have that.
    pub async fn write<V: Vessel>(
        self,
        ledger: &Ledger,
        contents: Option<Contents<'_>>,
        vessel: &mut V,
        at: DateTime<Utc>,
        progress: impl Fn(u64, u64),
    ) -> Result<Exported, ExportError> {
        let Self { clinic, key, head, selection } = self;
        let sink = Sink::new(vessel);
        let (lines, sealed, types) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut making = Making { ledger, clinic, key, head, sink, contents, lines, sealed, types, events: 0 };
        making.read(&selection, progress).await?;
        if selection.with_entries() {
            making.entries().await?;
        } else {
            making.stream_heads(&selection).await?;
        }
        making.finish(&selection, at).await
    }
}

struct Making<'a, V> {
    ledger: &'a Ledger,
    clinic: Uuid,
    key: NoteVerifier,
    head: Checkpoint,
    sink: Sink<'a, V>,
    contents: Option<Contents<'a>>,
    /// Of the file of events that is being made.
    lines: Vec<EventLine>,
    /// The same events, where their content goes along.
    sealed: Vec<Recorded>,
    /// Types of stream and event, and versions.
    types: BTreeSet<(String, String, String)>,
    events: u64,
}

impl<V: Vessel> Making<'_, V> {
    async fn read(&mut self, selection: &Selection, progress: impl Fn(u64, u64)) -> Result<(), ExportError> {
        let mut pages = selection.pages();
        while let Some(page) = pages.next(self.ledger, self.clinic).await? {
            for event in &page {
                self.event(event, selection.with_entries()).await?;
            }
            progress(self.events + self.lines.len() as u64, selection.events());
        }
        self.write_events().await
    }

    async fn event(&mut self, event: &Recorded, with_entries: bool) -> Result<(), ExportError> {
        self.lines.push(EventLine::of(event).ok_or(ExportError::Changed(event.position))?);
        if self.contents.is_some() {
            self.sealed.push(event.clone());
        }
        let Recorded { stream, event_type, event_version, .. } = event;
        self.types.insert((stream.kind.to_string(), event_type.clone(), event_version.clone()));
        if self.lines.len() == EVENTS_A_FILE {
            self.write_events().await?;
        }
        if !with_entries {
            let path = self.ledger.inclusion(self.clinic, event.position, self.head.size).await?;
            let path = path.ok_or(ExportError::Changed(event.position))?;
            let proof = proof::write(event.position, &path, &self.head.note(&self.key));
            self.sink.write(&bundle::proof(event.position), proof.as_bytes()).await?;
        }
        Ok(())
    }

    async fn write_events(&mut self) -> Result<(), ExportError> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let mut bytes = Vec::new();
        for line in &self.lines {
            bytes.extend(line.line());
        }
        let number = (self.events / EVENTS_A_FILE as u64) as usize;
        self.events += self.lines.len() as u64;
        self.lines.clear();
        self.sink.write(&bundle::events(number), &bytes).await?;
        if let Some(contents) = &self.contents {
            let Beside { sealed, keys } = contents.beside(&self.sealed).await?;
            self.sealed.clear();
            self.sink.write(&bundle::sealed(number), &sealed).await?;
            self.sink.write(&bundle::keys(number), &keys).await?;
        }
        Ok(())
    }

    /// What the events look like, for whoever reads them without this program.
    async fn schemas(&mut self) -> Result<(), ExportError> {
        for (stream_type, event_type, version) in std::mem::take(&mut self.types) {
            let Some(schema) = schema(&stream_type, &event_type, &version) else { continue };
            let mut text = serde_json::to_vec_pretty(schema.as_value()).unwrap_or_default();
            text.push(b'\n');
            self.sink.write(&bundle::schema(&stream_type, &event_type, &version), &text).await?;
        }
        Ok(())
    }

    /// Every entry of the log, as it serves them.
    async fn entries(&mut self) -> Result<(), ExportError> {
        for index in 0..self.head.size.div_ceil(TILE_WIDTH as u64) {
            let width = (self.head.size - index * TILE_WIDTH as u64).min(TILE_WIDTH as u64);
            let path = TilePath { level: None, index, width: u8::try_from(width).ok() };
            let tile = self.ledger.tile(self.clinic, path).await?;
            let tile = tile.ok_or(ExportError::Changed(index * TILE_WIDTH as u64))?;
            self.sink.write(&bundle::entries(&path), &tile).await?;
        }
        Ok(())
    }

    /// Where each stream ends that is said to be whole. It was read up to the head and no further.
    async fn stream_heads(&mut self, selection: &Selection) -> Result<(), ExportError> {
        for (stream, _) in selection.streams().filter(|(_, whole)| *whole) {
            let Some(last) = self.last(stream).await? else { continue };
            let (size, root) = (self.head.size, self.head.root);
            let tag = stream_tag(self.clinic, stream);
            let head = StreamHead { size, root, tag, sequence: last.sequence, hash: last.hash };
            let note = self.ledger.state_stream_head(self.clinic, &head).await?;
            self.sink.write(&bundle::stream_head(stream), note.as_bytes()).await?;
        }
        Ok(())
    }

    async fn last(&self, stream: &Stream) -> Result<Option<Recorded>, ExportError> {
        let mut events = self.ledger.read_stream(self.clinic, stream, 0).await?;
        events.retain(|event| event.position < self.head.size);
        Ok(events.pop())
    }

    /// The manifest comes last: without it there is no export.
    async fn finish(mut self, selection: &Selection, at: DateTime<Utc>) -> Result<Exported, ExportError> {
        self.schemas().await?;
        let head = self.ledger.seen(self.clinic, &self.key, self.head.clone()).await?;
        self.sink.write(bundle::CHECKPOINT, head.note(&self.key).as_bytes()).await?;
        self.sink
            .write("README.md", readme::text(self.key.name(), selection, self.contents.is_some()).as_bytes())
            .await?;
        let part = |(stream, whole): (&Stream, bool)| StreamPart {
            stream_type: stream.kind.to_string(),
            stream_id: stream.id,
            whole,
        };
        let streams = selection.streams().map(part).collect();
        let manifest = Manifest {
            format: FORMAT.into(),
            clinic_id: self.clinic,
            origin: self.key.name().into(),
            size: self.head.size,
            exported_at: at,
            scope: selection.scope(),
            content: if self.contents.is_some() { Content::Included } else { Content::Withheld },
            recipient_key: self.contents.as_ref().map(|contents| contents.recipient.to_string()),
            streams,
            events: self.events,
            files: self.sink.files(),
        };
        let bytes = manifest.bytes();
        let statement = self.ledger.state_export(self.clinic, &Sha256::digest(&bytes).into()).await?;
        self.sink.write_unlisted(bundle::STATEMENT, statement.as_bytes()).await?;
        self.sink.write_unlisted(bundle::MANIFEST, &bytes).await?;
        self.sink.close().await?;
        Ok(Exported { events: self.events, size: self.head.size, files: manifest.files.len() + 2 })
    }
}
