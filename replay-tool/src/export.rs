//! `daybook-replay export`: a part of the log as a bundle. Who takes it and why is recorded before anything leaves.

use std::fs::OpenOptions;
use std::io::{BufWriter, IsTerminal};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};
use daybook_access::Asking;
use daybook_audit::bundle::Scope;
use daybook_audit::export::{self, Exported, NewFolder, NewTar, Prepared, Wanted};
use daybook_ledger::clock::System;
use daybook_ledger::{Clock, Ids, Ledger};
use serde::Serialize;

use crate::arguments;
use crate::exit::Exit;
use crate::opening::{self, Door};
use crate::print::{self, number};
use crate::progress::Progress;

/// What is told of an export as JSON.
#[derive(Serialize)]
struct Told<'a> {
    output: &'a Path,
    events: u64,
    size: u64,
    files: usize,
}

pub async fn run(arguments: arguments::Export) -> anyhow::Result<Exit> {
    let scope = scope(&arguments.what)?;
    let (Some(token), Some(reason)) = (&arguments.opening.token, &arguments.opening.reason) else {
        bail!("an export is recorded with who made it and why: --token and --reason are needed");
    };
    let output = Output::of(&arguments.output)?;
    let principal = opening::principal(&arguments.opening, token).await?;
    if principal.clinic.0 != arguments.clinic {
        bail!("the token is for another clinic");
    }
    let Door { access, ledger } = Door::open(&arguments.database.database_url, &arguments.opening.origin).await?;
    let asking = Asking::new(&principal, System.internal());
    let (entries, recipient) = (arguments.entries, arguments.recipient);
    let wanted = Wanted { scope, entries, recipient, reason: reason.clone() };
    let (_receipt, prepared) = export::take(&access, &ledger, &asking, &wanted).await?;
    let made = output.write(&ledger, prepared).await?;
    let told = Told { output: &arguments.output, events: made.events, size: made.size, files: made.files };
    // On standard output the bundle stands already.
    match (&output, arguments.json) {
        (Output::Out, _) => {}
        (_, true) => print::json(&told)?,
        (_, false) => print::out(&format!(
            "{} events of a log of {}, in {} files: {}\nVerify it with: daybook-replay verify-export {} --policy POLICY",
            number(made.events),
            number(made.size),
            number(made.files as u64),
            arguments.output.display(),
            arguments.output.display(),
        ))?,
    }
    Ok(Exit::Valid)
}

/// Where an export goes.
enum Output<'a> {
    /// Standard output, as a tar.
    Out,
    Tar(&'a Path),
    Folder(&'a Path),
}

impl<'a> Output<'a> {
    fn of(path: &'a Path) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            if std::io::stdout().is_terminal() {
                bail!("a terminal cannot show a tar: redirect it, or name a file");
            }
            return Ok(Self::Out);
        }
        Ok(if path.extension().is_some_and(|end| end == "tar") { Self::Tar(path) } else { Self::Folder(path) })
    }

    async fn write(&self, ledger: &Ledger, prepared: Prepared) -> anyhow::Result<Exported> {
        let (progress, at) = (Progress::of(0), System.now());
        let told = |done, of| progress.reach(done, of);
        let made = match self {
            Self::Out => prepared.write(ledger, &mut NewTar(std::io::stdout()), at, told).await,
            Self::Tar(path) => {
                let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
                let file = file.with_context(|| format!("{} cannot be made", path.display()))?;
                prepared.write(ledger, &mut NewTar(BufWriter::new(file)), at, told).await
            }
            Self::Folder(path) => prepared.write(ledger, &mut NewFolder::create(path)?, at, told).await,
        };
        progress.finish();
        Ok(made?)
    }
}

fn scope(what: &arguments::Exported) -> anyhow::Result<Scope> {
    Ok(match (what.visit, what.patient, what.from.zip(what.to), what.all) {
        (Some(visit_id), None, None, false) => Scope::Visit { visit_id },
        (None, Some(patient_id), None, false) => Scope::Patient { patient_id },
        (None, None, Some((from, to)), false) if from < to => Scope::Time { from, to },
        (None, None, Some(_), false) => bail!("--from must be before --to"),
        (None, None, None, true) => Scope::Clinic {},
        _ => bail!("one of --visit, --patient, --from with --to, or --all is needed"),
    })
}
