//! Results of lab orders in a chart.

use chrono::{DateTime, Utc};
use daybook_domain::visit::{ResultEntry, ResultReceived, ResultReviewed, ResultSource};
use daybook_domain::{OrderId, ProviderId, ResultId, Role};
use serde::{Deserialize, Serialize};

/// One result: entered by hand, and reviewed or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartResult {
    pub result_id: ResultId,
    pub order_id: OrderId,
    pub source: ResultSource,
    pub entered: ResultEntry,
    pub received_by: Role,
    pub received_at: DateTime<Utc>,
    /// Position of the event that holds what it says.
    pub position: u64,
    /// Who reviewed it, and when; `None`: nobody yet.
    pub review: Option<ChartReview>,
}

/// That a provider read a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartReview {
    pub reviewer_id: ProviderId,
    pub at: DateTime<Utc>,
    /// Position of the event that holds action and details.
    pub position: u64,
}

impl ChartResult {
    pub(super) fn of(received: &ResultReceived, position: u64, received_at: DateTime<Utc>) -> Self {
        let ResultReceived { result_id, order_id, source, entered, received_by, .. } = *received;
        Self { result_id, order_id, source, entered, received_by, received_at, position, review: None }
    }

    pub(super) fn review(&mut self, reviewed: &ResultReviewed, position: u64, at: DateTime<Utc>) {
        self.review = Some(ChartReview { reviewer_id: reviewed.reviewer_id, at, position });
    }
}
