//! Destroying a patient's keys, and closing the record before that so that no key is made meanwhile.
//!
//! A record is closed, then the event that names its keys is appended, then the keys are destroyed. Closing locks out whoever
//! makes a key for the patient: what the event names is all there is.

use daybook_domain::patient::DestroyedKey;
use daybook_domain::{DataKeyId, PatientId};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::ring::{RingError, Sealer, class};

/// A record that is closed and whose keys are not yet destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closed {
    pub clinic: Uuid,
    pub patient: PatientId,
    pub attempt: Uuid,
}

/// One that was found closed, and since when.
pub(crate) struct Unfinished {
    pub clinic: Uuid,
    pub patient: PatientId,
    pub attempt: Uuid,
    pub closed_at: chrono::DateTime<chrono::Utc>,
}

impl Sealer {
    /// Closes the record for an attempt to erase it and names its keys, of all classes. One that is closed stays so for the
    /// attempt that closed it.
    pub async fn close(&self, clinic: Uuid, patient: PatientId, attempt: Uuid) -> Result<Vec<DestroyedKey>, RingError> {
        let mut transaction = self.store().begin().await?;
        alone(&mut transaction, clinic, patient).await?;
        let closed = sqlx::query(
            "INSERT INTO keys.closed (clinic_id, patient_id, attempt, closed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        );
        let closed = closed.bind(clinic).bind(patient.0).bind(attempt).bind(self.now());
        if closed.execute(&mut *transaction).await?.rows_affected() > 0 {
            changed(&mut transaction).await?;
        }
        let keys = sqlx::query(
            "SELECT data_key_id, class FROM keys.data_keys WHERE clinic_id = $1 AND patient_id = $2 ORDER BY 1",
        );
        let keys = keys.bind(clinic).bind(patient.0).fetch_all(&mut *transaction).await?;
        transaction.commit().await?;
        self.forget();
        Ok(keys.iter().filter_map(named).collect())
    }

    /// Opens a record again that this attempt closed and that nothing was destroyed of.
    pub(crate) async fn reopen(&self, closed: Closed) -> Result<(), RingError> {
        let mut transaction = self.store().begin().await?;
        alone(&mut transaction, closed.clinic, closed.patient).await?;
        let gone = sqlx::query(
            "DELETE FROM keys.closed WHERE clinic_id = $1 AND patient_id = $2 AND attempt = $3 AND destroyed_at IS NULL",
        );
        gone.bind(closed.clinic).bind(closed.patient.0).bind(closed.attempt).execute(&mut *transaction).await?;
        changed(&mut transaction).await?;
        transaction.commit().await?;
        self.forget();
        Ok(())
    }

    /// Destroys a patient's keys and what the patient is found by. Idempotent. The caller has seen the event that says so.
    pub(crate) async fn destroy(&self, clinic: Uuid, patient: PatientId) -> Result<(), RingError> {
        let mut transaction = self.store().begin().await?;
        alone(&mut transaction, clinic, patient).await?;
        for table in ["keys.data_keys", "keys.blind_index"] {
            let gone = format!("DELETE FROM {table} WHERE clinic_id = $1 AND patient_id = $2");
            sqlx::query(&gone).bind(clinic).bind(patient.0).execute(&mut *transaction).await?;
        }
        let done = sqlx::query(
            "INSERT INTO keys.closed (clinic_id, patient_id, attempt, closed_at, destroyed_at) VALUES ($1, $2, $3, $4, $4)
             ON CONFLICT (clinic_id, patient_id) DO UPDATE SET destroyed_at = coalesce(keys.closed.destroyed_at, excluded.destroyed_at)",
        );
        done.bind(clinic).bind(patient.0).bind(Uuid::nil()).bind(self.now()).execute(&mut *transaction).await?;
        changed(&mut transaction).await?;
        transaction.commit().await?;
        self.forget();
        Ok(())
    }

    /// Records that are closed and whose keys are not destroyed, oldest first.
    pub(crate) async fn unfinished(&self) -> Result<Vec<Unfinished>, RingError> {
        let rows = sqlx::query(
            "SELECT clinic_id, patient_id, attempt, closed_at FROM keys.closed WHERE destroyed_at IS NULL ORDER BY closed_at LIMIT 1000",
        );
        let rows = rows.fetch_all(self.store()).await?;
        let unfinished = |row: &PgRow| Unfinished {
            clinic: row.get(0),
            patient: PatientId(row.get(1)),
            attempt: row.get(2),
            closed_at: row.get(3),
        };
        Ok(rows.iter().map(unfinished).collect())
    }
}

fn named(row: &PgRow) -> Option<DestroyedKey> {
    Some(DestroyedKey { data_key_id: DataKeyId(row.get(0)), class: class(row.get(1))? })
}

/// Whoever makes a key of the patient holds this lock shared ([`shared`]), until the key stands.
async fn alone(transaction: &mut PgConnection, clinic: Uuid, patient: PatientId) -> Result<(), sqlx::Error> {
    lock("pg_advisory_xact_lock", transaction, clinic, patient).await
}

/// Held while a key is made: until then nobody closes the record.
pub(super) async fn shared(
    transaction: &mut PgConnection,
    clinic: Uuid,
    patient: PatientId,
) -> Result<(), sqlx::Error> {
    lock("pg_advisory_xact_lock_shared", transaction, clinic, patient).await
}

/// Two records may share a lock: they wait for each other, no more.
async fn lock(kind: &str, transaction: &mut PgConnection, clinic: Uuid, patient: PatientId) -> Result<(), sqlx::Error> {
    let number = (clinic.as_u128() ^ patient.0.as_u128().rotate_left(64)) as u64 as i64;
    sqlx::query(&format!("SELECT {kind}($1)")).bind(number).execute(transaction).await?;
    Ok(())
}

async fn changed(transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE keys.closings SET changes = changes + 1").execute(transaction).await?;
    Ok(())
}
