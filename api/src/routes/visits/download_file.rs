//! `GET /v1/visits/{visit_id}/files/{file_id}`

use actix_web::body::SizedStream;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, get, web::Path};
use bytes::Bytes;
use daybook_access::{AccessError, Action};
use daybook_domain::visit::{Event, FileAttached, MediaType, Visit};
use daybook_domain::{FileId, Phi, Role};
use daybook_ledger::Loaded;
use daybook_ledger::sealing::{RingError, SealError};
use futures::StreamExt;
use futures::stream::{self, BoxStream};

use crate::caller::Caller;
use crate::files::{self, Expected, Outgoing};
use crate::problem::Problem;
use crate::routes::{FilePath, Refusals};
use crate::state::decode;

/// A file, ready to be sent.
struct Ready {
    name: String,
    media_type: MediaType,
    bytes: u64,
    content: BoxStream<'static, Result<Bytes, Outgoing>>,
}

/// A file of the visit, as it was attached.
///
/// To be saved, never shown in place. An answer with fewer bytes than `Content-Length` says is not the file: something is
/// wrong with what is stored, and the rest is held back.
#[utoipa::path(
    tag = "visits",
    params(FilePath),
    responses(
        (status = 200, description = "The file.", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 410, description = "It was removed, or nobody can open it any more.", body = ref("#/components/schemas/Problem")),
        Refusals
    )
)]
#[get("/v1/visits/{visit_id}/files/{file_id}")]
pub async fn download_file(path: Path<FilePath>, caller: Caller) -> Result<HttpResponse, Problem> {
    let ready = caller.detached(move |caller| async move { ready(&caller, &path).await }).await?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, content_type(ready.media_type)))
        .insert_header(files::disposition(&ready.name))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.body(SizedStream::new(ready.bytes, ready.content)))
}

async fn ready(caller: &Caller, path: &FilePath) -> Result<Ready, Problem> {
    let state = &caller.state;
    let storage = &state.files.as_ref().ok_or_else(files::not_set_up)?.storage;
    let visit: Loaded<Visit> = caller.load(path.visit_id.0).await?;
    let file = visit.files().get(path.file_id).copied();
    let by_desk = file.is_some_and(|file| file.attached_by == Role::FrontDesk);
    let action = if by_desk { Action::ReadFrontDeskFile } else { Action::ReadFile };
    let receipt = caller.read_visit(action, path.visit_id, &visit).await?;
    let file = file.ok_or_else(Problem::not_found)?;
    if file.removed {
        let detail = "this file was removed and is shown to nobody; the timeline says by whom and why";
        return Err(Problem::new(StatusCode::GONE, "file-removed", detail));
    }
    let FileAttached { name, sha256, .. } = attached(caller, &receipt, &visit, path.file_id).await?;
    let (name, sha256) = match (name, sha256) {
        (Phi::Clear(name), Phi::Clear(sha256)) => (name, sha256),
        (Phi::Erased, _) => return Err(AccessError::Erased.into()),
        _ => return Err(unreadable()),
    };
    let (object, place) = files::place_of(caller.principal.clinic, path.visit_id, path.file_id);
    let content = storage.get(object).await.map_err(Outgoing::from)?;
    let (head, content) = files::head(content).await?;
    let opener = state.access.open_file(&receipt, place, &head).await.map_err(|error| match error {
        AccessError::Open(RingError::NoKey) => unreadable(),
        AccessError::Open(RingError::Seal(SealError::Malformed | SealError::WrongKeyOrPlace)) => {
            Outgoing::Damaged.into()
        }
        error => error.into(),
    })?;
    let expected = Expected { bytes: file.bytes, sha256: sha256.into() };
    let mut content = files::opened(content, opener, expected);
    // Whatever is wrong at the beginning, or at all with a small file, is said before anything is sent.
    let first = content.next().await.transpose()?;
    let content = stream::iter(first.map(Ok)).chain(content).boxed();
    Ok(Ready { name: name.into(), media_type: file.media_type, bytes: file.bytes, content })
}

/// What the log says of the file, opened under the receipt.
async fn attached(
    caller: &Caller,
    receipt: &daybook_access::Receipt,
    visit: &Loaded<Visit>,
    id: FileId,
) -> Result<FileAttached, Problem> {
    let events = caller.state.ledger.read_stream(caller.clinic(), visit.stream(), 0).await?;
    let of_this = |event: &Event| matches!(event, Event::FileAttached(attached) if attached.file_id == id);
    let at = decode::<Event>(&events)?.iter().position(of_this).ok_or_else(Problem::not_found)?;
    let opened = caller.state.access.open(receipt, &events[at..=at]).await?;
    match opened.first().map(|event| event.decode()).transpose()? {
        Some(Event::FileAttached(attached)) => Ok(attached),
        _ => Err(Problem::internal()),
    }
}

fn unreadable() -> Problem {
    let detail = "the key this file was sealed under is gone, so that nobody can open it";
    Problem::new(StatusCode::GONE, "file-unreadable", detail)
}

/// Text was found to be UTF-8; said, so that nobody guesses.
fn content_type(media_type: MediaType) -> &'static str {
    match media_type {
        MediaType::Text => "text/plain; charset=utf-8",
        other => other.name(),
    }
}
