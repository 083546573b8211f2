//! The same event written by others: postgres-es as its users run it, and a plain INSERT of Daybook's row.

use cqrs_es::persist::{PersistedEventRepository, SerializedEvent};
use daybook_domain::Visit;
use postgres_es::PostgresEventRepository;
use serde_json::json;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

use super::{measured, metadata, payload, place};
use crate::measure::Run;

/// postgres-es' table as its documentation creates it.
pub const THEIR_TABLE: &str = "CREATE TABLE events (
    aggregate_type text NOT NULL, aggregate_id text NOT NULL, sequence bigint CHECK (sequence >= 0) NOT NULL,
    event_type text NOT NULL, event_version text NOT NULL, payload json NOT NULL, metadata json NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

/// postgres-es persisting one event a command, a connection a caller.
pub async fn postgres_es(cluster: &str, callers: usize) -> anyhow::Result<Run> {
    let pool = fresh(cluster, "bench_postgres_es", THEIR_TABLE, callers).await?;
    let repository = std::sync::Arc::new(PostgresEventRepository::new(pool));
    measured(callers, move |caller, round| {
        let repository = repository.clone();
        async move {
            let (stream, sequence) = place(caller, round);
            let event = SerializedEvent {
                aggregate_id: Uuid::from_u128(stream).to_string(),
                sequence: sequence as usize,
                aggregate_type: "visit".into(),
                event_type: "held".into(),
                event_version: "1.0".into(),
                payload: json!({ "held": { "reason": "patient-request", "details": { "$clear": super::payload()["details"]["$clear"] } } }),
                metadata: json!(metadata()),
            };
            repository.persist::<Visit>(&[event], None).await?;
            Ok(())
        }
    })
    .await
}

/// The row of `ledger.events`, one a transaction, hashes and ciphertext of the same size made of zeros.
pub async fn single_insert(cluster: &str, callers: usize) -> anyhow::Result<Run> {
    let table = "CREATE TABLE events (
        clinic_id uuid NOT NULL, position bigserial NOT NULL, stream_type text NOT NULL, stream_id uuid NOT NULL, sequence bigint NOT NULL,
        event_id uuid NOT NULL, event_type text NOT NULL, event_version text NOT NULL, recorded_at timestamptz NOT NULL, prev_hash bytea NOT NULL,
        hash bytea NOT NULL, metadata bytea NOT NULL, payload bytea NOT NULL, sealed bytea NOT NULL,
        PRIMARY KEY (clinic_id, position), UNIQUE (stream_id, sequence, stream_type, clinic_id))";
    let pool = fresh(cluster, "bench_single_insert", table, callers).await?;
    measured(callers, move |caller, round| {
        let pool = pool.clone();
        async move {
            let (stream, sequence) = place(caller, round);
            let sealed = payload()["details"]["$clear"].as_str().map_or(0, str::len) + 4 + 77;
            sqlx::query(
                "INSERT INTO events (clinic_id, stream_type, stream_id, sequence, event_id, event_type, event_version, recorded_at, prev_hash, hash, metadata, payload, sealed)
                 VALUES ($1, 'visit', $2, $3, $4, 'held', '1.0', now(), $5, $5, $6, $7, $8)",
            )
            .bind(Uuid::nil())
            .bind(Uuid::from_u128(stream))
            .bind(sequence as i64)
            .bind(Uuid::from_u128(stream ^ u128::from(round)))
            .bind(&[0u8; 32][..])
            .bind(serde_json::to_vec(&metadata())?)
            .bind(br#"{"details":{"$phi":0},"reason":"patient-request"}"#)
            .bind(vec![0u8; sealed])
            .execute(&pool)
            .await?;
            Ok(())
        }
    })
    .await
}

pub async fn fresh(cluster: &str, key: &str, table: &str, connections: usize) -> anyhow::Result<sqlx::PgPool> {
    let database = private_postgres::test::fresh_database_in(cluster, key, async |url: &str| {
        let pool = sqlx::PgPool::connect(url).await?;
        sqlx::query(table).execute(&pool).await?;
        pool.close().await;
        Ok(())
    })
    .await?;
    Ok(PgPoolOptions::new().max_connections(connections as u32).connect(&database.url).await?)
}
