//! A provider's day: the visits that start on a date, whatever became of them.

use chrono::{DateTime, Days, NaiveDate, Utc};
use daybook_domain::visit::{Event, Modality, Outcome, Results, State};
use daybook_domain::{PatientId, ProviderId, VisitId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{Seen, VISIT};
use crate::store;
use crate::views::Views;

/// A provider's day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Day {
    /// Position of the newest event in it.
    pub position: u64,
    pub provider_id: ProviderId,
    pub date: NaiveDate,
    /// By start.
    pub visits: Vec<DayVisit>,
    /// Visits of whatever day with results that nobody has reviewed, the oldest first.
    pub results_to_review: Vec<DayVisit>,
}

/// A visit of a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DayVisit {
    pub visit_id: VisitId,
    pub patient_id: PatientId,
    pub provider_id: ProviderId,
    pub state: State,
    pub starts_at: DateTime<Utc>,
    pub duration_minutes: u16,
    pub modality: Modality,
    pub outcome: Option<Outcome>,
    /// Position of the event that set the visit up.
    pub scheduled_position: u64,
    /// Whether that event has a reason for the visit.
    pub has_reason: bool,
    /// Results of its lab orders, and whether they are reviewed.
    pub results: Results,
}

/// The mark of a visit with results that nobody has reviewed.
const TO_REVIEW: &str = "results-to-review";
/// More than a provider leaves unread.
const MOST_TO_REVIEW: usize = 200;

pub(crate) struct DayFold;

impl Projection for DayFold {
    const VIEW: View = View::Day;
    const VERSION: u32 = 6;
    const INDEXES: &'static [&'static str] = &["(clinic_id, owner, at)", "(clinic_id, at)", "(clinic_id, owner, tag)"];
    const STREAMS: &'static [&'static str] = &[VISIT];
    const KINDS: &'static [&'static str] = &[VISIT];
    type Row = DayVisit;

    fn keys(seen: &Seen) -> Vec<Key> {
        let moves = |event: &&Event| State::after(event).is_some() || is_shown(event);
        seen.visit().filter(moves).map(|_| Key { kind: VISIT, id: seen.recorded.stream.id }).into_iter().collect()
    }

    fn fold(rows: &mut Rows<DayVisit>, seen: &Seen) {
        let Some(event) = seen.visit() else { return };
        let (position, key) = (seen.position(), Key { kind: VISIT, id: seen.recorded.stream.id });
        let row = match (event, rows.get(key)) {
            (Event::Scheduled(scheduled), _) => Some(DayVisit {
                visit_id: VisitId(key.id),
                patient_id: scheduled.patient_id,
                provider_id: scheduled.provider_id,
                state: State::Scheduled,
                starts_at: scheduled.starts_at,
                duration_minutes: scheduled.duration_minutes,
                modality: scheduled.modality,
                outcome: None,
                scheduled_position: position,
                has_reason: scheduled.reason.is_some(),
                results: Results::default(),
            }),
            (Event::ResultReceived(_) | Event::ResultReviewed(_), Some(before)) => {
                let mut after = before.clone();
                after.results.apply(event);
                Some(after)
            }
            (Event::ModalityChanged(changed), Some(before)) => {
                Some(DayVisit { modality: changed.to, ..before.clone() })
            }
            (Event::HandedOver(handed), Some(before)) => {
                Some(DayVisit { provider_id: handed.to_provider_id, ..before.clone() })
            }
            (Event::Rescheduled(moved), Some(before)) => Some(DayVisit {
                state: State::Scheduled,
                starts_at: moved.starts_at,
                duration_minutes: moved.duration_minutes,
                ..before.clone()
            }),
            (event, Some(before)) => State::after(event).map(|state| DayVisit {
                state,
                outcome: match event {
                    Event::Ended(ended) => Some(ended.outcome),
                    _ => before.outcome,
                },
                ..before.clone()
            }),
            (_, None) => None,
        };
        if let Some(row) = row {
            rows.set(key, position, row);
        }
    }

    fn columns(row: &DayVisit) -> Columns {
        let tag = if row.results.to_review() > 0 { TO_REVIEW } else { row.state.name() };
        Columns { owner: Some(row.provider_id.0), tag: Some(tag), at: Some(row.starts_at) }
    }
}

/// Whether it changes what is shown, though not where the visit stands.
fn is_shown(event: &Event) -> bool {
    matches!(
        event,
        Event::ModalityChanged(_) | Event::HandedOver(_) | Event::ResultReceived(_) | Event::ResultReviewed(_)
    )
}

impl Views {
    /// The visits of a provider that start on a date, in UTC.
    pub async fn day(&self, clinic: Uuid, provider: ProviderId, date: NaiveDate) -> Result<Day, Error> {
        let from = date.and_time(chrono::NaiveTime::MIN).and_utc();
        let (position, visits) = self.starting(clinic, Some(provider), from, from + Days::new(1)).await?;
        let filter = "kind = 'visit' AND owner = $2 AND tag = $3";
        let (_, found) = store::read::<DayVisit>(&self.pool, View::Day, clinic, filter, "at, id", |q| {
            q.bind(provider.0).bind(TO_REVIEW)
        })
        .await?;
        let results_to_review = found.into_iter().take(MOST_TO_REVIEW).map(|found| found.row).collect();
        Ok(Day { position, provider_id: provider, date, visits, results_to_review })
    }

    /// The visits that start from one moment to another (not including it), of one provider or of all, by start; and the
    /// position of the newest event in the answer.
    pub async fn starting(
        &self,
        clinic: Uuid,
        provider: Option<ProviderId>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<(u64, Vec<DayVisit>), Error> {
        let filter = "kind = 'visit' AND at >= $3 AND at < $4 AND ($2::uuid IS NULL OR owner = $2)";
        let provider = provider.map(|provider| provider.0);
        let (next, found) = store::read::<DayVisit>(&self.pool, View::Day, clinic, filter, "at, id", |q| {
            q.bind(provider).bind(from).bind(to)
        })
        .await?;
        Ok((next.saturating_sub(1), found.into_iter().map(|found| found.row).collect()))
    }
}
