//! The read models of one log in two databases: a restored copy, whose read models were built from its log just now, and the
//! live one, whose were built event by event and which has gone on since. Rows that the live one has changed meanwhile cannot
//! be compared any more; all others have to be the same. Both are read in one order, side by side; what is kept in memory are the
//! keys of the rows that changed since.

use std::cmp::Ordering;

use futures::{Stream, TryStreamExt};
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row};
use uuid::Uuid;

use crate::checkpoints;
use crate::error::Error;
use crate::projection::View;
use crate::store::{current, is_prepared};

/// One read model of one clinic in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Twin {
    pub projection: &'static str,
    /// Rows that were compared.
    pub rows: u64,
    /// Rows that are not the same, or only in one.
    pub different: u64,
    /// Rows of the copy that the live one has changed since.
    pub changed_since: u64,
}

/// A row: its key in the order of reading, and the digest of everything else.
type Compared = ((String, Uuid, i64), Option<i64>, String);

/// Compares what both say of a clinic's first `size` events. `None` where the live database has no read models, or one that
/// has not come that far. `progress` is told how many more rows were compared.
pub async fn compare_twins(
    live: &PgPool,
    copy: &PgPool,
    clinic: Uuid,
    size: u64,
    progress: impl Fn(u64),
) -> Result<Option<Vec<Twin>>, Error> {
    let mut live = live.begin().await?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *live).await?;
    let mut copy = copy.acquire().await?;
    for view in View::ALL {
        if !is_prepared(&mut live, view).await? {
            return Ok(None);
        }
    }
    if checkpoints::all(&mut *live, clinic).await?.iter().any(|standing| standing.next < size) {
        return Ok(None);
    }
    let mut twins = Vec::new();
    for view in View::ALL {
        twins.push(compare_one(&mut live, &mut copy, view, (clinic, size as i64), &progress).await?);
    }
    Ok(Some(twins))
}

async fn compare_one(
    live: &mut PgConnection,
    copy: &mut PgConnection,
    view: View,
    (clinic, size): (Uuid, i64),
    progress: impl Fn(u64),
) -> Result<Twin, Error> {
    let mut twin = Twin { projection: view.name(), rows: 0, different: 0, changed_since: 0 };
    let sql = rows(view);
    // What the copy has and the live one has changed is found by the row that took its place there.
    let changed = format!(
        "SELECT kind, id FROM {}.rows WHERE clinic_id = $1 AND {} AND from_position >= $2 GROUP BY kind, id",
        view.schema(),
        current(view)
    );
    let changed = sqlx::query(&changed).bind(clinic).bind(size).fetch_all(&mut *live).await?;
    let changed = changed.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    let changed = changed.collect::<Result<std::collections::HashSet<(String, Uuid)>, sqlx::Error>>()?;
    let (mut live, mut copy) = (stream(&sql, live, clinic, size), stream(&sql, copy, clinic, size));
    let (mut theirs, mut ours) = (live.try_next().await?, copy.try_next().await?);
    loop {
        let order = match (&theirs, &ours) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(theirs), Some(ours)) => theirs.0.cmp(&ours.0),
        };
        progress(1);
        match order {
            Ordering::Less => {
                (twin.rows, twin.different) = (twin.rows + 1, twin.different + 1);
                theirs = live.try_next().await?;
            }
            Ordering::Greater => {
                let replaced =
                    |((kind, id, _), to, _): &Compared| to.is_none() && changed.contains(&(kind.clone(), *id));
                match ours.as_ref().is_some_and(replaced) {
                    true => twin.changed_since += 1,
                    false => (twin.rows, twin.different) = (twin.rows + 1, twin.different + 1),
                }
                ours = copy.try_next().await?;
            }
            Ordering::Equal => {
                twin.rows += 1;
                twin.different += u64::from(theirs != ours);
                (theirs, ours) = (live.try_next().await?, copy.try_next().await?);
            }
        }
    }
    Ok(twin)
}

/// Rows whose state began within the first `$2` events, as they stood after them: what ended later had not ended. Ordered by
/// bytes, so that two databases of different locales agree.
fn rows(view: View) -> String {
    format!(
        "SELECT kind, id, from_position, CASE WHEN to_position < $2 THEN to_position END,
                md5(concat_ws('|', coalesce(owner::text, ''), coalesce(tag, ''), coalesce(extract(epoch FROM at)::text, ''), body::jsonb::text))
         FROM {}.rows WHERE clinic_id = $1 AND {} AND from_position < $2 ORDER BY kind COLLATE \"C\", id, from_position",
        view.schema(),
        current(view)
    )
}

fn stream<'a>(
    sql: &'a str,
    connection: &'a mut PgConnection,
    clinic: Uuid,
    size: i64,
) -> impl Stream<Item = Result<Compared, Error>> + Unpin + 'a {
    let read = |row: PgRow| Ok(((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?), row.try_get(3)?, row.try_get(4)?));
    let rows = sqlx::query(sql).bind(clinic).bind(size).fetch(connection);
    Box::pin(
        rows.map_err(Error::from)
            .and_then(move |row| std::future::ready(read(row).map_err(|error: sqlx::Error| error.into()))),
    )
}
