//! Which logs there are to verify.

use sqlx::PgPool;
use uuid::Uuid;

/// Every clinic that anything in the ledger speaks of, whether or not its row in `ledger.logs` is still there.
pub async fn clinics(pool: &PgPool) -> Result<Vec<Uuid>, sqlx::Error> {
    // Steps from clinic to clinic along the primary keys: a scan of every event would take as long as verifying them.
    sqlx::query_scalar(
        "WITH RECURSIVE event AS (
             (SELECT clinic_id FROM ledger.events ORDER BY clinic_id LIMIT 1)
             UNION ALL
             SELECT (SELECT e.clinic_id FROM ledger.events e WHERE e.clinic_id > event.clinic_id ORDER BY e.clinic_id LIMIT 1)
             FROM event WHERE event.clinic_id IS NOT NULL
         ), head AS (
             (SELECT clinic_id FROM ledger.checkpoints ORDER BY clinic_id LIMIT 1)
             UNION ALL
             SELECT (SELECT c.clinic_id FROM ledger.checkpoints c WHERE c.clinic_id > head.clinic_id ORDER BY c.clinic_id LIMIT 1)
             FROM head WHERE head.clinic_id IS NOT NULL
         )
         SELECT clinic_id FROM ledger.logs
         UNION SELECT clinic_id FROM event WHERE clinic_id IS NOT NULL
         UNION SELECT clinic_id FROM head WHERE clinic_id IS NOT NULL
         ORDER BY clinic_id",
    )
    .fetch_all(pool)
    .await
}
