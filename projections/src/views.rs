//! Asking the read models. How far they have come, waiting until they have come far enough, and what each screen shows
//! (the queries stand beside their projections).

use std::time::Duration;

use daybook_ledger::Ledger;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use uuid::Uuid;

use crate::checkpoints::{self, Standing};
use crate::error::{Behind, Error};
use crate::progress::Progress;
use crate::projection::View;

/// How long a waiter sleeps at most before it looks for itself.
const LOOK: Duration = Duration::from_millis(25);
/// The same where no projector of this process tells.
const FOLLOW: Duration = Duration::from_millis(100);

/// The read models of every clinic. Cheap to clone.
#[derive(Clone)]
pub struct Views {
    pub(crate) pool: PgPool,
    pub(crate) ledger: Ledger,
    progress: Progress,
    /// Whether a projector of this process feeds `progress`.
    is_fed: bool,
}

/// How far one projection has come in one clinic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lag {
    pub projection: &'static str,
    pub clinic: Uuid,
    /// Events folded.
    pub position: u64,
    /// Events in the log.
    pub head: u64,
    /// Why it goes no further, if it does not.
    pub stopped: Option<String>,
}

impl Lag {
    /// Events not yet folded.
    pub fn behind(&self) -> u64 {
        self.head.saturating_sub(self.position)
    }
}

impl Views {
    /// Over a pool in the role `daybook_project`. Where a projector runs in this process, [`crate::Projector::views`] hears
    /// of its work at once; these look for themselves.
    pub fn new(pool: PgPool, ledger: Ledger) -> Self {
        Self { pool, ledger, progress: Progress::default(), is_fed: false }
    }

    pub(crate) fn fed(pool: PgPool, ledger: Ledger, progress: Progress) -> Self {
        Self { pool, ledger, progress, is_fed: true }
    }

    /// Position of the newest event a view has folded; `None`: none yet.
    pub async fn position(&self, view: View, clinic: Uuid) -> Result<Option<u64>, Error> {
        let standings = checkpoints::all(&self.pool, clinic).await?;
        Ok(newest(standings.iter().filter(|standing| standing.view() == view)))
    }

    /// Waits until every view has folded the event at a position, so that whoever wrote it reads it. A view that stopped
    /// before it never will: that is an error after the timeout, like any other delay.
    pub async fn wait_for(&self, clinic: Uuid, min_position: u64, patience: Duration) -> Result<u64, Error> {
        self.wait(&View::ALL, clinic, min_position, patience).await
    }

    /// As [`Self::wait_for`], for one view.
    pub async fn wait_for_view(
        &self,
        view: View,
        clinic: Uuid,
        min_position: u64,
        patience: Duration,
    ) -> Result<u64, Error> {
        self.wait(&[view], clinic, min_position, patience).await
    }

    async fn wait(&self, views: &[View], clinic: Uuid, min: u64, patience: Duration) -> Result<u64, Error> {
        let deadline = Instant::now() + patience;
        let mut moved = self.progress.watch_moves(clinic);
        loop {
            moved.borrow_and_update();
            let standings = checkpoints::all(&self.pool, clinic).await?;
            let at = newest(standings.iter().filter(|standing| views.contains(&standing.view())));
            match at {
                Some(at) if at >= min => return Ok(at),
                _ if Instant::now() >= deadline => return Err(Behind { at }.into()),
                // Moved or not: look again.
                _ => drop(timeout_at(deadline.min(Instant::now() + LOOK), moved.changed()).await),
            }
        }
    }

    /// Wakes when the clinic's waiting room may have changed; holds the position of the newest event in it as far as this
    /// process knows. A hint: what changed is asked by [`Self::waiting_room_changes`].
    pub fn changes(&self, clinic: Uuid) -> watch::Receiver<u64> {
        if self.is_fed {
            return self.progress.watch_room(clinic);
        }
        let (sender, receiver) = watch::channel(0);
        tokio::spawn(follow(self.pool.clone(), self.ledger.grown(clinic), clinic, sender));
        receiver
    }

    /// How far every projection has come in every clinic.
    pub async fn status(&self) -> Result<Vec<Lag>, Error> {
        let mut lags = Vec::new();
        for clinic in self.ledger.clinics().await? {
            let head = self.ledger.head(clinic).await?.map_or(0, |checkpoint| checkpoint.size);
            lags.extend(checkpoints::all(&self.pool, clinic).await?.into_iter().map(|standing| Lag {
                projection: standing.view().name(),
                clinic,
                position: standing.next,
                head,
                stopped: standing.stopped,
            }));
        }
        Ok(lags)
    }
}

/// Position of the newest event all of them have folded.
fn newest<'a>(standings: impl Iterator<Item = &'a Standing>) -> Option<u64> {
    standings.map(|standing| standing.next).min().and_then(|next| next.checked_sub(1))
}

/// Feeds a watch where no projector does, for as long as somebody watches.
async fn follow(pool: PgPool, mut grown: watch::Receiver<u64>, clinic: Uuid, sender: watch::Sender<u64>) {
    while !sender.is_closed() {
        grown.borrow_and_update();
        if let Ok(standings) = checkpoints::all(&pool, clinic).await {
            let room = standings.iter().filter(|standing| standing.view() == View::WaitingRoom);
            let at = newest(room).unwrap_or(0);
            sender.send_if_modified(|known| std::mem::replace(known, at) != at);
        }
        // A log that grew is not yet projected: look soon, and again.
        drop(timeout(FOLLOW, grown.changed()).await);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
