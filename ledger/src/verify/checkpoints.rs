//! The checkpoints that are stored: each follows on the one before it, has the root that the tree has at its size, and is
//! signed.

use std::collections::VecDeque;

use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::keys::Keys;
use super::pass::Pass;
use super::report::{Check, Finding};
use crate::format::Hash;
use crate::rows::{hash, number};

/// The stored checkpoints, walked beside the events.
pub(super) struct Checkpoints {
    pool: PgPool,
    clinic: Uuid,
    keys: Keys,
    /// The last size that is looked at.
    last: u64,
    pub size: u64,
    pub count: u64,
    page: VecDeque<(u64, u64, Hash, [u8; 64])>,
    done: bool,
    signatures: Vec<tokio::task::JoinHandle<Vec<Finding>>>,
}

impl Checkpoints {
    const PAGE: i64 = 2_048;

    pub fn open(pool: &PgPool, clinic: Uuid, last: u64, keys: Keys) -> Self {
        Self {
            pool: pool.clone(),
            clinic,
            keys,
            last,
            size: 0,
            count: 0,
            page: Default::default(),
            done: false,
            signatures: Vec::new(),
        }
    }

    /// Compares every checkpoint whose size the tree has reached: before the event at `position` is added, all of those
    /// up to and including that size.
    pub async fn pass_up_to(&mut self, position: u64, pass: &mut Pass) -> Result<(), sqlx::Error> {
        loop {
            if self.page.is_empty() && !self.done {
                self.fetch().await?;
            }
            let Some((size_before, size, root, _)) = self.page.front().copied() else { return Ok(()) };
            if size > position {
                return Ok(());
            }
            self.page.pop_front();
            if size_before != self.size {
                pass.find(size_before, Check::Growth, format!("the checkpoint before it ends at {}", self.size));
            }
            if !pass.diverged && (size != pass.tree.size() || root != pass.tree.root()) {
                pass.find(size, Check::Root, format!("checkpoint of size {size}"));
                // Every later root differs too: one finding says it.
                pass.diverged = true;
            }
            (self.size, self.count) = (size, self.count + 1);
        }
    }

    async fn fetch(&mut self) -> Result<(), sqlx::Error> {
        let after = self.size as i64;
        let from = if self.count == 0 { -1 } else { after };
        let rows = sqlx::query("SELECT size_before, size, root, signature FROM ledger.checkpoints WHERE clinic_id = $1 AND size_before >= $2 AND size <= $4 ORDER BY size_before LIMIT $3")
            .bind(self.clinic)
            .bind(from)
            .bind(Self::PAGE)
            .bind(self.last as i64)
            .fetch_all(&self.pool)
            .await?;
        self.done = (rows.len() as i64) < Self::PAGE;
        for row in &rows {
            // A signature of another length cannot be right: zeros cannot either.
            let signature = row.try_get::<&[u8], _>(3)?.try_into().unwrap_or([0; 64]);
            self.page.push_back((number(row, 0)?, number(row, 1)?, hash(row, 2)?, signature));
        }
        let (keys, page) = (self.keys.clone(), self.page.clone());
        self.signatures.push(tokio::spawn(async move {
            let wrong = page.into_iter().filter(|(_, size, root, signature)| !keys.signed(*size, root, signature));
            wrong
                .map(|(_, size, _, _)| Finding {
                    position: size,
                    check: Check::Signature,
                    what: format!("checkpoint of size {size}"),
                })
                .collect()
        }));
        Ok(())
    }

    pub async fn verify_signatures(self) -> Result<Vec<Finding>, sqlx::Error> {
        let mut findings = Vec::new();
        for task in self.signatures {
            findings.extend(task.await.map_err(|_| sqlx::Error::WorkerCrashed)?);
        }
        Ok(findings)
    }
}
