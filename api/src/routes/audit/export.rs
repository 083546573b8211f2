//! `POST /v1/audit/exports`

use std::io;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::post;
use bytes::Bytes;
use daybook_audit::bundle::Scope;
use daybook_audit::export::{self, ExportError, Granted, NewTar, Outlet, TakeError, Wanted};
use daybook_domain::Code;
use daybook_domain::access_events::ExportForm;
use futures::stream;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;
use tracing::Instrument;

use crate::caller::{Call, Caller};
use crate::problem::Problem;
use crate::report::POLICY;
use crate::routes::Refusals;

/// Files a client may be behind before the export waits for it.
const AHEAD: usize = 2;
/// A client that takes nothing for this long is gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// What to take away, for whom and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// What it is to be of.
    scope: Scope,
    /// With every entry of the log (75 bytes an event, no PHI), so that nothing can be missing unseen. Always so for a time
    /// and for a clinic.
    #[serde(default)]
    entries: bool,
    /// For whom, as a code of your own.
    recipient: Option<Code>,
    /// With content, encrypted for whoever has the identity of this public key (age): `age1…`. Only for
    /// compliance; everybody of whom something leaves is recorded first.
    recipient_key: Option<String>,
    /// In which form: a bundle unless something else is said.
    #[serde(default = "bundle")]
    form: ExportForm,
    /// Why, as a code.
    reason: Code,
}

fn bundle() -> ExportForm {
    ExportForm::Bundle
}

/// A part of the log, as a bundle that proves itself, or in another form, which proves nothing.
///
/// A bundle is a tar, with what is sealed left out, which is not de-identified; with `recipient_key` it goes along, with what opens each
/// event alone encrypted for that key. That it was taken is recorded before its first byte
/// leaves; each request makes, and records, another one. An answer that ends before its `manifest.json`, which comes last,
/// is no export: `daybook-replay verify-export` says so.
#[utoipa::path(
    tag = "audit",
    request_body(content = ref("#/components/schemas/ExportRequest"), content_type = "application/json"),
    responses(
        (status = 200, description = "The bundle, or the one file of another form.", content(
            (Vec<u8> = "application/x-tar"), (String = "text/csv"), (String = "application/fhir+ndjson"), (String = "text/html")
        )),
        (status = 422, description = "The body does not fit.", body = ref("#/components/schemas/Problem")),
        Refusals
    )
)]
#[post("/v1/audit/exports")]
pub async fn export_log(call: Call) -> Result<HttpResponse, Problem> {
    let ExportRequest { scope, entries, recipient, recipient_key, form, reason } = call.read()?;
    if let Scope::Time { from, to } = scope
        && from >= to
    {
        return Err(Problem::misfit("scope.to", "a time after scope.from"));
    }
    let recipient_key = match recipient_key.map(|key| key.parse()) {
        Some(Err(_)) => return Err(Problem::misfit("recipient_key", "a public key as age-keygen writes it: age1…")),
        Some(Ok(key)) => Some(key),
        None => None,
    };
    let wanted = Wanted { scope, entries, form, recipient, recipient_key, reason };
    let caller = Caller::clone(&call);
    let place = caller.state.exports.clone().try_acquire_owned();
    let place =
        place.map_err(|_| Problem::unavailable("too-many-exports", "this server makes no more exports just now"))?;
    // The first answer is the status: whoever may not have it gets a problem, not a tar that ends.
    let (caller, granted) = caller
        .detached(move |caller| async move {
            let (access, ledger) = (&caller.state.access, &caller.state.ledger);
            let granted = export::take(access, ledger, &caller.asking(), wanted).await?;
            Ok((caller, granted))
        })
        .await?;
    let (sender, receiver) = mpsc::channel(AHEAD);
    let runtime = caller.state.runtime.clone();
    runtime.spawn(leave(caller, granted, Leaving(sender), place).in_current_span());
    let body = stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)));
    let (content_type, end) = file_of(form);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"daybook-export.{end}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .streaming(body))
}

/// Its media type, and how the name of its file ends.
fn file_of(form: ExportForm) -> (&'static str, &'static str) {
    match form {
        ExportForm::Bundle => ("application/x-tar", "tar"),
        ExportForm::Csv => ("text/csv; charset=utf-8", "csv"),
        ExportForm::Fhir => ("application/fhir+ndjson", "ndjson"),
        ExportForm::Html => ("text/html; charset=utf-8", "html"),
    }
}

async fn leave(caller: Caller, granted: Granted, mut leaving: Leaving, _place: OwnedSemaphorePermit) {
    let (access, ledger, answer) = (&caller.state.access, &caller.state.ledger, leaving.0.clone());
    let made = match granted.form() {
        ExportForm::Bundle => granted.write(access, ledger, &mut NewTar(leaving), |_, _| {}).await,
        _ => granted.write_form(ledger, &mut leaving, |_, _| {}).await,
    };
    if let Err(error) = made {
        // No path and no id in it: what could not be written is a file of the bundle.
        tracing::warn!(code = code(&error), "an export ended early");
        // The answer breaks off, so that no client takes it for whole.
        let _ = answer.send(Err(Problem::internal())).await;
    }
}

/// Bytes on their way to a client.
struct Leaving(mpsc::Sender<Result<Bytes, Problem>>);

impl Outlet for Leaving {
    async fn take(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        match timeout(PATIENCE, self.0.send(Ok(bytes.into()))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// The answer ends once nothing sends any more.
    async fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn code(error: &ExportError) -> &'static str {
    match error {
        ExportError::Nothing(_) => "nothing-to-export",
        ExportError::Place { .. } => "client-gone",
        ExportError::Log(_) => "log-unavailable",
        ExportError::Changed(_) => "log-changed",
        ExportError::Content(error) => error.code(),
    }
}

impl From<TakeError> for Problem {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Access(error) => error.into(),
            TakeError::ContentInOtherForm => Problem::misfit("form", "bundle, where there is a recipient_key"),
            TakeError::Export(ExportError::Nothing(_)) => Problem::not_found(),
            TakeError::Export(ExportError::Log(error)) => error.into(),
            TakeError::Export(error) => {
                tracing::error!(code = code(&error), "an export could not be made");
                Problem::internal()
            }
        }
    }
}
