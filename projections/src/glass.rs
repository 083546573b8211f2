//! Every time somebody broke the glass, and what a review found.

use chrono::{DateTime, Utc};
use daybook_domain::patient::{Event, GlassFinding, GlassReason};
use daybook_domain::{GlassId, PatientId, Role};
use daybook_ledger::Recorded;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{Fact, PATIENT, Seen};
use crate::store;
use crate::views::Views;

/// Kind of the rows.
const GLASS: &str = "glass";

/// One time the glass was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glass {
    pub glass_id: GlassId,
    pub patient_id: PatientId,
    /// By the identity provider's subject.
    pub broken_by: String,
    pub role: Role,
    pub reason: GlassReason,
    pub broken_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// Position of the event, which holds what they wrote.
    pub position: u64,
    /// Absent while nobody has reviewed it.
    pub review: Option<GlassReview>,
}

/// What a review found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlassReview {
    pub finding: GlassFinding,
    pub reviewed_by: String,
    pub reviewed_at: DateTime<Utc>,
}

/// What was found, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Glasses {
    /// Position up to which all of it is known.
    pub position: u64,
    pub glasses: Vec<Glass>,
    /// Ask again after this position; `None`: this was the end.
    pub more_after: Option<u64>,
}

impl Glass {
    /// What an event of a patient's record says of it, together with what was known of it before.
    pub fn after(before: impl FnOnce(GlassId) -> Option<Glass>, recorded: &Recorded, event: &Event) -> Option<Glass> {
        match event {
            Event::GlassBroken(broken) => Some(Glass {
                glass_id: broken.glass_id,
                patient_id: PatientId(recorded.stream.id),
                broken_by: broken.broken_by.clone(),
                role: broken.role,
                reason: broken.reason,
                broken_at: recorded.recorded_at,
                until: broken.until,
                position: recorded.position,
                review: None,
            }),
            Event::GlassReviewed(reviewed) => {
                let review = GlassReview {
                    finding: reviewed.finding,
                    reviewed_by: reviewed.reviewed_by.clone(),
                    reviewed_at: recorded.recorded_at,
                };
                Some(Glass { review: Some(review), ..before(reviewed.glass_id)? })
            }
            _ => None,
        }
    }
}

pub(crate) struct GlassFold;

impl Projection for GlassFold {
    const VIEW: View = View::Glass;
    const VERSION: u32 = 3;
    const INDEXES: &'static [&'static str] = &["(clinic_id, at)"];
    const STREAMS: &'static [&'static str] = &[PATIENT];
    const KINDS: &'static [&'static str] = &[GLASS];
    type Row = Glass;

    fn keys(seen: &Seen) -> Vec<Key> {
        match &seen.fact {
            Ok(Fact::Patient(Event::GlassReviewed(reviewed))) => vec![Key { kind: GLASS, id: reviewed.glass_id.0 }],
            _ => Vec::new(),
        }
    }

    fn fold(rows: &mut Rows<Glass>, seen: &Seen) {
        let Ok(Fact::Patient(event)) = &seen.fact else { return };
        let before = |id: GlassId| rows.get(Key { kind: GLASS, id: id.0 }).cloned();
        if let Some(glass) = Glass::after(before, &seen.recorded, event) {
            rows.set(Key { kind: GLASS, id: glass.glass_id.0 }, seen.position(), glass);
        }
    }

    fn columns(row: &Glass) -> Columns {
        Columns { owner: None, tag: None, at: Some(row.broken_at) }
    }
}

impl Views {
    /// Up to `limit` of those broken from one time to another (not including it), after a position (`None`: from the first).
    pub async fn glasses(
        &self,
        clinic: Uuid,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        after: Option<u64>,
        limit: u32,
    ) -> Result<Glasses, Error> {
        let filter = "at >= $2 AND at < $3 AND (body->>'position')::bigint > $4";
        let order = format!("at, id LIMIT {}", u64::from(limit) + 1);
        let after = after.map_or(-1, |after| after as i64);
        let (next, found) = store::read::<Glass>(&self.pool, View::Glass, clinic, filter, &order, |q| {
            q.bind(from).bind(to).bind(after)
        })
        .await?;
        let mut glasses: Vec<_> = found.into_iter().map(|found| found.row).collect();
        let is_more = glasses.len() > limit as usize;
        glasses.truncate(limit as usize);
        let more_after = glasses.last().filter(|_| is_more).map(|glass| glass.position);
        Ok(Glasses { position: next.saturating_sub(1), glasses, more_after })
    }
}

#[cfg(test)]
mod tests {
    use daybook_domain::Phi;
    use daybook_domain::patient::{GlassBroken, GlassReviewed};

    use super::*;
    use crate::told::{self, Told, id, start};

    #[test]
    fn it_is_open_until_somebody_reviews_it() {
        let broken = GlassBroken {
            glass_id: id(93),
            reason: GlassReason::MedicalEmergency,
            details: Phi::Sealed,
            broken_by: "dr-7".into(),
            role: Role::Provider,
            until: start(),
        };
        let reviewed = GlassReviewed {
            glass_id: id(93),
            finding: GlassFinding::Justified,
            details: None,
            broken_by: "dr-7".into(),
            reviewed_by: "officer-1".into(),
        };
        let told = Told::default().patient(broken.into(), told::PATIENT);
        let rows = |told: &Told| told.rows::<Glass>(View::Glass).remove(0).2;
        assert_eq!((rows(&told).review, rows(&told).patient_id), (None, id(told::PATIENT)));
        let told = told.wait(5).patient(reviewed.into(), told::PATIENT);
        let review = rows(&told).review.expect("a review");
        assert_eq!((review.finding, &*review.reviewed_by), (GlassFinding::Justified, "officer-1"));
        assert_eq!(rows(&told).position, 0);
    }
}
