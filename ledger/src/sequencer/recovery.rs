//! The first event of an epoch. In one transaction with the epoch's row, so that there is no moment in which an epoch has
//! begun and does not say why, or says so under the name of the one before.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::cache::Cache;
use super::{plan, write};
use crate::append::{Append, AppendError, Appended};
use crate::epochs::Epoch;
use crate::note::NoteSigner;

/// Appends to a log of exactly this epoch's `from`, under its name. All or nothing.
pub(crate) async fn begin_epoch(
    pool: &PgPool,
    signer: NoteSigner,
    epoch: &Epoch,
    append: &Append,
    now: DateTime<Utc>,
) -> Result<Appended, AppendError> {
    let clinic = append.clinic;
    let unavailable = |error: sqlx::Error| AppendError::Unavailable(error.to_string());
    let mut transaction = pool.begin().await.map_err(unavailable)?;
    let mut cache = Cache::new();
    let log = write::log(pool, clinic, signer.into()).await.map_err(unavailable)?;
    if log.tree.size() != epoch.from {
        return Err(AppendError::Invalid("the log grew while its epoch began"));
    }
    cache.read_log(clinic, log);
    let keys: Vec<_> = append.streams.iter().map(|part| (clinic, part.stream.clone())).collect();
    for (key, head) in write::heads(pool, &keys).await.map_err(unavailable)? {
        cache.put_head(key, head);
    }
    let mut plan = plan::plan(&[append], &mut cache, now);
    plan.sign(&mut cache);
    let answer = plan.answers.pop().unwrap_or(Err(AppendError::Busy))?;
    sqlx::query("INSERT INTO ledger.epochs (clinic_id, epoch, origin, vkey, size) VALUES ($1, $2, $3, $4, $5)")
        .bind(clinic)
        .bind(epoch.number as i64)
        .bind(epoch.key.name())
        .bind(epoch.key.to_string())
        .bind(epoch.from as i64)
        .execute(&mut *transaction)
        .await
        .map_err(unavailable)?;
    // Somebody who wrote meanwhile has taken the head's place: then nothing of this is written.
    write::write(&plan, &mut *transaction).await.map_err(unavailable)?;
    transaction.commit().await.map_err(|_| AppendError::OutcomeUnknown)?;
    let (events, repeated) = plan.placed(answer);
    Ok(Appended { events, repeated })
}
