//! Every time the glass was broken: who, why, until when, how often they looked, and what the review found.

use std::collections::BTreeMap;

use daybook_domain::GlassId;
use daybook_projections::{Glass, Glasses, Reading};

use super::term;
use crate::{Cell, Table};

/// Begins the name of every policy that a broken glass lets something through by.
const POLICIES: &str = "break-glass-reads";

/// Whether a read went through this broken glass and nothing else.
pub fn is_through(glass: &Glass, reading: &Reading) -> bool {
    !reading.denied
        && reading.reader == glass.broken_by
        && reading.patients.contains(&glass.patient_id)
        && (glass.broken_at..glass.until).contains(&reading.at)
        && reading.policies.iter().any(|policy| policy.as_str().starts_with(POLICIES))
}

/// With how often each was looked through.
pub fn broken_glasses(found: &Glasses, looks: &BTreeMap<GlassId, u64>) -> Table {
    let mut table = Table::new(
        "Broken glass",
        &[
            "broken_at",
            "broken_by",
            "role",
            "reason",
            "patient",
            "until",
            "looks",
            "review",
            "finding",
            "reviewed_by",
            "reviewed_at",
            "glass_id",
            "position",
        ],
    );
    (table.as_of, table.more_after) = (Some(found.position), found.more_after);
    for glass in &found.glasses {
        let review = glass.review.as_ref();
        table.row([
            glass.broken_at.into(),
            glass.broken_by.as_str().into(),
            term(&glass.role),
            term(&glass.reason),
            Cell::text(glass.patient_id),
            glass.until.into(),
            Cell::of(looks.get(&glass.glass_id).copied()),
            if review.is_some() { "closed" } else { "open" }.into(),
            review.map_or(Cell::None, |review| term(&review.finding)),
            Cell::of(review.map(|review| review.reviewed_by.as_str())),
            Cell::of(review.map(|review| review.reviewed_at)),
            Cell::text(glass.glass_id),
            glass.position.into(),
        ]);
    }
    table
}
