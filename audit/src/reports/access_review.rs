//! A campaign of access review, line by line; and the campaigns there are.

use daybook_domain::AccessReview;
use daybook_projections::AccessReviewEntry;

use super::term;
use crate::{Cell, Table};

/// Who used which role, and what was decided of it.
pub fn access_review(review: &AccessReview) -> Table {
    let columns = ["line", "subject", "role", "last_access", "accesses", "decision", "reason", "decided_by"];
    let state = match review.closed_by() {
        Some(by) => format!("Closed by {by}."),
        None => format!("Open: {} of {} lines are not decided.", review.undecided(), review.lines().len()),
    };
    let mut table = Table::new("Access review", &columns).note(state).note(
        "Who was shown something in that time, in which role. Somebody who has a role at the identity provider and never used it \
         is not in it; what is removed is taken away there.",
    );
    if let Some((from, to)) = review.period() {
        table.notes.push(format!("From {from} to {to}."));
    }
    for line in review.lines() {
        let decided = review.decided(line.line);
        table.row([
            u64::from(line.line).into(),
            line.subject.as_str().into(),
            term(&line.role),
            line.last_access.into(),
            line.accesses.into(),
            decided.map_or(Cell::None, |decided| term(&decided.decision)),
            decided.map_or(Cell::None, |decided| term(&decided.reason)),
            Cell::of(decided.map(|decided| decided.decided_by.as_str())),
        ]);
    }
    table
}

/// Every campaign, the newest first.
pub fn access_reviews(position: u64, reviews: &[AccessReviewEntry]) -> Table {
    let columns = [
        "access_review_id",
        "opened_at",
        "opened_by",
        "from",
        "to",
        "lines",
        "decided",
        "state",
        "closed_at",
        "closed_by",
    ];
    let mut table = Table::new("Access reviews", &columns);
    table.as_of = Some(position);
    for review in reviews {
        table.row([
            Cell::text(review.access_review_id),
            review.opened_at.into(),
            review.opened_by.as_str().into(),
            review.from.into(),
            review.to.into(),
            review.lines.into(),
            review.decided.len().into(),
            if review.closed_by.is_some() { "closed" } else { "open" }.into(),
            Cell::of(review.closed_at),
            Cell::of(review.closed_by.as_deref()),
        ]);
    }
    table
}
