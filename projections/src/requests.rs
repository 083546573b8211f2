//! The board of open requests: who asked to be seen and nobody took yet.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use daybook_domain::visit::{DeclineReason, Event, Modality, State};
use daybook_domain::{Jurisdiction, PatientId, ProviderId, VisitId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{Seen, VISIT};
use crate::store;
use crate::views::Views;

/// Every open request of a clinic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Requests {
    /// Position of the newest event in it.
    pub position: u64,
    /// Who asked first stands first.
    pub requests: Vec<OpenRequest>,
}

/// An open request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequest {
    pub visit_id: VisitId,
    pub patient_id: PatientId,
    pub modality: Modality,
    /// Where the patient said to be.
    pub jurisdiction: Jurisdiction,
    pub requested_at: DateTime<Utc>,
    pub earliest: Option<DateTime<Utc>>,
    pub latest: Option<DateTime<Utc>>,
    /// Who did not take it, and why.
    pub declined_by: BTreeMap<ProviderId, DeclineReason>,
    /// Position of the event that has the reason for the visit.
    pub reason_position: u64,
}

/// A stored row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RequestRow {
    Open(Box<OpenRequest>),
    /// Taken, called off or expired.
    Over,
}

pub(crate) struct RequestFold;

impl Projection for RequestFold {
    const VIEW: View = View::Requests;
    const VERSION: u32 = 3;
    const INDEXES: &'static [&'static str] = &["(clinic_id, tag, at)"];
    const STREAMS: &'static [&'static str] = &[VISIT];
    const KINDS: &'static [&'static str] = &[VISIT];
    type Row = RequestRow;

    fn keys(seen: &Seen) -> Vec<Key> {
        let concerns = |event: &&Event| {
            matches!(
                event,
                Event::Requested(_)
                    | Event::Claimed(_)
                    | Event::RequestDeclined(_)
                    | Event::RequestExpired(_)
                    | Event::Cancelled(_)
            )
        };
        seen.visit().filter(concerns).map(|_| Key { kind: VISIT, id: seen.recorded.stream.id }).into_iter().collect()
    }

    fn fold(rows: &mut Rows<RequestRow>, seen: &Seen) {
        let Some(event) = seen.visit() else { return };
        let (position, key) = (seen.position(), Key { kind: VISIT, id: seen.recorded.stream.id });
        let row = match (event, rows.get(key)) {
            (Event::Requested(requested), _) => RequestRow::Open(Box::new(OpenRequest {
                visit_id: VisitId(key.id),
                patient_id: requested.patient_id,
                modality: requested.modality,
                jurisdiction: requested.jurisdiction,
                requested_at: seen.recorded.recorded_at,
                earliest: requested.earliest,
                latest: requested.latest,
                declined_by: BTreeMap::new(),
                reason_position: position,
            })),
            (Event::RequestDeclined(declined), Some(RequestRow::Open(open))) => {
                let mut open = open.clone();
                open.declined_by.insert(declined.provider_id, declined.reason);
                RequestRow::Open(open)
            }
            // Of a visit that was never asked for on demand there is no row.
            (Event::Claimed(_) | Event::RequestExpired(_) | Event::Cancelled(_), Some(_)) => RequestRow::Over,
            _ => return,
        };
        rows.set(key, position, row);
    }

    fn columns(row: &RequestRow) -> Columns {
        match row {
            RequestRow::Open(open) => Columns {
                owner: Some(open.patient_id.0),
                tag: Some(State::Requested.name()),
                at: Some(open.requested_at),
            },
            RequestRow::Over => Columns::default(),
        }
    }
}

impl Views {
    /// Every open request of a clinic, who asked first first; at most 200.
    pub async fn requests(&self, clinic: Uuid) -> Result<Requests, Error> {
        let filter = "kind = 'visit' AND tag = 'requested'";
        let (next, found) =
            store::read::<RequestRow>(&self.pool, View::Requests, clinic, filter, "at, id LIMIT 200", |q| q).await?;
        let requests = found.into_iter().filter_map(|found| match found.row {
            RequestRow::Open(open) => Some(*open),
            RequestRow::Over => None,
        });
        Ok(Requests { position: next.saturating_sub(1), requests: requests.collect() })
    }
}

#[cfg(test)]
mod tests {
    use daybook_domain::visit::{CancelReason, Cancelled, Claimed, Party, RequestDeclined, Requested};
    use daybook_domain::{Phi, Role};

    use super::*;
    use crate::told::{self, Told, id};

    fn requested() -> Requested {
        Requested {
            patient_id: id(told::PATIENT),
            modality: Modality::Video,
            reason: Phi::Sealed,
            jurisdiction: "WI".try_into().unwrap(),
            earliest: None,
            latest: None,
            requested_by: Role::Patient,
        }
    }

    fn open(told: &Told) -> Vec<OpenRequest> {
        let rows = told.rows::<RequestRow>(View::Requests).into_iter();
        let open = rows.filter_map(|(_, _, row)| match row {
            RequestRow::Open(open) => Some(*open),
            RequestRow::Over => None,
        });
        open.collect()
    }

    #[test]
    fn a_request_is_open_until_it_is_taken_or_called_off_and_keeps_who_declined() {
        let declined = RequestDeclined { provider_id: id(told::PROVIDER), reason: DeclineReason::NoTime };
        let told = Told::default().visit(9, requested()).visit(8, requested()).visit(9, declined);
        let board = open(&told);
        assert_eq!(board.len(), 2);
        let first = board.iter().find(|request| request.visit_id == id(9)).unwrap();
        assert_eq!((first.requested_at, first.reason_position), (told::start(), 0));
        assert_eq!(first.declined_by, [(id(told::PROVIDER), DeclineReason::NoTime)].into());

        let claimed = Claimed { provider_id: id(told::PROVIDER), licence_number: "1".to_owned().try_into().unwrap() };
        let told = told.visit(9, claimed).visit(9, told::scheduled(told::PROVIDER, 5));
        assert_eq!(open(&told).iter().map(|request| request.visit_id).collect::<Vec<_>>(), [id(8)]);
        let off = Cancelled { by: Party::Patient, reason: CancelReason::Other, details: None, late_charge: None };
        assert!(open(&told.visit(8, off)).is_empty());
    }

    #[test]
    fn a_visit_that_was_booked_is_no_request() {
        let off = Cancelled { by: Party::Patient, reason: CancelReason::Other, details: None, late_charge: None };
        let told = Told::default().visit(9, told::scheduled(told::PROVIDER, 0)).visit(9, off);
        assert!(told.rows::<RequestRow>(View::Requests).is_empty());
    }
}
