//! How far the log reaches by each table that knows, so that a tail cut off one of them is missed by the others.

use sqlx::{PgExecutor, Row};
use uuid::Uuid;

use super::pass::Pass;
use super::report::Check;

/// How far what is stored reaches, all of it as one moment has it: the log may grow while it is verified, and what comes
/// after that moment is not looked at.
pub(super) struct Ends {
    /// Events stored, if none is missing.
    pub events: u64,
    /// The size of the last checkpoint.
    pub checkpoints: u64,
    /// Events that the full tiles are of.
    pub tiles: u64,
    /// The first event that the last command row speaks of, and one more.
    pub commands: u64,
}

impl Ends {
    pub async fn of(executor: impl PgExecutor<'_>, clinic: Uuid) -> Result<Self, sqlx::Error> {
        // A tile at level n is of 256^(n+1) events.
        let row = sqlx::query(
            "SELECT (SELECT LEAST(position, $2 - 1) + 1 FROM ledger.events WHERE clinic_id = $1 ORDER BY position DESC LIMIT 1),
                    (SELECT max(size) FROM ledger.checkpoints WHERE clinic_id = $1),
                    (SELECT max(LEAST((index::numeric + 1) * 256::numeric ^ (level + 1), $2)::bigint) FROM ledger.tiles WHERE clinic_id = $1),
                    (SELECT max(LEAST(first_position, $2 - 1)) + 1 FROM ledger.commands WHERE clinic_id = $1 AND count > 0)",
        )
        .bind(clinic)
        .bind(i64::MAX)
        .fetch_one(executor)
        .await?;
        let end = |column| row.try_get::<Option<i64>, _>(column).map(|end| end.unwrap_or_default().max(0) as u64);
        Ok(Self { events: end(0)?, checkpoints: end(1)?, tiles: end(2)?, commands: end(3)? })
    }
}

impl Pass {
    /// Whoever cuts off a tail together with its checkpoints must also think of the tiles and command rows of it.
    pub(super) fn compare_ends(&mut self, ends: &Ends) {
        let left_behind = [("a tile is of", ends.tiles), ("a command is said to have written", ends.commands)];
        for (what, end) in left_behind.into_iter().filter(|(_, end)| *end > ends.events) {
            self.find(ends.events, Check::Size, format!("{what} an event at position {}", end - 1));
        }
    }
}
