//! One pass over a clinic's log from its first event on, into the rows of several views at once: each event is read and
//! decoded once, and while a batch is folded the next one is read.

use daybook_ledger::Ledger;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;
use crate::projection::View;
use crate::projector::fold;
use crate::seen::Seen;
use crate::store::{self, Tables};

/// Events in memory at once, twice. The more there are, the fewer rows are loaded and stored again and again.
const BATCH: u64 = 10_000;

/// How far a view has come, and how far it is to come.
pub(crate) struct Course {
    pub view: View,
    /// Position at which it ends; the log's end comes first.
    pub until: u64,
    /// Position of the next event.
    pub next: u64,
    /// The event it cannot take in, for people.
    pub stopped: Option<String>,
}

impl Course {
    /// To the end of the log.
    pub fn whole(view: View) -> Self {
        Self::up_to(view, u64::MAX)
    }

    /// To this position, itself not included.
    pub fn up_to(view: View, until: u64) -> Self {
        Self { view, until, next: 0, stopped: None }
    }

    fn is_over(&self) -> bool {
        self.stopped.is_some() || self.next >= self.until
    }
}

/// A pass into these tables, which are empty.
pub(crate) struct Pass<'a> {
    pub ledger: &'a Ledger,
    pub clinic: Uuid,
    pub tables: Tables,
}

impl Pass<'_> {
    /// Takes every view as far as it is to come. `progress` is told of every batch how many events it had.
    pub async fn run(
        &self,
        connection: &mut PgConnection,
        courses: &mut [Course],
        progress: impl Fn(u64),
    ) -> Result<(), Error> {
        let mut events = self.read(0).await?;
        while let Some(last) = events.last() {
            let next = last.position() + 1;
            let (ahead, ()) = futures::try_join!(self.read(next), self.take(connection, courses, &events))?;
            progress(events.len() as u64);
            if courses.iter().all(Course::is_over) {
                break;
            }
            events = ahead;
        }
        Ok(())
    }

    async fn read(&self, from: u64) -> Result<Vec<Seen>, Error> {
        Ok(self.ledger.read_log(self.clinic, from, BATCH).await?.into_iter().map(Seen::new).collect())
    }

    /// Folds a batch. Views that end at the same event, which is nearly always all of them, are folded together.
    async fn take(&self, connection: &mut PgConnection, courses: &mut [Course], events: &[Seen]) -> Result<(), Error> {
        let count = |course: &Course| events.iter().take_while(|event| event.position() < course.until).count();
        let mut ends: Vec<usize> = courses.iter().filter(|course| !course.is_over()).map(count).collect();
        ends.sort_unstable();
        ends.dedup();
        for end in ends.into_iter().filter(|end| *end > 0) {
            let together = courses.iter_mut().filter(|course| !course.is_over() && count(course) == end);
            let mut together: Vec<&mut Course> = together.collect();
            let views: Vec<View> = together.iter().map(|course| course.view).collect();
            let batch = fold(connection, self.clinic, self.tables, &views, &events[..end]).await?;
            store::write(connection, self.clinic, self.tables, &batch.rows).await?;
            for (course, step) in together.iter_mut().zip(batch.steps(events[0].position())) {
                // Where the log has a hole, a count is no position.
                let folded = (step.to - step.from) as usize;
                course.next = events.get(folded).map_or(events[end - 1].position() + 1, Seen::position);
                course.stopped = step.stopped;
            }
        }
        Ok(())
    }
}
