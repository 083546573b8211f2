//! Until when a patient's record as a whole has to be kept, from the log as it stands: the visits, where and when the patient
//! was seen, the date of birth (opened for a program's named purpose, which the patient's access stream records), and the
//! rules the clinic relies on.

use std::time::Duration;

use chrono::NaiveDate;
use daybook_domain::patient::{DestroyedKey, ErasureFacts, WholeRecord};
use daybook_domain::{Clinic, Patient, PatientId, Visit};
use daybook_ledger::Loaded;
use daybook_ledger::append::Guard;

use crate::age;
use crate::caller::Caller;
use crate::problem::Problem;

/// The program, as the log names it.
const PROGRAM: &str = "retention-of-record";
/// How long it may take until the read model of whose visits are whose has come to the end of the log.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the keeping of a record stands, with all that was asked for it.
pub struct Keeping {
    /// The patient's record.
    pub patient: Loaded<Patient>,
    /// Whether it has to be kept.
    pub record: WholeRecord,
    /// The clinic's day.
    pub today: NaiveDate,
    guards: Vec<Guard>,
}

impl Keeping {
    /// Asks for a patient. The list of visits comes from a read model that has come to where the log ended when this began;
    /// what each visit says comes from the log.
    pub async fn of(caller: &Caller, id: PatientId) -> Result<Self, Problem> {
        let (state, clinic_id) = (&caller.state, caller.clinic());
        let size = state.ledger.head(clinic_id).await?.map_or(0, |head| head.size);
        if let Some(last) = size.checked_sub(1) {
            state.views.wait_for(clinic_id, last, PATIENCE).await?;
        }
        let (patient, clinic): (Loaded<Patient>, Loaded<Clinic>) = caller.load((id.0, clinic_id)).await?;
        let today = clinic.time_zone().day(state.ledger.clock().now());
        let mut ids: Vec<_> =
            state.views.visits_of(clinic_id, id).await?.iter().map(|visit| visit.visit_id.0).collect();
        ids.extend(patient.newest_request().map(|visit| visit.0).filter(|visit| !ids.contains(visit)));
        let visits: Vec<Loaded<Visit>> = caller.load(ids).await?;
        let elsewhere =
            patient.has_imports() || !state.views.history(clinic_id, id, None, None, 1).await?.records.is_empty();
        // Of an erased record nobody knows it any more, and of nobody there is none.
        let asked = patient.exists() && !patient.is_erased();
        let born = if asked { age::birth_date(caller, PROGRAM, id).await? } else { None };
        let record = WholeRecord::of(visits.iter().map(|visit| &**visit), elsewhere, born, today, &clinic.reliance());
        let guards = visits.iter().map(Loaded::guard).chain([clinic.guard()]).collect();
        Ok(Self { patient, record, today, guards })
    }

    /// What an erasure of these keys needs to know, the record, and that all of it is still so when the event is written.
    pub fn into_facts(self, keys: Vec<DestroyedKey>) -> (Loaded<Patient>, ErasureFacts, Vec<Guard>) {
        (self.patient, ErasureFacts { record: self.record, today: self.today, keys }, self.guards)
    }
}
