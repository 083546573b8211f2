//! Live waiting rooms. One task a clinic asks what changed and reads the sealed events once; every client then gets
//! them under its own receipt, which names the patients it is shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use daybook_domain::PatientId;
use daybook_ledger::{Ledger, Recorded};
use daybook_projections::{View, Views, WaitingRoomChanges, WaitingRow};
use tokio::sync::{OnceCell, broadcast, watch};
use tokio::time::sleep;
use uuid::Uuid;

use crate::problem::Problem;

/// Changes a slow client may be behind before it gets a whole new picture.
const BACKLOG: usize = 256;
/// How long a room's task sleeps at most before it looks for itself.
const LOOK: Duration = Duration::from_millis(500);
/// How soon it looks again while the log is known to be ahead of what was told.
const SOON: Duration = Duration::from_millis(5);

/// What became different, with the sealed events its rows speak of.
pub struct Change {
    /// What changed.
    pub changes: WaitingRoomChanges,
    /// The events, as stored.
    pub events: Vec<Recorded>,
    /// The message made of it, by the first client that opened it. Another may send it on once its own receipt names
    /// the same patients.
    pub message: OnceCell<Bytes>,
}

impl Change {
    /// A change nobody has opened yet.
    pub fn new(changes: WaitingRoomChanges, events: Vec<Recorded>) -> Self {
        Self { changes, events, message: OnceCell::new() }
    }
}

/// A room somebody watches: where its changes go, and whether its task knows where it began.
struct Room {
    changes: broadcast::Sender<Arc<Change>>,
    ready: watch::Receiver<bool>,
}

type Rooms = Arc<Mutex<HashMap<Uuid, Room>>>;

/// The waiting rooms somebody watches.
pub struct WaitingRooms {
    views: Views,
    ledger: Ledger,
    runtime: tokio::runtime::Handle,
    rooms: Rooms,
}

impl WaitingRooms {
    /// Nobody watches yet.
    pub fn new(views: Views, ledger: Ledger, runtime: tokio::runtime::Handle) -> Self {
        Self { views, ledger, runtime, rooms: Arc::default() }
    }

    /// Every change from here on. Who then looks at the room misses nothing between the look and the first change.
    pub async fn subscribe(&self, clinic: Uuid) -> broadcast::Receiver<Arc<Change>> {
        let (changes, mut ready) = self.join(clinic);
        // An error means that the task is gone, which ends the subscription too.
        let _ = ready.wait_for(|ready| *ready).await;
        changes
    }

    fn join(&self, clinic: Uuid) -> (broadcast::Receiver<Arc<Change>>, watch::Receiver<bool>) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(room) = rooms.get(&clinic) {
            return (room.changes.subscribe(), room.ready.clone());
        }
        let (changes, receiver) = broadcast::channel(BACKLOG);
        let (is_ready, ready) = watch::channel(false);
        rooms.insert(clinic, Room { changes: changes.clone(), ready: ready.clone() });
        let task = Watch {
            clinic,
            views: self.views.clone(),
            ledger: self.ledger.clone(),
            changes,
            rooms: self.rooms.clone(),
        };
        self.runtime.spawn(task.run(is_ready));
        (receiver, ready)
    }
}

/// One clinic's task.
struct Watch {
    clinic: Uuid,
    views: Views,
    ledger: Ledger,
    changes: broadcast::Sender<Arc<Change>>,
    rooms: Rooms,
}

impl Watch {
    /// Runs until nobody watches.
    async fn run(self, is_ready: watch::Sender<bool>) {
        let (mut woken, mut grown) = (self.views.changes(self.clinic), self.ledger.grown(self.clinic));
        let (mut told, mut pause) = (None, LOOK);
        loop {
            woken.borrow_and_update();
            grown.borrow_and_update();
            let before = told;
            match self.step(&mut told).await {
                // An error means that nobody is listening just now.
                Ok(Some(change)) => drop(self.changes.send(Arc::new(change))),
                Ok(None) => {}
                Err(problem) => tracing::warn!(code = problem.code, "a live waiting room has to wait"),
            }
            if told.is_some() {
                is_ready.send_replace(true);
            }
            let is_behind = told.map_or(0, |position| position + 1) < *grown.borrow();
            pause = match is_behind {
                false => LOOK,
                true if told != before || pause == LOOK => SOON,
                true => LOOK.min(pause * 2),
            };
            // The read model may be brought up to date by another server, of which nobody here need hear at once.
            tokio::select! {
                _ = woken.changed() => {}
                () = async { drop(grown.changed().await); sleep(SOON).await } => {}
                () = sleep(pause) => {}
            }
            // Joining takes the same lock, so nobody can come between the look and the removal.
            let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
            if self.changes.receiver_count() == 0 {
                rooms.remove(&self.clinic);
                return;
            }
        }
    }

    /// What changed since the position last told of; the first time only where that is.
    async fn step(&self, told: &mut Option<u64>) -> Result<Option<Change>, Problem> {
        let position = self.views.position(View::WaitingRoom, self.clinic).await?.unwrap_or(0);
        let Some(after) = *told else {
            *told = Some(position);
            return Ok(None);
        };
        if position <= after {
            return Ok(None);
        }
        let changes = self.views.waiting_room_changes(self.clinic, after).await?;
        let events = self.ledger.read_positions(self.clinic, &positions(&changes.changed)).await?;
        *told = Some(changes.position);
        Ok(Some(Change::new(changes, events)).filter(|change| !change.changes.is_empty()))
    }
}

/// Positions of the sealed events that rows speak of.
pub fn positions(rows: &[WaitingRow]) -> Vec<u64> {
    let all: BTreeSet<u64> =
        rows.iter().flat_map(|row| [row.patient_registered, row.reason_position]).flatten().collect();
    all.into_iter().collect()
}

/// The patients rows speak of.
pub fn patients(rows: &[WaitingRow]) -> Vec<PatientId> {
    let all: BTreeMap<PatientId, ()> = rows.iter().map(|row| (row.patient_id, ())).collect();
    all.into_keys().collect()
}
