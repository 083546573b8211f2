//! Who calls, and with what: the extractors every route starts from. The token is checked before a byte of the body is
//! read.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use bytes::{Bytes, BytesMut};
use daybook_access::{AccessError, Asking, Principal, Resource};
use daybook_domain::{Role, TimeZone};
use daybook_ledger::aggregate::{self, Load};
use daybook_ledger::append::CommandKey;
use futures::StreamExt;
use serde::de::DeserializeOwned;
use tracing::Instrument;
use uuid::Uuid;

use crate::problem::Problem;
use crate::state::State;
use crate::{body, edge, idempotency, precondition};

/// Bytes of an ordinary body.
pub const SMALL: usize = 64 * 1024;
/// Bytes of a body with a note: four sections of 20,000 characters, however they are escaped.
pub const NOTE: usize = 512 * 1024;

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// An authenticated caller.
#[derive(Clone)]
pub struct Caller {
    /// The server's state.
    pub state: Arc<State>,
    /// Who it is.
    pub principal: Principal,
    /// The request's id.
    pub correlation_id: Uuid,
}

impl Caller {
    async fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let state = request.app_data::<web::Data<State>>().ok_or_else(Problem::internal)?.clone().into_inner();
        let token = bearer(request).ok_or_else(Problem::unauthenticated)?;
        let principal = state.verifier.verify(token).await?;
        Ok(Self { state, principal, correlation_id: edge::request_id() })
    }

    /// The clinic the caller acts at.
    pub fn clinic(&self) -> Uuid {
        self.principal.clinic.0
    }

    /// The circumstances, as access wants them.
    pub fn asking(&self) -> Asking<'_> {
        Asking::new(&self.principal, self.correlation_id)
    }

    /// Where the clinic's clocks are set, which never changes.
    pub async fn time_zone(&self) -> Result<TimeZone, Problem> {
        Ok(self.state.clinic(self.clinic()).await?.time_zone())
    }

    /// Aggregates of the caller's clinic, as they stood at one moment.
    pub async fn load<L: Load>(&self, ids: L::Ids) -> Result<L, Problem> {
        Ok(aggregate::load(&self.state.ledger, self.clinic(), ids).await?)
    }

    /// How a denial is told. Staff may know that something exists which they may not act on; a patient may not know of
    /// other patients' things, and is told the same as of one that does not exist.
    pub fn hidden(&self, resource: &Resource) -> Problem {
        let own = resource.patient.is_some() && resource.patient == self.principal.patient();
        match self.principal.role {
            Role::Patient if !own => Problem::not_found(),
            _ => Problem::denied(),
        }
    }

    /// A denied read, told as [`Self::hidden`] says; anything else as it is.
    pub fn hidden_if_denied(&self, resource: &Resource, error: AccessError) -> Problem {
        match error {
            AccessError::Denied(_) => self.hidden(resource),
            error => error.into(),
        }
    }

    /// Does work where a caller who hangs up does not stop it halfway, and where the database's connections live.
    pub async fn detached<T, F>(self, work: impl FnOnce(Self) -> F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Problem>> + Send + 'static,
    {
        detached(&self.state.runtime.clone(), work(self)).await
    }
}

async fn detached<T: Send + 'static>(
    runtime: &tokio::runtime::Handle,
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    runtime.spawn(work.in_current_span()).await.unwrap_or_else(|_| {
        tracing::error!("a request's work ended in a panic");
        Err(Problem::internal())
    })
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::of(&request).await })
    }
}

/// A command somebody sent, not yet read as one.
pub struct Call<const MAX: usize = SMALL> {
    caller: Caller,
    /// Names the command, so that it can be repeated.
    pub key: CommandKey,
    /// The version the caller saw.
    pub expected: Option<u64>,
    body: Bytes,
}

impl<const MAX: usize> Deref for Call<MAX> {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<const MAX: usize> Call<MAX> {
    /// One whose body was read by another way; the key stands for it.
    pub fn streamed(caller: Caller, key: CommandKey, expected: Option<u64>) -> Self {
        Self { caller, key, expected, body: Bytes::new() }
    }

    /// The body as a command.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        body::read(&self.body)
    }

    /// As for [`Caller::detached`].
    pub async fn detached<T, F>(self, work: impl FnOnce(Self) -> F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Problem>> + Send + 'static,
    {
        detached(&self.state.runtime.clone(), work(self)).await
    }

    async fn of(request: &HttpRequest, payload: Payload) -> Result<Self, Problem> {
        let caller = Caller::of(request).await?;
        let body = whole(request, payload, MAX).await?;
        if !body.is_empty() && !request.content_type().eq_ignore_ascii_case("application/json") {
            return Err(body::not_json());
        }
        let (clinic, subject) = (caller.clinic(), &caller.principal.subject);
        let key = idempotency::command_key(request, clinic, subject, &body, caller.state.ledger.ids())?;
        let expected = precondition::expected_version(request)?;
        Ok(Self { caller, key, expected, body })
    }
}

impl<const MAX: usize> FromRequest for Call<MAX> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Self::of(&request, payload).await })
    }
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The whole body, given up as soon as it is known to be too large.
async fn whole(request: &HttpRequest, mut payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > limit) {
        return Err(body::too_large(limit));
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| body::cut_short())?;
        if body.len() + chunk.len() > limit {
            return Err(body::too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
