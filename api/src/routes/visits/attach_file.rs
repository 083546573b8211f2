//! `POST /v1/visits/{visit_id}/files`

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, post};
use daybook_domain::visit::{AttachFile, Command, StoredFile};
use daybook_domain::{FileId, Sha256Hex, Subject, VisitId};
use daybook_integrations::storage::{ObjectName, Spool};
use daybook_ledger::sealing::FileSealer;

use daybook_ledger::format::hexadecimal;

use crate::caller::{Call, Caller};
use crate::command::Answer;
use crate::files::{self, Declared, Files, Intake, TakenIn};
use crate::problem::Problem;
use crate::routes::{CommandHeaders, CreationAnswers, VisitPath};
use crate::visit::{Permitted, parts};
use crate::{idempotency, precondition};

/// What the command is called.
const NAME: &str = "attach-file";

/// Keep a file with the visit.
///
/// The body is the file itself, at most 25 MiB unless this installation says otherwise. `Content-Type` is one of
/// `application/pdf`, `image/png`, `image/jpeg`, `image/heic`, `image/webp`, `application/dicom` and `text/plain` (UTF-8), and
/// has to be what the bytes are. `Content-Disposition: attachment; filename*=UTF-8''…` names the file. `Content-Digest:
/// sha-256=:…:` is verified where it is given.
#[utoipa::path(
    tag = "visits",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(
        CommandHeaders,
        ("Content-Disposition" = String, Header, description = "The file's name."),
        ("Content-Digest" = Option<String>, Header, description = "SHA-256 of the file, RFC 9530.")
    ),
    responses(CreationAnswers)
)]
#[post("/v1/visits/{visit_id}/files")]
pub async fn attach_file(path: Path<VisitPath>, request: HttpRequest, caller: Caller, mut payload: Payload) -> Answer {
    let state = caller.state.clone();
    let files = state.files.as_ref().ok_or_else(files::not_set_up)?;
    let (visit_id, expected) = (path.visit_id, precondition::expected_version(&request)?);
    // A denied caller is turned away before any of the file is taken in.
    let file_id = FileId(state.ledger.ids().public());
    let begin = caller.clone().detached(move |caller| async move { begin(&caller, visit_id, file_id).await });
    let (subject, sealing) = begin.await?;
    let declared = Declared::of(&request)?;
    let content = Intake::check(&declared, files.max_bytes)?;
    let taken = {
        let _place = files.place()?;
        let spool = Spool::begin(&files.spool, file_id).await?;
        Intake::new(content, files.max_bytes, declared.sha256, sealing, spool).all(&mut payload).await?
    };
    let clinic = caller.clinic();
    let fingerprint = {
        let sha256 = taken.sha256;
        let of = move |caller: Caller| async move {
            Ok(caller.state.ledger.sealer().fingerprint(clinic, subject, &sha256).await?)
        };
        caller.clone().detached(of).await?
    };
    // Stands for the body in the command's key: whether a repetition is one, and nothing anybody could try contents with.
    let body =
        [&fingerprint[..], taken.media_type.name().as_bytes(), b"\n", declared.name.as_str().as_bytes()].concat();
    let key = idempotency::command_key(&request, clinic, &caller.principal.subject, &body, state.ledger.ids())?;
    let call: Call = Call::streamed(caller, key, expected);
    let command = AttachFile { name: declared.name };
    call.detached(move |call| async move { keep(&call, visit_id, file_id, command, taken).await }).await
}

/// Whose key seals the file, and what seals it, if the policies permit the command.
async fn begin(
    caller: &Caller,
    visit_id: VisitId,
    file_id: FileId,
) -> Result<(Subject, (Vec<u8>, FileSealer)), Problem> {
    let visit = caller.visit_if_permitted(visit_id, NAME).await?;
    let subject = visit.subject().ok_or_else(Problem::not_found)?;
    let (_, place) = files::place_of(caller.principal.clinic, visit_id, file_id);
    Ok((subject, caller.state.ledger.sealer().file(place, subject).await?))
}

/// Stores the file and says so in the log. What was refused is taken away again; where it is not known for certain that no
/// event names it, the sweep finds out.
async fn keep(call: &Call, visit_id: VisitId, file_id: FileId, command: AttachFile, taken: TakenIn) -> Answer {
    let files = call.state.files.as_ref().ok_or_else(files::not_set_up)?;
    let (name, _) = files::place_of(call.principal.clinic, visit_id, file_id);
    let TakenIn { spooled, media_type, bytes, sha256 } = taken;
    let sha256 = Sha256Hex::try_from(hexadecimal(&sha256)).map_err(|_| Problem::internal())?;
    files.storage.put(name, spooled).await?;
    let stored = StoredFile { file_id, media_type, bytes, sha256 };
    let intend = |visit: Permitted<'_, _>| {
        std::future::ready(Ok(visit.intent(Command::AttachFile(command.clone(), stored.clone()))))
    };
    let answer = call.on_visit(visit_id, NAME, intend).await;
    if answer.as_ref().is_err_and(|problem| problem.status.is_client_error()) {
        take_away(files, name).await;
    }
    let mut written = answer?;
    written.parts = parts(&call.state, call.clinic(), &written.positions).await?;
    // Carried out before, with another copy of the same file.
    if written.parts.file_id.is_some_and(|named| named != file_id) {
        take_away(files, name).await;
    }
    let made = written.parts.file_id.ok_or_else(Problem::internal)?;
    Ok(written.at(format!("/v1/visits/{visit_id}/files/{made}")))
}

async fn take_away(files: &Files, name: ObjectName) {
    if let Err(error) = files.storage.delete(name).await {
        tracing::warn!(%error, "a file that was not attached is left for the sweep");
    }
}
