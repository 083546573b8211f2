//! Access reviews: which there are, and how far each has come; and who used which role in a time, which one begins with.

use chrono::{DateTime, Utc};
use daybook_domain::access_review::Event;
use daybook_domain::{AccessReviewId, Role};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{ACCESS_REVIEW, Fact, Seen};
use crate::store;
use crate::views::Views;

/// Reviews in one answer, at most: of twenty-five years.
const MOST: u32 = 100;

/// One review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessReviewEntry {
    pub access_review_id: AccessReviewId,
    pub opened_at: DateTime<Utc>,
    pub opened_by: String,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub lines: usize,
    /// The lines that are decided.
    pub decided: BTreeSet<u32>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_by: Option<String>,
}

/// Who used a role in a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedRole {
    pub subject: String,
    pub role: Role,
    pub last_access: DateTime<Utc>,
    pub accesses: u64,
}

pub(crate) struct AccessReviewFold;

impl Projection for AccessReviewFold {
    const VIEW: View = View::AccessReviews;
    const VERSION: u32 = 3;
    const INDEXES: &'static [&'static str] = &["(clinic_id, at)"];
    const STREAMS: &'static [&'static str] = &[ACCESS_REVIEW];
    const KINDS: &'static [&'static str] = &[ACCESS_REVIEW];
    type Row = AccessReviewEntry;

    fn keys(seen: &Seen) -> Vec<Key> {
        let is_one = matches!(seen.fact, Ok(Fact::AccessReview(_)));
        is_one.then_some(Key { kind: ACCESS_REVIEW, id: seen.recorded.stream.id }).into_iter().collect()
    }

    fn fold(rows: &mut Rows<AccessReviewEntry>, seen: &Seen) {
        let Ok(Fact::AccessReview(event)) = &seen.fact else { return };
        let (key, at) = (Key { kind: ACCESS_REVIEW, id: seen.recorded.stream.id }, seen.recorded.recorded_at);
        let entry = match (event, rows.get(key).cloned()) {
            (Event::AccessReviewOpened(opened), _) => AccessReviewEntry {
                access_review_id: opened.access_review_id,
                opened_at: at,
                opened_by: opened.opened_by.clone(),
                from: opened.from,
                to: opened.to,
                lines: opened.lines.len(),
                decided: BTreeSet::new(),
                closed_at: None,
                closed_by: None,
            },
            (Event::AccessLineDecided(decided), Some(mut entry)) => {
                entry.decided.insert(decided.line);
                entry
            }
            (Event::AccessReviewClosed(closed), Some(entry)) => {
                AccessReviewEntry { closed_at: Some(at), closed_by: Some(closed.closed_by.clone()), ..entry }
            }
            (_, None) => return,
        };
        rows.set(key, seen.position(), entry);
    }

    fn columns(row: &AccessReviewEntry) -> Columns {
        Columns { owner: None, tag: None, at: Some(row.opened_at) }
    }
}

impl Views {
    /// The clinic's reviews, the newest first, and the position up to which all are known.
    pub async fn access_reviews(&self, clinic: Uuid) -> Result<(u64, Vec<AccessReviewEntry>), Error> {
        let order = format!("at DESC, id LIMIT {MOST}");
        let (next, found) =
            store::read::<AccessReviewEntry>(&self.pool, View::AccessReviews, clinic, "true", &order, |q| q).await?;
        Ok((next.saturating_sub(1), found.into_iter().map(|found| found.row).collect()))
    }

    /// Who was shown something from one time to another (not including it), in which role: staff alone, by subject; at most
    /// `limit` of them.
    pub async fn used_roles(
        &self,
        clinic: Uuid,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        limit: u32,
    ) -> Result<Vec<UsedRole>, Error> {
        let sql = format!(
            "SELECT body->'OfReader'->>'reader', body->'OfReader'->>'role', max(at), count(*) FROM {}.rows
             WHERE clinic_id = $1 AND {} AND kind = 'reader' AND at >= $2 AND at < $3
                 AND body->'OfReader'->>'role' NOT IN ('patient', 'system') AND body->'OfReader'->>'denied' = 'false'
             GROUP BY 1, 2 ORDER BY 1, 2 LIMIT {limit}",
            View::Accesses.schema(),
            store::current(View::Accesses)
        );
        let rows = sqlx::query(&sql).bind(clinic).bind(from).bind(to).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                let role: String = row.try_get(1)?;
                let unreadable = |problem: String| Error::Row { view: View::Accesses.name(), problem };
                let role = serde_json::from_value(role.into()).map_err(|error| unreadable(error.to_string()))?;
                let accesses: i64 = row.try_get(3)?;
                Ok(UsedRole { subject: row.try_get(0)?, role, last_access: row.try_get(2)?, accesses: accesses as u64 })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use daybook_domain::access_review::{
        AccessDecision, AccessLine, AccessLineDecided, AccessReason, AccessReviewClosed, AccessReviewOpened,
    };

    use super::*;
    use crate::told::{Told, id, start};

    #[test]
    fn a_review_comes_along_line_by_line_until_it_is_closed() {
        let line = |line| AccessLine {
            line,
            subject: format!("staff-{line}"),
            role: Role::FrontDesk,
            last_access: start(),
            accesses: 3,
        };
        let opened = AccessReviewOpened {
            access_review_id: id(96),
            from: start(),
            to: start(),
            as_of_position: 0,
            lines: vec![line(1), line(2)],
            opened_by: "officer-1".into(),
        };
        let decided = |line| AccessLineDecided {
            line,
            decision: AccessDecision::Keep,
            reason: AccessReason::Needed,
            decided_by: "officer-2".into(),
        };
        let closed = AccessReviewClosed { kept: 2, removed: 0, closed_by: "officer-1".into() };
        let one = |told: Told, event: Event| told.told(ACCESS_REVIEW, 96, &event);
        let told = one(one(one(Told::default(), opened.into()), decided(1).into()), decided(1).into());
        let entry = |told: &Told| told.rows::<AccessReviewEntry>(View::AccessReviews).remove(0).2;
        assert_eq!((entry(&told).lines, entry(&told).decided.len(), entry(&told).closed_by), (2, 1, None));
        let told = one(one(told, decided(2).into()), closed.into());
        assert_eq!((entry(&told).decided.len(), entry(&told).closed_by.as_deref()), (2, Some("officer-1")));
    }
}
