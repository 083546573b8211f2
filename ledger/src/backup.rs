//! A backup of a database as one stream, and the way back: every table of the ledger and the drafts, and apart from it every
//! table of the key store, all as of one moment. Postgres' binary COPY, in frames that say which table they are of. Read
//! models are left out: they are made anew from the log.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use chrono::{DateTime, Utc};
use daybook_domain::KeySecretId;
use futures::TryStreamExt;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor, Row};
use uuid::Uuid;

use crate::checkpoint::Checkpoint;
use crate::format::{Hash, hexadecimal};
use crate::note::NoteVerifier;
use crate::restoration::{self, Restoration, Step};
use crate::rows::{hash, number};
use crate::sealing::wrapped_under;

/// What a stream begins with.
const BEGIN: &[u8] = b"daybook-backup/v1\n";
/// A table's name and columns follow.
const TABLE: u8 = 1;
/// Bytes of its COPY follow.
const DATA: u8 = 2;
/// Nothing follows.
const END: u8 = 3;
/// A frame is never longer: what says so is damaged.
const LONGEST: usize = 64 << 20;

/// Why there is no backup, or nothing came of one.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("the database did not do its part: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the stream cannot be read or written to its end: {0}")]
    Stream(#[from] io::Error),
    #[error("this is not a backup of Daybook, or it was damaged")]
    NotABackup,
    #[error(
        "the backup has a table or columns that this program's database does not have; use the program that made it"
    )]
    OtherVersion,
    #[error("the database is not empty: a backup is restored into a new one, never over another")]
    NotEmpty,
    #[error("the database was restored and has not begun a new epoch; finish with daybook-replay restore")]
    NotRecovered,
    #[error("a data key is not wrapped as any version of this program does it")]
    UnknownKey,
}

/// A clinic's log as it stood when the backup was made.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Head {
    pub clinic: Uuid,
    pub size: u64,
    /// Hexadecimal.
    pub root: String,
    /// When its last event was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The log's checkpoint of that size: a signed note, worth keeping elsewhere too.
    pub checkpoint: String,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Dumped {
    /// Where each log stood.
    pub heads: Vec<Head>,
    /// What each clinic's keys are wrapped under.
    pub key_secrets: BTreeMap<Uuid, Vec<KeySecretId>>,
}

/// Writes everything to the two sinks as of one moment, and says where each log stood then. The login has to be a member of
/// `daybook_append` and `daybook_keys`.
pub async fn dump(url: &str, log: &mut impl Write, keys: &mut impl Write) -> Result<Dumped, BackupError> {
    let mut connection = PgConnection::connect(url).await?;
    // One snapshot for both: a key that an event needs is in the backup with the event, or neither is.
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE daybook_append").await?;
    if restoration::unfinished(&mut connection).await?.is_some() {
        return Err(BackupError::NotRecovered);
    }
    let heads = heads(&mut connection).await?;
    tables(&mut connection, &["ledger", "drafts"], log).await?;
    connection.execute("SET LOCAL ROLE daybook_keys").await?;
    let key_secrets = key_secrets(&mut connection).await?;
    tables(&mut connection, &["keys"], keys).await?;
    connection.close().await?;
    Ok(Dumped { heads, key_secrets })
}

/// About how many bytes a backup will have: those that the tables have in the database. What is in them only `dump` reads.
pub async fn about(url: &str) -> Result<u64, BackupError> {
    let mut connection = PgConnection::connect(url).await?;
    let bytes: i64 = sqlx::query_scalar(
        "SELECT coalesce(sum(pg_table_size(c.oid)), 0)::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('ledger', 'drafts', 'keys') AND c.relkind = 'r'",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    Ok(bytes.unsigned_abs())
}

async fn key_secrets(connection: &mut PgConnection) -> Result<BTreeMap<Uuid, Vec<KeySecretId>>, BackupError> {
    // What stands before the nonce says it (`sealing::keys`).
    let rows = sqlx::query("SELECT DISTINCT clinic_id, substring(wrapped FOR 9) FROM keys.data_keys");
    let mut found: BTreeMap<Uuid, BTreeSet<KeySecretId>> = BTreeMap::new();
    for row in rows.fetch_all(connection).await? {
        let under = wrapped_under(row.try_get(1)?).ok_or(BackupError::UnknownKey)?;
        found.entry(row.try_get(0)?).or_default().insert(under);
    }
    Ok(found.into_iter().map(|(clinic, secrets)| (clinic, secrets.into_iter().collect())).collect())
}

/// The newest head of every log.
pub async fn heads(connection: &mut PgConnection) -> Result<Vec<Head>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT c.clinic_id, c.size, c.root, e.recorded_at, c.signature,
                coalesce((SELECT vkey FROM ledger.epochs p WHERE p.clinic_id = c.clinic_id ORDER BY epoch DESC LIMIT 1), l.vkey)
         FROM (SELECT DISTINCT ON (clinic_id) clinic_id, size, root, signature FROM ledger.checkpoints ORDER BY clinic_id, size_before DESC) c
         JOIN ledger.events e ON e.clinic_id = c.clinic_id AND e.position = c.size - 1
         JOIN ledger.logs l ON l.clinic_id = c.clinic_id ORDER BY 1",
    );
    let rows = rows.fetch_all(connection).await?;
    let head = |row: &sqlx::postgres::PgRow| {
        let root: Hash = hash(row, 2)?;
        let (clinic, size, recorded_at) = (row.try_get(0)?, number(row, 1)?, row.try_get(3)?);
        // A signature of another length signs nothing: zeros neither.
        let signature = row.try_get::<&[u8], _>(4)?.try_into().unwrap_or([0; 64]);
        let key: NoteVerifier =
            row.try_get::<&str, _>(5)?.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        let checkpoint = Checkpoint { size, root, signature }.note(&key);
        Ok(Head { clinic, size, root: hexadecimal(&root), recorded_at, checkpoint })
    };
    rows.iter().map(head).collect()
}

/// Tables of these schemas with their columns, in one order everywhere.
const TABLES: &str = "SELECT format('%I.%I', table_schema, table_name) AS name,
                             string_agg(format('%I', column_name), ', ' ORDER BY ordinal_position) AS columns
                      FROM information_schema.columns WHERE table_schema = ANY($1) GROUP BY 1 ORDER BY 1";

async fn described(connection: &mut PgConnection, schemas: &[&str]) -> Result<Vec<String>, sqlx::Error> {
    let rows = sqlx::query(TABLES).bind(schemas).fetch_all(connection).await?;
    let one = |row: &sqlx::postgres::PgRow| {
        Ok(format!("{} ({})", row.try_get::<String, _>(0)?, row.try_get::<String, _>(1)?))
    };
    rows.iter().map(one).collect()
}

async fn tables(connection: &mut PgConnection, schemas: &[&str], sink: &mut impl Write) -> Result<(), BackupError> {
    sink.write_all(BEGIN)?;
    for table in described(connection, schemas).await? {
        frame(sink, TABLE, table.as_bytes())?;
        let mut rows = connection.copy_out_raw(&format!("COPY {table} TO STDOUT (FORMAT binary)")).await?;
        while let Some(bytes) = rows.try_next().await? {
            frame(sink, DATA, &bytes)?;
        }
    }
    frame(sink, END, &[])?;
    Ok(())
}

fn frame(sink: &mut impl Write, kind: u8, bytes: &[u8]) -> io::Result<()> {
    sink.write_all(&[kind])?;
    sink.write_all(&(bytes.len() as u64).to_be_bytes())?;
    sink.write_all(bytes)
}

fn read_frame(source: &mut impl Read) -> Result<(u8, Vec<u8>), BackupError> {
    let mut head = [0; 9];
    source.read_exact(&mut head)?;
    let length = u64::from_be_bytes(head[1..].try_into().unwrap_or([0xff; 8]));
    if length > LONGEST as u64 {
        return Err(BackupError::NotABackup);
    }
    let mut bytes = vec![0; length as usize];
    source.read_exact(&mut bytes)?;
    Ok((head[0], bytes))
}

/// What filling a database is a part of, and when.
pub type Doing<'a> = (&'a Restoration, Step, DateTime<Utc>);

/// Fills the tables of a migrated database, as its owner, from one of the two streams: all of it, or nothing. The step of the
/// restoration that it is part of is recorded with it. The log goes into an empty database alone.
pub async fn load(url: &str, source: &mut impl Read, doing: Option<Doing<'_>>) -> Result<(), BackupError> {
    let mut begin = vec![0; BEGIN.len()];
    source.read_exact(&mut begin)?;
    if begin != BEGIN {
        return Err(BackupError::NotABackup);
    }
    let mut connection = PgConnection::connect(url).await?;
    let known = described(&mut connection, &["ledger", "drafts", "keys"]).await?;
    let mut transaction = connection.begin().await?;
    if doing.is_some_and(|(_, step, _)| step == Step::LogRestored) {
        // A server that runs on the empty database can begin no log before this ends, and then finds it restored.
        transaction.execute("LOCK TABLE ledger.logs IN SHARE ROW EXCLUSIVE MODE").await?;
        if !is_empty(&mut transaction, &known).await? {
            return Err(BackupError::NotEmpty);
        }
    }
    let mut next = read_frame(source)?;
    while next.0 == TABLE {
        let table = String::from_utf8(next.1).map_err(|_| BackupError::NotABackup)?;
        // Only what this database has is ever named in a statement.
        if !known.contains(&table) {
            return Err(BackupError::OtherVersion);
        }
        if table.starts_with("keys.") {
            // A migration puts a row there to begin with.
            transaction.execute(format!("DELETE FROM {}", name(&table)).as_str()).await?;
        }
        let mut rows = transaction.copy_in_raw(&format!("COPY {table} FROM STDIN (FORMAT binary)")).await?;
        loop {
            next = match read_frame(source) {
                Ok(next) => next,
                Err(error) => {
                    rows.abort("the backup ends too early").await?;
                    return Err(error);
                }
            };
            if next.0 != DATA {
                break;
            }
            rows.send(next.1).await?;
        }
        rows.finish().await?;
    }
    if next.0 != END || source.read(&mut [0])? != 0 {
        return Err(BackupError::NotABackup);
    }
    if let Some((restoration, step, at)) = doing {
        restoration::record(&mut transaction, restoration, step, at).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Whether no table of a migrated database has a row of anybody's.
async fn is_empty(connection: &mut PgConnection, tables: &[String]) -> Result<bool, sqlx::Error> {
    for table in tables.iter().map(|table| name(table)).filter(|name| *name != "keys.closings") {
        let any = format!("SELECT EXISTS (SELECT FROM {table})");
        if sqlx::query_scalar(&any).fetch_one(&mut *connection).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A described table's name.
fn name(described: &str) -> &str {
    described.split(' ').next().unwrap_or_default()
}
