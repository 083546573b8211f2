//! Whether a patient is of age: the date of birth is opened for a program's named purpose, which the patient's access stream
//! records, and nothing but what the rules say of it goes on.

use chrono::NaiveDate;
use daybook_access::{Action, Asking, Principal, Receipt, Resource};
use daybook_domain::law::{Service, Standing, Unanswered};
use daybook_domain::phi::CLEAR;
use daybook_domain::{Clinic, ClinicId, Law, Patient, PatientId, Visit};
use daybook_ledger::append::Guard;
use daybook_ledger::{Loaded, Stream};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::patients::person::says_who;

/// The program, as the log names it.
const PROGRAM: &str = "age-at-visit";

/// What the rules say of a visit's patient, with whose records that was asked.
pub struct Age {
    /// What they say.
    pub standing: Standing,
    /// The patient's record.
    pub patient: Loaded<Patient>,
    /// The clinic's record.
    pub clinic: Loaded<Clinic>,
}

impl Age {
    /// That both records are still so when what relies on them is written.
    pub fn guards(&self) -> Vec<Guard> {
        vec![self.patient.guard(), self.clinic.guard()]
    }

    /// Asks the rules in force on the clinic's day of the visit, where the patient attested to be. `service`: whether a
    /// minor may consent alone to it.
    pub async fn of_patient(caller: &Caller, visit: &Visit, service: Option<Service>) -> Result<Self, Problem> {
        // Nothing but scheduling is asked of a visit without a patient.
        let patient_id = visit.patient().ok_or_else(Problem::not_found)?;
        let (patient, clinic): (Loaded<Patient>, Loaded<Clinic>) = caller.load((patient_id.0, caller.clinic())).await?;
        let zone = clinic.time_zone();
        let on = zone.day(visit.starts_at().unwrap_or_else(|| caller.state.ledger.clock().now()));
        let place = visit.location().map(|location| location.jurisdiction);
        let standing = match birth_date(caller, PROGRAM, patient_id).await? {
            Some(born) => Law::current().standing(born, place, service, on, &clinic.reliance()),
            None => Standing::Unknown(Unanswered::MissingFact {
                matter: "the age of majority",
                fact: "the patient's date of birth",
            }),
        };
        Ok(Self { standing, patient, clinic })
    }
}

/// From the newest event that says who the patient is, opened for a program; `None` where it can no longer be opened.
pub async fn birth_date(
    caller: &Caller,
    program: &'static str,
    patient: PatientId,
) -> Result<Option<NaiveDate>, Problem> {
    let (state, clinic): (_, ClinicId) = (&caller.state, caller.principal.clinic);
    let program = Principal::system(program, clinic);
    let asking = Asking::new(&program, caller.correlation_id);
    let resource = Resource::patient(clinic, patient, None);
    let receipt = state.access.read(&asking, Action::ReadPatient, &resource, &[]).await?;
    born(caller, patient, &receipt).await
}

/// The same, for whoever has a receipt for the patient.
pub async fn born(caller: &Caller, patient: PatientId, receipt: &Receipt) -> Result<Option<NaiveDate>, Problem> {
    let (state, clinic) = (&caller.state, caller.principal.clinic);
    let mut events = state.ledger.read_stream(clinic.0, &Stream::new("patient", patient.0), 0).await?;
    events.retain(|event| says_who(&event.event_type));
    let newest: Vec<_> = events.pop().into_iter().collect();
    let opened = state.access.open(receipt, &newest).await?;
    Ok(opened.first().and_then(|event| event.payload["birth_date"][CLEAR].as_str()?.parse().ok()))
}
