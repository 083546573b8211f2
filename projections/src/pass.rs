//! One pass over a clinic's log from its first event on, into the rows of several views at once: each event is read and
//! decoded once. Three things go on at a time, each with another batch: one is read, one is folded, one is stored. The views
//! are dealt out to lanes, each with a connection of its own, because a connection keeps but one of the database's cores busy;
//! a lane does not wait for the other until it is two batches ahead.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use daybook_ledger::Ledger;
use futures::future::{join_all, try_join_all};
use futures::try_join;
use sqlx::PgConnection;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::build::Build;
use crate::copying::Copied;
use crate::error::Error;
use crate::projection::{Folded, Key, View};
use crate::projector::describe;
use crate::seen::{Seen, VISIT};
use crate::store;

/// Events in a batch. The more there are, the fewer rows are loaded and stored again and again.
/// In debug builds, which tests are, so few that what one batch leaves to the next is always tested.
const BATCH: u64 = if cfg!(debug_assertions) { 16 } else { 10_000 };
/// Batches that lie ready for a lane, at most. With the one that is read, the one that waits to be dealt and the two that a lane works on,
/// no more than five are in memory.
const AHEAD: usize = 1;

type Batch = Arc<Vec<Seen>>;

/// How far a view has come, and how far it is to come.
#[derive(Clone)]
pub(crate) struct Course {
    pub build: Build,
    /// Position at which it ends; the log's end comes first.
    pub until: u64,
    /// Position of the next event.
    pub next: u64,
    /// The event it cannot take in, for people.
    pub stopped: Option<String>,
}

impl Course {
    /// From the first event of the log to its last.
    pub fn whole(build: Build) -> Self {
        Self::up_to(build, u64::MAX)
    }

    /// To this position, itself not included.
    pub fn up_to(build: Build, until: u64) -> Self {
        Self { build, until, next: 0, stopped: None }
    }

    fn is_over(&self) -> bool {
        self.stopped.is_some() || self.next >= self.until
    }

    /// How many of these events it is to take in.
    fn share(&self, events: &[Seen]) -> usize {
        if self.is_over() { 0 } else { events.partition_point(|event| event.position() < self.until) }
    }

    fn advance(&mut self, events: &[Seen], folded: &Folded) {
        if self.is_over() {
            return;
        }
        if let Some(last) = folded.count.checked_sub(1) {
            // Where the log has a hole, a count is no position.
            self.next = events.get(folded.count).map_or(events[last].position() + 1, Seen::position);
        }
        self.stopped = folded.poison.as_ref().map(describe);
    }
}

/// A pass over a clinic's log, from this position on. All that its views are to take in is from there on.
pub(crate) struct Pass<'a> {
    pub ledger: &'a Ledger,
    pub clinic: Uuid,
    pub from: u64,
}

impl Pass<'_> {
    /// Takes every view of every lane as far as it is to come. `progress` is told of every batch how many events it had.
    pub async fn run(&self, lanes: &mut [Lane<'_>], progress: impl Fn(u64)) -> Result<(), Error> {
        let (senders, receivers): (Vec<_>, Vec<_>) = lanes.iter().map(|_| mpsc::channel(AHEAD)).unzip();
        let lanes = lanes.iter_mut().zip(receivers).map(|(lane, batches)| lane.run(self, batches));
        let ((), _) = try_join!(self.deal(senders, progress), try_join_all(lanes))?;
        Ok(())
    }

    /// Reads the log, batch by batch, for every lane that is not over.
    async fn deal(&self, mut lanes: Vec<mpsc::Sender<Batch>>, progress: impl Fn(u64)) -> Result<(), Error> {
        let mut next = self.from;
        while !lanes.is_empty() {
            let (ledger, clinic) = (self.ledger.clone(), self.clinic);
            // Beside everything else: to decode a batch takes as long as to fold it.
            let read = tokio::spawn(async move { read(&ledger, clinic, next).await });
            let events = read.await.map_err(|_| Error::CutOff)??;
            let Some(last) = events.last() else { break };
            next = last.position() + 1;
            let sent = join_all(lanes.iter().map(|lane| lane.send(events.clone()))).await;
            let mut sent = sent.into_iter();
            lanes.retain(|_| sent.next().is_some_and(|sent| sent.is_ok()));
            progress(events.len() as u64);
        }
        Ok(())
    }
}

/// A row's newest state as it is stored: from which position it is so, and what it says.
type Newest = HashMap<(View, Key), (u64, String)>;

/// A batch once it is folded: what is to be stored of it, and the same rows for the batch after it, which is folded while
/// they are not stored yet.
#[derive(Default)]
struct Done {
    copied: Vec<Copied>,
    newest: Newest,
}

/// Some of the views, and the connection their rows are stored over.
pub(crate) struct Lane<'c> {
    connection: &'c mut PgConnection,
    courses: &'c mut [Course],
    before: Done,
}

impl<'c> Lane<'c> {
    pub fn new(connection: &'c mut PgConnection, courses: &'c mut [Course]) -> Self {
        Self { connection, courses, before: Done::default() }
    }

    /// Takes in batches until there are no more, or until its views have all come as far as they are to.
    async fn run(&mut self, pass: &Pass<'_>, mut batches: mpsc::Receiver<Batch>) -> Result<(), Error> {
        while let Some(events) = batches.recv().await {
            self.take_in(pass, &events).await?;
            if self.courses.iter().all(Course::is_over) {
                break;
            }
        }
        self.finish(pass).await
    }

    /// Folds a batch while the one before it is stored.
    async fn take_in(&mut self, pass: &Pass<'_>, events: &Batch) -> Result<(), Error> {
        let shares: Vec<_> = self.courses.iter().map(|course| (course.build, course.share(events))).collect();
        let Done { copied, newest } = std::mem::take(&mut self.before);
        let loaded = self.load(pass, &shares, events, newest).await?;
        let ((), (folded, done)) =
            try_join!(self.store(pass, copied), in_background(pass.clinic, shares, events.clone(), loaded))?;
        self.before = done;
        self.courses.iter_mut().zip(&folded).for_each(|(course, folded)| course.advance(events, folded));
        Ok(())
    }

    /// Stores the last batch.
    async fn finish(&mut self, pass: &Pass<'_>) -> Result<(), Error> {
        let Done { copied, .. } = std::mem::take(&mut self.before);
        self.store(pass, copied).await
    }

    /// The rows that these events touch: those of the batch before, and the others as they are stored.
    async fn load(
        &mut self,
        pass: &Pass<'_>,
        shares: &[(Build, usize)],
        events: &[Seen],
        mut before: Newest,
    ) -> Result<Newest, Error> {
        // Only a visit's own events touch rows of its id: of one that begins here there are none.
        let begun = |seen: &&Seen| seen.recorded.stream.kind == VISIT && seen.recorded.sequence == 1;
        let begun: HashSet<Uuid> = events.iter().filter(begun).map(|seen| seen.recorded.stream.id).collect();
        let mut wanted = Vec::new();
        let mut loaded = Newest::new();
        for (build, share) in shares {
            let mut keys = build.view.folder().keys(&events[..*share]);
            keys.retain(|key| {
                if let Some(row) = before.remove(&(build.view, *key)) {
                    loaded.insert((build.view, *key), row);
                    return false;
                }
                !begun.contains(&key.id)
            });
            if !keys.is_empty() {
                wanted.push((*build, keys));
            }
        }
        let stored = store::load(self.connection, pass.clinic, &wanted).await?;
        loaded.extend(stored.into_iter().map(|(view, key, from, body)| ((view, key), (from, body))));
        Ok(loaded)
    }

    async fn store(&mut self, pass: &Pass<'_>, rows: Vec<Copied>) -> Result<(), Error> {
        for rows in rows {
            rows.store(self.connection, pass.clinic).await?;
        }
        Ok(())
    }
}

async fn read(ledger: &Ledger, clinic: Uuid, from: u64) -> Result<Batch, Error> {
    let events = ledger.read_log(clinic, from, BATCH).await?;
    Ok(Arc::new(events.into_iter().map(Seen::new).collect()))
}

/// Folds each view's share, where it keeps nothing from being read or stored.
async fn in_background(
    clinic: Uuid,
    shares: Vec<(Build, usize)>,
    events: Batch,
    loaded: Newest,
) -> Result<(Vec<Folded>, Done), Error> {
    spawn_blocking(move || fold(clinic, &shares, &events, loaded)).await.map_err(|_| Error::CutOff)?
}

fn fold(
    clinic: Uuid,
    shares: &[(Build, usize)],
    events: &[Seen],
    loaded: Newest,
) -> Result<(Vec<Folded>, Done), Error> {
    let mut rows: HashMap<View, Vec<_>> = HashMap::new();
    for ((view, key), (from, body)) in loaded {
        rows.entry(view).or_default().push((key, from, body));
    }
    let (mut all, mut done) = (Vec::new(), Done::default());
    for (build, share) in shares {
        let view = build.view;
        let mut folded = view.folder().fold(rows.remove(&view).unwrap_or_default(), &events[..*share])?;
        let rows = std::mem::take(&mut folded.rows);
        if !rows.is_empty() {
            done.copied.push(Copied::new(clinic, *build, &rows)?);
        }
        let newest = rows.into_iter().filter(|row| row.to.is_none());
        done.newest.extend(newest.map(|row| ((view, row.key), (row.from, row.body))));
        all.push(folded);
    }
    Ok((all, done))
}
