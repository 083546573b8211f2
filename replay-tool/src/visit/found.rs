//! Finding a visit, and opening it for who asks with a token.

use anyhow::bail;
use daybook_access::{Opened, Receipt};
use daybook_audit::ReplayError;
use daybook_audit::replay::{Acts, Found};
use daybook_ledger::Recorded;
use uuid::Uuid;

use crate::arguments::Opening;
use crate::opening;
use crate::reader::Reader;

/// There is such a visit, or an answer what there is not.
pub async fn find(reader: &Reader, clinic: Uuid, visit: Uuid) -> anyhow::Result<Found> {
    match Found::find(&reader.ledger, clinic, visit).await {
        Err(ReplayError::NoVisit { .. }) if !reader.knows(clinic).await? => {
            bail!("there is no clinic {clinic} in this database")
        }
        found => Ok(found?),
    }
}

/// These of its acts as they may be told: opened for who asks with a token, and then there is a receipt for it; else masked.
pub async fn tell(
    found: &Found,
    url: &str,
    opening: &Opening,
    acts: &[Recorded],
) -> anyhow::Result<(Option<Receipt>, Acts)> {
    Ok(match open(found, url, opening, acts).await? {
        Some((receipt, opened)) => {
            let acts = Acts::opened(acts, &opened, &receipt);
            (Some(receipt), acts)
        }
        None => (None, Acts::masked(acts, None)),
    })
}

/// These of its events opened, with the receipt that this is on record. None without a token, and where the visit's events
/// are not as they were written.
pub async fn open(
    found: &Found,
    url: &str,
    opening: &Opening,
    events: &[Recorded],
) -> anyhow::Result<Option<(Receipt, Vec<Opened>)>> {
    let (Some(token), Some(reason)) = (&opening.token, &opening.reason) else { return Ok(None) };
    if !found.stands() {
        eprintln!("daybook-replay: nothing is opened, because the visit's events are not as they were written");
        return Ok(None);
    }
    let (place, visit) = ((found.clinic, found.visit), found.whole());
    Ok(Some(opening::open(url, opening, (token, reason), place, &visit, events).await?))
}
