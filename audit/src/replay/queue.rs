//! Where a visit stood in the waiting room at a moment, as the read model kept it.

use daybook_ledger::{Ledger, Recorded};
use daybook_projections::{Error, OrderReason, Views};
use serde::Serialize;

use super::found::Found;
use super::moment::Moment;
use crate::words::term;

/// The answer.
#[derive(Serialize)]
#[serde(tag = "known", rename_all = "kebab-case")]
pub enum Queue {
    NotInTheRoom,
    InTheRoom {
        /// Place in the whole room, from 1.
        order: u32,
        /// Visits in it.
        of: usize,
        /// Place among those waiting for the same provider, from 1; none for who does not wait.
        place: Option<u32>,
        why: Vec<OrderReason>,
    },
    /// The read model cannot tell.
    Unknown {
        why: String,
    },
}

/// Of a visit whose last event then was `last`.
pub async fn queue(
    (ledger, views): (&Ledger, &Views),
    found: &Found,
    at: Option<Moment>,
    last: &Recorded,
) -> Result<Queue, sqlx::Error> {
    let position = match at {
        None => None,
        Some(Moment::Sequence(_)) => Some(last.position),
        Some(Moment::Time(time)) => ledger.position_at(found.clinic, time).await?,
    };
    let room = match views.waiting_room(found.clinic, position).await {
        Ok(room) => room,
        Err(Error::Behind(_)) => return Ok(Queue::Unknown { why: "the read model has not come so far".into() }),
        Err(_) => return Ok(Queue::Unknown { why: "the read model does not answer".into() }),
    };
    let of = room.rows.len();
    let row = room.rows.into_iter().find(|row| row.visit_id.0 == found.visit);
    Ok(row.map_or(Queue::NotInTheRoom, |row| Queue::InTheRoom { order: row.order, of, place: row.place, why: row.why }))
}

impl Queue {
    pub fn words(&self) -> String {
        match self {
            Queue::NotInTheRoom => "not in the waiting room".into(),
            Queue::Unknown { why } => format!("not known: {why}"),
            Queue::InTheRoom { order, of, place, why } => {
                let place = place.map_or_else(String::new, |place| format!(", place {place} for this provider"));
                let why: Vec<_> = why.iter().map(term).collect();
                let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
                format!("{order} of {of} in the waiting room{place}{why}")
            }
        }
    }
}
