//! `daybook-replay report access-review`: a review of who has access, line by line.

use anyhow::bail;
use daybook_audit::{Table, reports};
use daybook_domain::AccessReview;
use daybook_ledger::{Loaded, aggregate};

use super::Asked;
use crate::report::arguments::AccessReviewReport;

pub async fn report(asked: &Asked<'_>, what: &AccessReviewReport) -> anyhow::Result<Table> {
    asked.receipt(&asked.log()).await?;
    let review: Loaded<AccessReview> = aggregate::load(asked.ledger(), asked.clinic, what.review).await?;
    if !review.exists() {
        bail!("there is no access review {} at clinic {}", what.review, asked.clinic);
    }
    Ok(reports::access_review(&review))
}
