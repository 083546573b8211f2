//! Epochs of a log. A log that went back to an earlier point (a restored backup, a failover that lost data) would sign two roots
//! for one size if it just went on. So it goes on in a new epoch: under another origin, over the same tree, beginning with an
//! event that says what it was restored to and what is known to be lost.

use daybook_domain::safekeeping::LedgerRecovered;
use sqlx::{PgExecutor, Row};
use uuid::Uuid;

use crate::checkpoint;
use crate::event::Recorded;
use crate::format::Hash;
use crate::note::NoteVerifier;
use crate::rows::number;

/// The event that an epoch begins with, as stored.
const RECOVERED: &str = "ledger-recovered";

/// One epoch of a clinic's log.
#[derive(Clone, Debug)]
pub struct Epoch {
    /// 1 of the first; of a later one the second it began in, since 1970.
    pub number: u64,
    /// The events before it. Its own checkpoints are larger.
    pub from: u64,
    /// Its origin and key.
    pub key: NoteVerifier,
}

/// The name of a log's epoch in an installation.
pub fn origin(installation: &str, clinic: Uuid, epoch: u64) -> String {
    match epoch {
        0 | 1 => format!("{installation}/clinics/{clinic}"),
        later => format!("{installation}/clinics/{clinic}/{later}"),
    }
}

/// Which clinic's log, and which epoch of it, an origin names.
pub fn of_origin(origin: &str) -> Option<(Uuid, u64)> {
    let (_, log) = origin.rsplit_once("/clinics/")?;
    let (clinic, epoch) = match log.split_once('/') {
        None => (log.parse().ok()?, 1),
        Some((clinic, epoch)) => (clinic.parse().ok()?, epoch.parse().ok().filter(|epoch| *epoch >= 2)?),
    };
    // One form alone: no other spelling of an id or a number.
    (self::origin("", clinic, epoch) == format!("/clinics/{log}")).then_some((clinic, epoch))
}

/// A log's epochs in order; none where nothing was ever signed.
pub(crate) async fn of(executor: impl PgExecutor<'_>, clinic: Uuid) -> Result<Vec<Epoch>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT 1::bigint AS epoch, 0::bigint AS size, vkey FROM ledger.logs WHERE clinic_id = $1
         UNION ALL SELECT epoch, size, vkey FROM ledger.epochs WHERE clinic_id = $1 ORDER BY epoch",
    );
    let rows = rows.bind(clinic).fetch_all(executor).await?;
    let epoch = |row: &sqlx::postgres::PgRow| {
        let key = row.try_get::<&str, _>(2)?.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(Epoch { number: number(row, 0)?, from: number(row, 1)?, key })
    };
    rows.iter().map(epoch).collect()
}

/// A checkpoint of any epoch of a log, by the key that all of them have: size and root.
pub fn open_checkpoint(note: &str, clinic: Uuid, key: &NoteVerifier) -> Option<(u64, u64, Hash)> {
    let name = note.split('\n').next()?;
    let (of, epoch) = of_origin(name).filter(|(of, _)| *of == clinic)?;
    let (installation, _) = key.name().rsplit_once("/clinics/")?;
    let key = (origin(installation, of, epoch) == name).then(|| key.named(name))?;
    let (size, root) = checkpoint::open(note, &key).ok()?;
    Some((epoch, size, root))
}

/// What an event says of a recovery; `None` if it is not one that says so.
pub(crate) fn recovered(event: &Recorded) -> Option<LedgerRecovered> {
    let is_one = event.event_type == RECOVERED && event.stream.kind == "safekeeping" && event.stream.id == event.clinic;
    match is_one.then(|| event.decode::<daybook_domain::safekeeping::Event>()) {
        Some(Ok(daybook_domain::safekeeping::Event::LedgerRecovered(recovered))) => Some(recovered),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_names_a_clinic_and_an_epoch_in_one_form() {
        let clinic = Uuid::from_u128(7);
        for epoch in [1, 2, 1_772_445_600] {
            assert_eq!(of_origin(&origin("daybook.example", clinic, epoch)), Some((clinic, epoch)));
        }
        let first = origin("daybook.example", clinic, 1);
        for wrong in ["/0", "/1", "/02", "/+2", "/2/3", "/", "/x", "/18446744073709551616"] {
            assert_eq!(of_origin(&format!("{first}{wrong}")), None, "{wrong}");
        }
        assert_eq!(of_origin("daybook.example/clinics/demo"), None);
        assert_eq!(of_origin(&first.replace('-', "")), None);
    }
}
