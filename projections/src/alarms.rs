//! Alarms: emergencies of a clinic's visits that are not closed, wherever those visits stand.

use chrono::{DateTime, Utc};
use daybook_domain::visit::{EmergencyAction, Event};
use daybook_domain::{EmergencyId, Jurisdiction, PatientId, ProviderId, VisitId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{Seen, VISIT};
use crate::store;
use crate::views::Views;

/// Kind of the rows of emergencies.
const EMERGENCY: &str = "emergency";

/// Every open emergency of a clinic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alarms {
    /// Position of the newest event in it.
    pub position: u64,
    /// The oldest first.
    pub alarms: Vec<Alarm>,
}

/// An emergency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    pub emergency_id: EmergencyId,
    pub visit_id: VisitId,
    pub patient_id: PatientId,
    pub provider_id: ProviderId,
    pub declared_at: DateTime<Utc>,
    /// What was done when it was declared.
    pub actions: Vec<EmergencyAction>,
    /// Where the patient had attested to be.
    pub jurisdiction: Option<Jurisdiction>,
    /// Position of the event that declared it, which holds its kind and details.
    pub position: u64,
    /// Positions of the newest events that hold address, number to call back and emergency contact.
    pub location_position: Option<u64>,
    pub callback_position: Option<u64>,
    pub contact_position: Option<u64>,
}

/// Whom a visit is about, and where help is to go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AlarmVisit {
    patient_id: PatientId,
    provider_id: ProviderId,
    location: Option<u64>,
    callback: Option<u64>,
    contact: Option<u64>,
}

/// A stored row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AlarmRow {
    Visit(AlarmVisit),
    Open(Box<Alarm>),
    Closed,
}

pub(crate) struct AlarmFold;

impl Projection for AlarmFold {
    const VIEW: View = View::Alarms;
    const VERSION: u32 = 3;
    const INDEXES: &'static [&'static str] = &["(clinic_id, tag, at)"];
    const STREAMS: &'static [&'static str] = &[VISIT];
    const KINDS: &'static [&'static str] = &[VISIT, EMERGENCY];
    type Row = AlarmRow;

    fn keys(seen: &Seen) -> Vec<Key> {
        let visit = Key { kind: VISIT, id: seen.recorded.stream.id };
        match seen.visit() {
            Some(Event::EmergencyDeclared(declared)) => vec![visit, emergency(declared.emergency_id)],
            Some(Event::EmergencyClosed(closed)) => vec![visit, emergency(closed.emergency_id)],
            Some(event) if is_followed(event) => vec![visit],
            _ => Vec::new(),
        }
    }

    fn fold(rows: &mut Rows<AlarmRow>, seen: &Seen) {
        let Some(event) = seen.visit() else { return };
        let (position, id) = (seen.position(), seen.recorded.stream.id);
        let key = Key { kind: VISIT, id };
        let before = match rows.get(key) {
            Some(AlarmRow::Visit(visit)) => Some(visit.clone()),
            _ => None,
        };
        let mut visit = match (before, event) {
            (before, Event::Scheduled(scheduled)) => AlarmVisit {
                patient_id: scheduled.patient_id,
                provider_id: scheduled.provider_id,
                location: before.as_ref().and_then(|visit| visit.location),
                callback: before.as_ref().and_then(|visit| visit.callback),
                contact: before.as_ref().and_then(|visit| visit.contact),
            },
            (Some(before), _) => before,
            (None, _) => return,
        };
        match event {
            Event::HandedOver(handed) => visit.provider_id = handed.to_provider_id,
            // Where the patient was says nothing of where they will be.
            Event::Rescheduled(_) => (visit.location, visit.callback, visit.contact) = (None, None, None),
            Event::LocationAttested(_) => visit.location = Some(position),
            Event::CallbackNumberGiven(_) => visit.callback = Some(position),
            Event::EmergencyContactRecorded(recorded) => visit.contact = recorded.contact.as_ref().map(|_| position),
            Event::EmergencyDeclared(declared) => {
                let alarm = Alarm {
                    emergency_id: declared.emergency_id,
                    visit_id: VisitId(id),
                    patient_id: visit.patient_id,
                    provider_id: visit.provider_id,
                    declared_at: seen.recorded.recorded_at,
                    actions: declared.actions.clone(),
                    jurisdiction: declared.jurisdiction,
                    position,
                    location_position: visit.location,
                    callback_position: visit.callback,
                    contact_position: visit.contact,
                };
                rows.set(emergency(declared.emergency_id), position, AlarmRow::Open(Box::new(alarm)));
            }
            Event::EmergencyClosed(closed) => rows.set(emergency(closed.emergency_id), position, AlarmRow::Closed),
            _ => {}
        }
        rows.set(key, position, AlarmRow::Visit(visit));
    }

    fn columns(row: &AlarmRow) -> Columns {
        match row {
            AlarmRow::Open(alarm) => {
                Columns { owner: Some(alarm.visit_id.0), tag: Some("open"), at: Some(alarm.declared_at) }
            }
            AlarmRow::Visit(_) | AlarmRow::Closed => Columns::default(),
        }
    }
}

fn emergency(id: EmergencyId) -> Key {
    Key { kind: EMERGENCY, id: id.0 }
}

/// What has to be known of a visit before there is an emergency.
fn is_followed(event: &Event) -> bool {
    matches!(
        event,
        Event::Scheduled(_)
            | Event::Rescheduled(_)
            | Event::HandedOver(_)
            | Event::LocationAttested(_)
            | Event::CallbackNumberGiven(_)
            | Event::EmergencyContactRecorded(_)
    )
}

impl Views {
    /// Every open emergency of a clinic, the oldest first; at most 200. What is known of the visit is as it stands now, so
    /// that help goes where the patient last said to be.
    pub async fn alarms(&self, clinic: Uuid) -> Result<Alarms, Error> {
        let order = "at, id LIMIT 200";
        let (next, found) = store::read::<AlarmRow>(
            &self.pool,
            View::Alarms,
            clinic,
            "kind = 'emergency' AND tag = 'open'",
            order,
            |q| q,
        )
        .await?;
        let mut alarms: Vec<Alarm> = found
            .into_iter()
            .filter_map(|found| match found.row {
                AlarmRow::Open(alarm) => Some(*alarm),
                _ => None,
            })
            .collect();
        let ids: Vec<Uuid> = alarms.iter().map(|alarm| alarm.visit_id.0).collect();
        let filter = "kind = 'visit' AND id = ANY($2)";
        let (_, visits) =
            store::read::<AlarmRow>(&self.pool, View::Alarms, clinic, filter, "id", |q| q.bind(ids)).await?;
        for found in visits {
            let AlarmRow::Visit(visit) = found.row else { continue };
            for alarm in alarms.iter_mut().filter(|alarm| alarm.visit_id.0 == found.id) {
                alarm.provider_id = visit.provider_id;
                alarm.location_position = visit.location;
                alarm.callback_position = visit.callback;
                alarm.contact_position = visit.contact;
            }
        }
        Ok(Alarms { position: next.saturating_sub(1), alarms })
    }
}

#[cfg(test)]
mod tests {
    use daybook_domain::visit::{EmergencyClosed, EmergencyDeclared};
    use daybook_domain::{Phi, Role};

    use super::*;
    use crate::told::{self, Told, id};

    fn declared(emergency: u128) -> EmergencyDeclared {
        EmergencyDeclared {
            emergency_id: id(emergency),
            kind: Phi::Sealed,
            actions: vec![EmergencyAction::EmergencyServicesCalled],
            details: None,
            jurisdiction: None,
            declared_by: Role::FrontDesk,
        }
    }

    fn open(told: &Told) -> Vec<Alarm> {
        let rows = told.rows::<AlarmRow>(View::Alarms).into_iter();
        let open = rows.filter_map(|(_, _, row)| match row {
            AlarmRow::Open(alarm) => Some(*alarm),
            _ => None,
        });
        open.collect()
    }

    #[test]
    fn an_emergency_is_an_alarm_until_it_is_closed() {
        let told = Told::default().visit(9, told::scheduled(told::PROVIDER, 0)).visit(9, told::located());
        assert!(open(&told).is_empty());
        let told = told.visit(9, declared(60)).visit(9, declared(61));
        let alarms = open(&told);
        assert_eq!((alarms.len(), alarms[0].visit_id, alarms[0].position), (2, id(9), 2));
        assert_eq!((alarms[0].patient_id, alarms[0].location_position), (id(told::PATIENT), Some(1)));
        let closed = EmergencyClosed {
            emergency_id: id(60),
            outcome: Phi::Sealed,
            actions: Vec::new(),
            details: None,
            closed_by: Role::FrontDesk,
        };
        let left = open(&told.visit(9, closed));
        assert_eq!(left.iter().map(|alarm| alarm.emergency_id).collect::<Vec<_>>(), [id(61)]);
    }
}
