//! `daybook-replay report`: what compliance officers and auditors ask for, out of the log alone. Whoever asks and why is
//! recorded before anything is read.

mod access;
mod access_review;
pub mod arguments;
mod break_glass;
mod consents;
mod disclosures;
mod integrity;
mod notable;
mod recall;
mod received;

use anyhow::bail;
use chrono::{DateTime, TimeDelta, Utc};
use daybook_access::{Action, Asking, Receipt, Resource};
use daybook_audit::{Form, Table, Unwitnessed, reads};
use daybook_domain::{Clinic, ClinicId, PatientId, TimeZone};
use daybook_ledger::clock::System;
use daybook_ledger::witnessed::anybody;
use daybook_ledger::{Clock, Ids, Ledger, Loaded, Recorded, Stream, aggregate};
use daybook_projections::{Readings, Whose};
use uuid::Uuid;

use arguments::{Period, ReportOf};

use crate::exit::Exit;
use crate::opening::{self, Door};
use crate::print;
use crate::progress::Progress;

/// How far back a report reaches that names no beginning.
const USUALLY: TimeDelta = TimeDelta::days(30);

pub async fn run(report: arguments::Report) -> anyhow::Result<Exit> {
    let arguments = report.what.asked();
    let (Some(token), Some(reason)) = (&arguments.opening.token, &arguments.opening.reason) else {
        bail!("a report is recorded with who asked for it and why: --token and --reason are needed");
    };
    let principal = opening::principal(&arguments.opening, token).await?;
    let door = Door::open(&arguments.database.database_url, &arguments.opening.origin).await?;
    let asked = Asked {
        clinic: arguments.clinic,
        asking: Asking::new(&principal, System.internal()).reason(Some(reason.clone())),
        door: &door,
    };
    let mut table = match &report.what {
        ReportOf::Access(what) => access::report(&asked, what).await?,
        ReportOf::BreakGlass(what) => break_glass::report(&asked, what).await?,
        ReportOf::Disclosures(what) => disclosures::report(&asked, what).await?,
        ReportOf::Notable(what) => notable::report(&asked, what).await?,
        ReportOf::Consents(what) => consents::report(&asked, what).await?,
        ReportOf::Integrity(what) => integrity::history(&asked, what).await?,
        ReportOf::Reconciliation(_) => integrity::reconciliation(&asked).await?,
        ReportOf::Recall(what) => recall::report(&asked, what).await?,
        ReportOf::Received(what) => received::report(&asked, what).await?,
        ReportOf::AccessReview(what) => access_review::report(&asked, what).await?,
    };
    asked.lead(&mut table).await?;
    match arguments.form() {
        Form::Table => print::out(&table.terminal())?,
        form => print::document(table.render(form).trim_end_matches(['\r', '\n']))?,
    }
    Ok(Exit::Valid)
}

/// Who asks, and the door they ask at.
struct Asked<'a> {
    clinic: Uuid,
    asking: Asking<'a>,
    door: &'a Door,
}

impl Asked<'_> {
    fn ledger(&self) -> &Ledger {
        &self.door.ledger
    }

    /// Says first for how long the log was unwitnessed. Who is asked to witness it only the server knows.
    async fn lead(&self, table: &mut Table) -> anyhow::Result<()> {
        if table.wants_lead() {
            let said = self.ledger().watched(self.clinic).await?.witnessing(anybody, System.now());
            table.lead(Unwitnessed { clinic: self.clinic, nobody_is_asked: false, said });
        }
        Ok(())
    }

    /// Permits a look at the record of access, and records it.
    async fn receipt(&self, resource: &Resource) -> anyhow::Result<Receipt> {
        Ok(self.door.access.read(&self.asking, Action::ReadAccesses, resource, &[]).await?)
    }

    /// A patient's record; an id that is nobody's here is about no patient, so that no fact says that somebody's was read.
    async fn patient(&self, patient: PatientId) -> anyhow::Result<(Resource, Vec<Recorded>)> {
        let record = self.ledger().read_stream(self.clinic, &Stream::new("patient", patient.0), 0).await?;
        let resource = Resource::patient(ClinicId(self.clinic), patient, None);
        let resource = if record.is_empty() { Resource { patient: None, ..resource } } else { resource };
        Ok((resource, record))
    }

    /// Where the clinic's clocks are set.
    async fn time_zone(&self) -> anyhow::Result<TimeZone> {
        let clinic: Loaded<Clinic> = aggregate::load(self.ledger(), self.clinic, self.clinic).await?;
        Ok(clinic.time_zone())
    }

    /// The facts of the door of a period, under a bar.
    async fn readings(&self, whose: Whose<'_>, period: (DateTime<Utc>, DateTime<Utc>)) -> anyhow::Result<Readings> {
        let progress = Progress::events(0);
        let found =
            reads::between(self.ledger(), self.clinic, whose, period, |done, of| progress.reach(done, of)).await;
        progress.finish();
        Ok(found?)
    }

    fn log(&self) -> Resource {
        Resource::log(ClinicId(self.clinic))
    }
}

/// From one time to another: until now and for thirty days, unless asked otherwise.
fn period(asked: &Period) -> anyhow::Result<(DateTime<Utc>, DateTime<Utc>)> {
    let to = asked.to.unwrap_or_else(|| System.now() + TimeDelta::seconds(1));
    let from = asked.from.unwrap_or(to - USUALLY);
    if from >= to {
        bail!("--from must be before --to");
    }
    Ok((from, to))
}
