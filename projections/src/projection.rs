//! What a projection is: which rows an event touches, and what becomes of them. Pure; the storing, the order and the
//! exactly-once are the same for all and live elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::error::Error;
use crate::seen::Seen;
use crate::{
    access_reviews, accesses, alarms, chart, day, directory, glass, history, requests, timeline, usage, waiting_room,
};

/// The read models there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    WaitingRoom,
    Chart,
    Timeline,
    Day,
    Directory,
    History,
    Usage,
    Alarms,
    Requests,
    Accesses,
    Glass,
    AccessReviews,
}

impl View {
    /// Every read model.
    pub const ALL: [View; 12] = [
        View::WaitingRoom,
        View::Chart,
        View::Timeline,
        View::Day,
        View::Directory,
        View::History,
        View::Usage,
        View::Alarms,
        View::Requests,
        View::Accesses,
        View::Glass,
        View::AccessReviews,
    ];

    /// Its name, kebab-case would not do for a schema: with underscores.
    pub fn name(self) -> &'static str {
        match self {
            View::WaitingRoom => "waiting_room",
            View::Chart => "chart",
            View::Timeline => "timeline",
            View::Day => "day",
            View::Directory => "directory",
            View::Usage => "usage",
            View::History => "history",
            View::Alarms => "alarms",
            View::Requests => "requests",
            View::Accesses => "accesses",
            View::Glass => "glass",
            View::AccessReviews => "access_reviews",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Result<View, Error> {
        let view = View::ALL.into_iter().find(|view| view.name() == name);
        view.ok_or_else(|| Error::UnknownProjection(name.to_owned()))
    }

    pub(crate) fn folder(self) -> &'static dyn Folder {
        match self {
            View::WaitingRoom => &Of::<waiting_room::Room>(PhantomData),
            View::Chart => &Of::<chart::Charts>(PhantomData),
            View::Timeline => &Of::<timeline::Timelines>(PhantomData),
            View::Day => &Of::<day::DayFold>(PhantomData),
            View::Directory => &Of::<directory::Directory>(PhantomData),
            View::Usage => &Of::<usage::Usages>(PhantomData),
            View::History => &Of::<history::Histories>(PhantomData),
            View::Alarms => &Of::<alarms::AlarmFold>(PhantomData),
            View::Requests => &Of::<requests::RequestFold>(PhantomData),
            View::Accesses => &Of::<accesses::AccessFold>(PhantomData),
            View::Glass => &Of::<glass::GlassFold>(PhantomData),
            View::AccessReviews => &Of::<access_reviews::AccessReviewFold>(PhantomData),
        }
    }

    pub(crate) fn index(self) -> usize {
        self as usize
    }

    /// The schema of this version, which is also the checkpoint's name.
    pub(crate) fn schema(self) -> String {
        format!("{}_v{}", self.name(), self.folder().version())
    }
}

/// Names a row within a clinic's part of a projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub kind: &'static str,
    pub id: Uuid,
}

/// What a row can be found by, besides its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    pub owner: Option<Uuid>,
    pub tag: Option<&'static str>,
    pub at: Option<DateTime<Utc>>,
}

/// A fold. Raise `VERSION` whenever `Row` changes its shape or the fold its meaning: the new version is then built in a
/// schema of its own while the old one goes on being read.
pub(crate) trait Projection: Send + Sync + 'static {
    const VIEW: View;
    const VERSION: u32;
    /// Further indexes over `rows`: the columns in brackets, and perhaps a condition after them.
    const INDEXES: &'static [&'static str];
    /// Streams every event of which must be readable. One that is not stops this projection in that clinic.
    const STREAMS: &'static [&'static str];
    type Row: Serialize + DeserializeOwned + Clone + PartialEq + Send;

    /// Kinds of rows there are.
    const KINDS: &'static [&'static str];

    /// The rows `fold` will look at. A row that is only ever written once need not be named.
    fn keys(seen: &Seen) -> Vec<Key>;
    /// Takes the event in. Never fails: an event is a fact.
    fn fold(rows: &mut Rows<Self::Row>, seen: &Seen);
    fn columns(row: &Self::Row) -> Columns;
    /// Whether this state of a row is kept, as one that was, after the next replaces it.
    fn is_kept(_row: &Self::Row) -> bool {
        false
    }
}

/// A row as it is, or as it was from one position to another (not including it).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Version<R> {
    pub key: Key,
    pub from: u64,
    pub to: Option<u64>,
    pub row: R,
}

/// The rows a batch works on, in memory.
pub(crate) struct Rows<R> {
    open: BTreeMap<Key, (u64, R)>,
    changed: BTreeSet<Key>,
    past: Vec<Version<R>>,
    is_kept: fn(&R) -> bool,
}

impl<R: Clone + PartialEq> Rows<R> {
    pub fn new(open: BTreeMap<Key, (u64, R)>, is_kept: fn(&R) -> bool) -> Self {
        Self { open, changed: BTreeSet::new(), past: Vec::new(), is_kept }
    }

    pub fn get(&self, key: Key) -> Option<&R> {
        self.open.get(&key).map(|(_, row)| row)
    }

    /// The row's new state, from this position on. Nothing happens where nothing changed.
    pub fn set(&mut self, key: Key, position: u64, row: R) {
        match self.open.get_mut(&key) {
            Some((_, before)) if *before == row => return,
            Some((from, before)) => {
                let before = std::mem::replace(before, row);
                if *from < position && (self.is_kept)(&before) {
                    self.past.push(Version { key, from: *from, to: Some(position), row: before });
                }
                *from = position;
            }
            None => {
                self.open.insert(key, (position, row));
            }
        }
        self.changed.insert(key);
    }

    /// What has to be stored: states that passed, and the newest of every row that changed.
    pub fn into_versions(self) -> Vec<Version<R>> {
        let Self { open, changed, mut past, .. } = self;
        let newest = open.into_iter().filter(|(key, _)| changed.contains(key));
        past.extend(newest.map(|(key, (from, row))| Version { key, from, to: None, row }));
        past
    }
}

/// A row as stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stored {
    pub key: Key,
    pub from: u64,
    pub to: Option<u64>,
    pub columns: Columns,
    pub body: String,
    /// Whether it takes the place of the row's newest state that is stored already.
    pub replaces: bool,
}

/// An event a projection cannot take in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Poison {
    pub position: u64,
    pub problem: String,
}

/// What came of a batch: how many events were taken in, and what is to be stored for them.
pub(crate) struct Folded {
    pub count: usize,
    pub rows: Vec<Stored>,
    pub poison: Option<Poison>,
}

/// A projection without its row type.
pub(crate) trait Folder: Send + Sync {
    fn version(&self) -> u32;
    fn indexes(&self) -> &'static [&'static str];
    fn kinds(&self) -> &'static [&'static str];
    fn keys(&self, events: &[Seen]) -> BTreeSet<Key>;
    /// Folds as far as possible. Rows not `loaded` are rows that do not exist.
    fn fold(&self, loaded: Vec<(Key, u64, String)>, events: &[Seen]) -> Result<Folded, Error>;
}

struct Of<P>(PhantomData<fn() -> P>);

impl<P: Projection> Of<P> {
    fn poison(seen: &Seen) -> Option<Poison> {
        let problem = seen.fact.as_ref().err().filter(|_| P::STREAMS.contains(&&*seen.recorded.stream.kind))?;
        Some(Poison { position: seen.position(), problem: problem.to_string() })
    }
}

impl<P: Projection> Folder for Of<P> {
    fn version(&self) -> u32 {
        P::VERSION
    }

    fn indexes(&self) -> &'static [&'static str] {
        P::INDEXES
    }

    fn kinds(&self) -> &'static [&'static str] {
        P::KINDS
    }

    fn keys(&self, events: &[Seen]) -> BTreeSet<Key> {
        events.iter().flat_map(P::keys).collect()
    }

    fn fold(&self, loaded: Vec<(Key, u64, String)>, events: &[Seen]) -> Result<Folded, Error> {
        let mut open = BTreeMap::new();
        for (key, from, body) in loaded {
            open.insert(key, (from, read_row(P::VIEW, &body)?));
        }
        let stored: BTreeSet<Key> = open.keys().copied().collect();
        let mut rows = Rows::new(open, P::is_kept);
        let poison = events.iter().find_map(Self::poison);
        let readable =
            events.iter().take_while(|seen| poison.as_ref().is_none_or(|poison| seen.position() < poison.position));
        let mut count = 0;
        for seen in readable {
            P::fold(&mut rows, seen);
            count += 1;
        }
        let row = |version: Version<P::Row>| {
            let replaces = version.to.is_none() && stored.contains(&version.key);
            store::<P>(version, replaces)
        };
        let rows = rows.into_versions().into_iter().map(row).collect::<Result<_, _>>()?;
        Ok(Folded { count, rows, poison })
    }
}

fn store<P: Projection>(version: Version<P::Row>, replaces: bool) -> Result<Stored, Error> {
    let Version { key, from, to, row } = version;
    let body = serde_json::to_string(&row).map_err(|error| unreadable(P::VIEW, &error))?;
    Ok(Stored { key, from, to, columns: P::columns(&row), body, replaces })
}

/// A row from its stored form.
pub(crate) fn read_row<R: DeserializeOwned>(view: View, body: &str) -> Result<R, Error> {
    serde_json::from_str(body).map_err(|error| unreadable(view, &error))
}

fn unreadable(view: View, error: &serde_json::Error) -> Error {
    Error::Row { view: view.name(), problem: error.to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::told::{self, Told};

    #[test]
    fn an_unknown_event_of_a_known_stream_stops_the_fold_before_it() {
        let told = Told::default()
            .visit(9, told::scheduled(told::PROVIDER, 0))
            .raw("visit", 9, "teleported", "1.0", &json!({}))
            .visit(9, told::arrived());
        for view in [View::WaitingRoom, View::Chart, View::Day, View::Directory] {
            let folded = view.folder().fold(Vec::new(), &told.seen()).unwrap();
            assert_eq!((folded.count, folded.poison.map(|poison| poison.position)), (1, Some(1)), "{view:?}");
        }
        let folded = View::Timeline.folder().fold(Vec::new(), &told.seen()).unwrap();
        assert_eq!((folded.count, folded.poison), (3, None));
    }

    #[test]
    fn an_unknown_stream_is_passed_over() {
        let told = Told::default().raw("session-of-the-future", 9, "teleported", "1.0", &json!({}));
        for view in View::ALL {
            let folded = view.folder().fold(Vec::new(), &told.seen()).unwrap();
            assert_eq!((folded.count, folded.rows.len(), folded.poison), (1, 0, None));
        }
    }

    #[test]
    fn a_problem_does_not_tell_what_the_event_said() {
        let told = Told::default().raw("visit", 9, "scheduled", "1.0", &json!({"patient_id": "sore throat"}));
        let folded = View::Chart.folder().fold(Vec::new(), &told.seen()).unwrap();
        assert!(!folded.poison.unwrap().problem.contains("sore"));
    }

    #[test]
    fn a_row_that_stays_the_same_is_not_stored_again() {
        let mut rows = Rows::new(BTreeMap::new(), |_: &u8| true);
        let key = Key { kind: "visit", id: Uuid::nil() };
        rows.set(key, 3, 1);
        rows.set(key, 4, 1);
        rows.set(key, 5, 2);
        let spans: Vec<_> = rows.into_versions().into_iter().map(|row| (row.from, row.to, row.row)).collect();
        assert_eq!(spans, [(3, Some(5), 1), (5, None, 2)]);
    }
}
