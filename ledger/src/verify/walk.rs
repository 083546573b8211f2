//! One walk over the log, in order: the pass, and beside it everything that is compared at each size of the tree.

use futures::StreamExt;
use sqlx::PgPool;

use super::checkpoints::Checkpoints;
use super::ends::Ends;
use super::pages::{Checked, pages};
use super::pass::Pass;
use super::report::{Check, Report};
use crate::epochs::Epoch;
use crate::event::Recorded;
use crate::kept;
use crate::read;
use crate::witnessed;

/// The walk.
pub(super) struct Walk<'a> {
    pub pool: &'a PgPool,
    pub pass: Pass,
    pub checkpoints: Checkpoints,
    pub kept: kept::Comparison,
    pub witnessed: witnessed::Comparison,
}

impl Walk<'_> {
    /// Walks over the events before `end`.
    pub async fn through<T: Send + 'static>(
        &mut self,
        end: u64,
        each: impl Fn(&Recorded) -> T + Clone + Send + Sync + 'static,
        progress: impl Fn(u64),
    ) -> Result<(), sqlx::Error> {
        let mut from = Some(0);
        while let Some(begin) = from.take() {
            let mut pages = pages(self.pool, self.pass.clinic, begin..end, each.clone());
            while let Some(page) = pages.next().await {
                let (start, page) = page.map_err(|_| sqlx::Error::WorkerCrashed)?;
                match self.readable(page)? {
                    Some(events) if events.is_empty() => {
                        // A hole as wide as a page, and somebody may have made it as wide as they like: not walked, but jumped
                        // over.
                        from = read::position_from(self.pool, self.pass.clinic, start).await?;
                        break;
                    }
                    Some(events) => {
                        progress(events.len() as u64);
                        self.over(events).await?;
                    }
                    None => {}
                }
            }
        }
        Ok(())
    }

    /// The events of a page; nothing where a stored row is not one, which is found.
    fn readable(&mut self, page: Result<Vec<Checked>, sqlx::Error>) -> Result<Option<Vec<Checked>>, sqlx::Error> {
        match page {
            Err(sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. }) => {
                self.pass.find(self.pass.events, Check::Unreadable, String::new());
                Ok(None)
            }
            page => page.map(Some),
        }
    }

    async fn over(&mut self, events: Vec<Checked>) -> Result<(), sqlx::Error> {
        for event in events {
            self.pass.place(&event);
            self.checkpoints.pass_up_to(event.position, &mut self.pass).await?;
            self.kept.at(&self.pass.tree);
            self.witnessed.at(&self.pass.tree, Some(event.recorded_at));
            self.pass.follow(event);
        }
        self.pass.compare_tiles(self.pool).await
    }

    /// What is left to compare once the tree has its last leaf, and what came out.
    pub async fn finish(self, ends: &Ends, epochs: &[Epoch]) -> Result<Report, sqlx::Error> {
        let Self { pool, mut pass, mut checkpoints, kept, witnessed } = self;
        checkpoints.pass_up_to(u64::MAX, &mut pass).await?;
        if checkpoints.size != pass.tree.size() {
            let what = format!("the last checkpoint covers {} events", checkpoints.size);
            pass.find(pass.tree.size(), Check::Size, what);
        }
        if pass.diverged {
            pass.find_moved(pool, checkpoints.size).await?;
        }
        pass.compare_ends(ends);
        let ended = pass.compare_epochs(epochs);
        let kept = kept.finish(&pass.tree, &ended);
        pass.compare_kept(&kept);
        let (watched, contradicted) = witnessed.finish(&pass.tree);
        pass.findings.extend(contradicted);
        let count = checkpoints.count;
        pass.findings.extend(checkpoints.verify_signatures().await?);
        Ok(pass.report(count, kept, watched))
    }
}
