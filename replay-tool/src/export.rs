//! `daybook-replay export`: a part of the log as a bundle. Who takes it and why is recorded before anything leaves.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, IsTerminal};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};
use daybook_access::{Access, Asking};
use daybook_audit::bundle::Scope;
use daybook_audit::export::{self, Exported, Granted, NewFolder, NewTar, Wanted};
use daybook_domain::access_events::ExportForm;
use daybook_ledger::clock::System;
use daybook_ledger::{Ids, Ledger};
use serde::Serialize;

use crate::arguments::{self, Format};
use crate::backup::file;
use crate::exit::Exit;
use crate::opening::{self, Door};
use crate::print::{self, number};
use crate::progress::Progress;

/// What is told of an export as JSON.
#[derive(Serialize)]
struct Told<'a> {
    output: &'a Path,
    form: ExportForm,
    /// A bundle does; no other form does.
    proves_itself: bool,
    events: u64,
    size: u64,
    files: usize,
}

pub async fn run(arguments: arguments::Export) -> anyhow::Result<Exit> {
    let scope = scope(&arguments.what)?;
    let (Some(token), Some(reason)) = (&arguments.opening.token, &arguments.opening.reason) else {
        bail!("an export is recorded with who made it and why: --token and --reason are needed");
    };
    let recipient_key = arguments.recipient_key.as_deref().map(file::recipient).transpose()?.map(|(_, key)| key);
    let output = Output::of(&arguments.output, arguments.format)?;
    let principal = opening::principal(&arguments.opening, token).await?;
    if principal.clinic.0 != arguments.clinic {
        bail!("the token is for another clinic");
    }
    let Door { access, ledger } = Door::open(&arguments.database.database_url, &arguments.opening.origin).await?;
    let asking = Asking::new(&principal, System.internal());
    let (entries, recipient) = (arguments.entries, arguments.recipient);
    let form = form(arguments.format);
    let wanted = Wanted { scope, entries, form, recipient, recipient_key, reason: reason.clone() };
    let granted = export::take(&access, &ledger, &asking, wanted).await?;
    let made = output.write(&access, &ledger, granted).await?;
    let told = Told {
        output: &arguments.output,
        form,
        proves_itself: form == ExportForm::Bundle,
        events: made.events,
        size: made.size,
        files: made.files,
    };
    // On standard output the bundle stands already.
    match (&output, arguments.json) {
        (Output::Out, _) => {}
        (_, true) => print::json(&told)?,
        (_, false) => print::out(&words(&made, &arguments.output, arguments.format))?,
    }
    Ok(Exit::Valid)
}

fn words(made: &Exported, output: &Path, format: Format) -> String {
    let (events, size, output) = (number(made.events), number(made.size), output.display());
    if format != Format::Bundle {
        return format!(
            "{events} events of a log of {size}: {output}\nThis form proves nothing by itself; a bundle does."
        );
    }
    let files = number(made.files as u64);
    format!(
        "{events} events of a log of {size}, in {files} files: {output}\n\
         Verify it with: daybook-replay verify-export {output} --policy POLICY"
    )
}

/// Where an export goes.
enum Output<'a> {
    /// Standard output, as a tar.
    Out,
    Tar(&'a Path),
    /// In another form than a bundle.
    File(&'a Path),
    Folder(&'a Path),
}

impl<'a> Output<'a> {
    fn of(path: &'a Path, format: Format) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            if format == Format::Bundle && std::io::stdout().is_terminal() {
                bail!("a terminal cannot show a tar: redirect it, or name a file");
            }
            return Ok(Self::Out);
        }
        if format != Format::Bundle {
            return Ok(Self::File(path));
        }
        Ok(if path.extension().is_some_and(|end| end == "tar") { Self::Tar(path) } else { Self::Folder(path) })
    }

    async fn write(&self, access: &Access, ledger: &Ledger, granted: Granted) -> anyhow::Result<Exported> {
        let progress = Progress::events(0);
        let told = |done, of| progress.reach(done, of);
        let made = match self {
            Self::Out if granted.form() != ExportForm::Bundle => {
                granted.write_form(ledger, &mut std::io::stdout(), told).await
            }
            Self::File(path) => granted.write_form(ledger, &mut BufWriter::new(new_file(path)?), told).await,
            Self::Out => granted.write(access, ledger, &mut NewTar(std::io::stdout()), told).await,
            Self::Tar(path) => granted.write(access, ledger, &mut NewTar(BufWriter::new(new_file(path)?)), told).await,
            Self::Folder(path) => granted.write(access, ledger, &mut NewFolder::create(path)?, told).await,
        };
        progress.finish();
        Ok(made?)
    }
}

/// A file that was not there, for nobody else of the machine to read.
fn new_file(path: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("{} cannot be made", path.display()))
}

fn form(format: Format) -> ExportForm {
    match format {
        Format::Bundle => ExportForm::Bundle,
        Format::Csv => ExportForm::Csv,
        Format::Fhir => ExportForm::Fhir,
        Format::Html => ExportForm::Html,
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
