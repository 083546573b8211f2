//! `daybook-replay export`: a part of the log as a bundle. Who takes it and why is recorded before anything is read.

use anyhow::{Context, bail};
use daybook_access::{Action, Asking, Resource};
use daybook_audit::bundle::Scope;
use daybook_audit::export;
use daybook_domain::visit::Visit;
use daybook_domain::{ClinicId, PatientId, Rules};
use daybook_ledger::clock::System;
use daybook_ledger::{Clock, Ids, Ledger, Stream};

use crate::arguments;
use crate::exit::Exit;
use crate::opening::{self, Door};
use crate::print::{self, number};
use crate::progress::Progress;

pub async fn run(arguments: arguments::Export) -> anyhow::Result<Exit> {
    let scope = scope(&arguments.what)?;
    let (Some(token), Some(reason)) = (&arguments.opening.token, &arguments.opening.reason) else {
        bail!("an export is recorded with who made it and why: --token and --reason are needed");
    };
    let principal = opening::principal(&arguments.opening, token).await?;
    let Door { access, ledger } = Door::open(&arguments.database.database_url, &arguments.opening.origin).await?;
    let patient = patient(&ledger, &arguments, scope).await?;
    let asking = Asking::new(&principal, System.internal()).reason(Some(reason.clone()));
    let resource = Resource::log(ClinicId(arguments.clinic));
    access.read(&asking, Action::ExportLog, &resource, &Vec::from_iter(patient)).await?;
    let progress = Progress::of(0);
    let what = (scope, arguments.entries);
    let told = |done, of| progress.reach(done, of);
    let made = export::export(&ledger, arguments.clinic, what, &arguments.out, System.now(), told).await;
    progress.finish();
    let made = made?;
    print::out(&format!(
        "{} events of a log of {}, in {} files: {}\nVerify it with: daybook-replay verify-export {} --policy POLICY",
        number(made.events),
        number(made.size),
        number(made.files as u64),
        arguments.out.display(),
        arguments.out.display(),
    ))?;
    Ok(Exit::Valid)
}

fn scope(what: &arguments::Exported) -> anyhow::Result<Scope> {
    Ok(match (what.visit, what.patient, what.from.zip(what.to), what.all) {
        (Some(visit_id), None, None, false) => Scope::Visit { visit_id },
        (None, Some(patient_id), None, false) => Scope::Patient { patient_id },
        (None, None, Some((from, to)), false) if from < to => Scope::Time { from, to },
        (None, None, Some(_), false) => bail!("--from must be before --to"),
        (None, None, None, true) => Scope::Clinic,
        _ => bail!("one of --visit, --patient, --from with --to, or --all is needed"),
    })
}

/// Whose access record the export belongs to, where it is about one patient.
async fn patient(ledger: &Ledger, arguments: &arguments::Export, scope: Scope) -> anyhow::Result<Option<PatientId>> {
    Ok(match scope {
        Scope::Patient { patient_id } => Some(PatientId(patient_id)),
        Scope::Visit { visit_id } => {
            let acts = ledger.read_stream(arguments.clinic, &Stream::new("visit", visit_id), 0).await?;
            let events: Vec<_> = acts.iter().map_while(|act| act.decode().ok()).collect();
            let visit = Visit::replay(&events);
            let unknown = || format!("there is no visit {visit_id} at clinic {}", arguments.clinic);
            Some(visit.patient().with_context(unknown)?)
        }
        Scope::Time { .. } | Scope::Clinic => None,
    })
}
