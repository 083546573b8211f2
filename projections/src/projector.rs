//! Keeps the read models in step with the log: one lane a clinic, each reading by position, folding a batch in memory, and
//! storing rows and checkpoints in one transaction. A crash loses at most what is folded again from the checkpoint.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use daybook_ledger::Ledger;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use uuid::Uuid;

use crate::build::Build;
use crate::checkpoints::{self, Standing, Step};
use crate::error::Error;
use crate::progress::Progress;
use crate::projection::{Poison, Stored, View};
use crate::seen::Seen;
use crate::store;
use crate::views::Views;

/// Events folded in one transaction, at most.
const BATCH: u64 = 2_000;
/// How long a lane sleeps at most before it looks for itself.
const POLL: Duration = Duration::from_millis(250);
/// With many clinics they look less often, so that looking costs at most some 200 queries a second.
const POLL_PER_CLINIC: Duration = Duration::from_millis(5);
/// Between looks for new clinics while logs grow.
const DISCOVER: Duration = Duration::from_millis(20);
/// First pause while another server works on a batch; each further one is twice as long, up to `POLL`.
const ELSEWHERE: Duration = Duration::from_millis(2);

/// Runs until stopped or dropped.
pub struct Projector {
    views: Views,
    stop: watch::Sender<bool>,
    dispatcher: JoinHandle<()>,
}

impl Projector {
    /// Starts projecting every clinic of a ledger over a pool in the role `daybook_project`. Any number of servers may do so
    /// on one database.
    pub fn start(ledger: Ledger, pool: PgPool) -> Self {
        let (stop, stopped) = watch::channel(false);
        let progress = Progress::default();
        let dispatcher = tokio::spawn(dispatch(ledger.clone(), pool.clone(), progress.clone(), stopped));
        Self { views: Views::fed(pool, ledger, progress), stop, dispatcher }
    }

    /// Views that hear of this projector's work at once.
    pub fn views(&self) -> Views {
        self.views.clone()
    }

    /// Ends after the batches under way.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        if let Err(error) = self.dispatcher.await {
            tracing::error!(%error, "the projector ended badly");
        }
    }
}

/// Resolves when the projector is stopped or dropped.
async fn ended(stopped: &mut watch::Receiver<bool>) {
    // An error means that the projector is gone.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Starts a lane for every clinic, also for those that come later.
async fn dispatch(ledger: Ledger, pool: PgPool, progress: Progress, mut stopped: watch::Receiver<bool>) {
    let mut known = BTreeSet::new();
    let mut lanes = JoinSet::new();
    let mut grown = ledger.any_grown();
    let (crowd, crowded) = watch::channel(0_u32);
    loop {
        grown.borrow_and_update();
        match ledger.clinics().await {
            Ok(clinics) => {
                for clinic in clinics.into_iter().filter(|clinic| known.insert(*clinic)) {
                    let lane = Lane::new(clinic, ledger.clone(), pool.clone(), progress.clone(), crowded.clone());
                    lanes.spawn(lane.run(stopped.clone()));
                }
                crowd.send_replace(known.len() as u32);
            }
            Err(error) => tracing::warn!(%error, "cannot look for clinics"),
        }
        let next = async {
            tokio::time::sleep(DISCOVER).await;
            drop(timeout(POLL, grown.changed()).await);
        };
        tokio::select! {
            () = ended(&mut stopped) => break,
            () = next => {}
        }
    }
    while lanes.join_next().await.is_some() {}
}

/// One clinic's log on its way into all read models.
struct Lane {
    clinic: Uuid,
    ledger: Ledger,
    pool: PgPool,
    progress: Progress,
    crowd: watch::Receiver<u32>,
    /// Where each view stood when this lane last looked: only where to read from. What counts is in the database.
    standing: BTreeMap<View, u64>,
    /// Views that met an event they cannot take in, and will not in this process.
    poisoned: BTreeSet<View>,
}

/// What came of looking.
enum Looked {
    /// Everything in the log is folded.
    Nothing,
    Advanced,
    /// Another server is at it.
    Elsewhere,
}

impl Lane {
    fn new(clinic: Uuid, ledger: Ledger, pool: PgPool, progress: Progress, crowd: watch::Receiver<u32>) -> Self {
        let (standing, poisoned) = Default::default();
        Self { clinic, ledger, pool, progress, crowd, standing, poisoned }
    }

    async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        let mut grown = self.ledger.grown(self.clinic);
        let (mut is_failing, mut elsewhere) = (false, ELSEWHERE);
        while !*stopped.borrow() {
            grown.borrow_and_update();
            let before = self.standing.clone();
            let pause = match self.look().await {
                Ok(Looked::Advanced) => {
                    (is_failing, elsewhere) = (false, ELSEWHERE);
                    continue;
                }
                Ok(Looked::Elsewhere) => {
                    // Growth is no news: what is there is being folded.
                    tokio::time::sleep(elsewhere).await;
                    // While the other server gets on, its news is soon ours; only a standstill is waited out longer.
                    elsewhere = if self.standing == before { POLL.min(elsewhere * 2) } else { ELSEWHERE };
                    continue;
                }
                Ok(Looked::Nothing) => {
                    (is_failing, elsewhere) = (false, ELSEWHERE);
                    POLL.max(POLL_PER_CLINIC * *self.crowd.borrow())
                }
                Err(error) => {
                    if !is_failing {
                        tracing::error!(clinic = %self.clinic, %error, "read models stand still; trying again");
                    }
                    is_failing = true;
                    self.standing.clear();
                    POLL
                }
            };
            tokio::select! {
                () = ended(&mut stopped) => return,
                // Grown or not: look again.
                _ = timeout(pause, grown.changed()) => {}
            }
        }
    }

    /// Folds one batch for each group of views that stand at one position: usually one group of all.
    async fn look(&mut self) -> Result<Looked, Error> {
        if self.standing.is_empty() {
            checkpoints::ensure(&self.pool, self.clinic).await?;
            self.look_up().await?;
        }
        let mut groups: BTreeMap<u64, Vec<View>> = BTreeMap::new();
        for (view, next) in self.standing.iter().filter(|(view, _)| !self.poisoned.contains(view)) {
            groups.entry(*next).or_default().push(*view);
        }
        let mut looked = Looked::Nothing;
        let mut ahead: Option<u64> = None;
        // Who is furthest is first, so that a new projection that starts from the beginning delays nobody.
        for (next, views) in groups.into_iter().rev() {
            // A group does not run past the one ahead of it: it joins it.
            let limit = ahead.map_or(BATCH, |ahead| BATCH.min(ahead - next));
            ahead = Some(next);
            match self.batch(next, limit, &views).await? {
                Looked::Nothing => {}
                Looked::Elsewhere if !matches!(looked, Looked::Nothing) => {}
                other => looked = other,
            }
        }
        Ok(looked)
    }

    /// Where the views stand. What another server folded is news to this process too.
    async fn look_up(&mut self) -> Result<(), Error> {
        for standing in checkpoints::all(&self.pool, self.clinic).await? {
            let before = self.standing.insert(standing.view(), standing.next);
            if before.is_none_or(|before| before < standing.next) {
                self.announce(standing.view(), standing.next, true);
            }
        }
        Ok(())
    }

    fn announce(&self, view: View, next: u64, has_changed: bool) {
        if let (View::WaitingRoom, true, Some(position)) = (view, has_changed, next.checked_sub(1)) {
            self.progress.room_changed(self.clinic, position);
        }
        self.progress.moved(self.clinic);
    }

    async fn batch(&mut self, next: u64, limit: u64, views: &[View]) -> Result<Looked, Error> {
        let events = self.ledger.read_log(self.clinic, next, limit).await?;
        if events.is_empty() {
            return Ok(Looked::Nothing);
        }
        let events: Vec<Seen> = events.into_iter().map(Seen::new).collect();
        let mut transaction = self.pool.begin().await?;
        let locked = checkpoints::lock(&mut transaction, self.clinic, views).await?;
        let locked: Vec<Standing> = locked.into_iter().filter(|standing| standing.next == next).collect();
        if locked.is_empty() {
            transaction.rollback().await?;
            self.look_up().await?;
            return Ok(Looked::Elsewhere);
        }
        let batch = fold(&mut transaction, self.clinic, locked, &events).await?;
        store::write(&mut transaction, self.clinic, &batch.rows).await?;
        if !checkpoints::advance(&mut transaction, self.clinic, &batch.steps).await? {
            transaction.rollback().await?;
            self.look_up().await?;
            return Ok(Looked::Elsewhere);
        }
        transaction.commit().await?;
        for Step { after, .. } in &batch.steps {
            self.standing.insert(after.view(), after.next);
            let has_changed = batch.rows.iter().any(|(changed, rows)| *changed == after.build && !rows.is_empty());
            self.announce(after.view(), after.next, has_changed);
        }
        for (view, poison) in &batch.poison {
            self.poisoned.insert(*view);
            tracing::error!(clinic = %self.clinic, projection = view.name(), position = poison.position, problem = %poison.problem, "a read model stops");
        }
        Ok(Looked::Advanced)
    }
}

/// What came of a batch for several views.
#[derive(Default)]
struct Batch {
    steps: Vec<Step>,
    rows: Vec<(Build, Vec<Stored>)>,
    poison: Vec<(View, Poison)>,
}

/// Why a view stopped, for people.
pub(crate) fn describe(poison: &Poison) -> String {
    format!("position {}: {}", poison.position, poison.problem)
}

/// Loads what the events touch and folds them, for views that stand where the first of them is.
async fn fold(
    connection: &mut sqlx::PgConnection,
    clinic: Uuid,
    standing: Vec<Standing>,
    events: &[Seen],
) -> Result<Batch, Error> {
    let keys = |standing: &Standing| (standing.build, standing.view().folder().keys(events));
    let wanted: Vec<(Build, BTreeSet<_>)> = standing.iter().map(keys).collect();
    let mut loaded: BTreeMap<View, Vec<_>> = BTreeMap::new();
    for (view, key, from, body) in store::load(connection, clinic, &wanted).await? {
        loaded.entry(view).or_default().push((key, from, body));
    }
    let mut batch = Batch::default();
    for before in standing {
        let (build, view) = (before.build, before.view());
        let folded = view.folder().fold(loaded.remove(&view).unwrap_or_default(), events)?;
        let stopped = folded.poison.as_ref().map(describe);
        let after = Standing { build, next: before.next + folded.count as u64, stopped };
        batch.steps.push(Step { before, after });
        batch.rows.push((build, folded.rows));
        batch.poison.extend(folded.poison.map(|poison| (view, poison)));
    }
    Ok(batch)
}
