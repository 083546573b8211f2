//! The S3 form: a bucket of any service that speaks S3, for several servers on several machines.

mod listing;
mod sign;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use daybook_ledger::Clock;
use daybook_ledger::format::hexadecimal;
use futures::{StreamExt, TryStreamExt};
use reqwest::{Client, Method, Response, StatusCode};
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;

use super::{Answer, Content, Kept, ObjectName, Spooled, Storage, StorageError};
use sign::Unsigned;

pub use sign::Credentials;

/// SHA-256 of no bytes.
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// How long it may take to connect, and how long nothing may come.
const CONNECT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(60);
/// Bytes of a list at most.
const LIST: usize = 4 * 1024 * 1024;

/// Where the bucket is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The service: `https://` and a host, and a port if need be.
    pub endpoint: String,
    pub region: String,
    pub name: String,
    /// In front of every key, without slashes around it; may be empty.
    pub prefix: String,
}

/// Objects in one bucket. Addressed by path, which every service understands.
pub struct S3Storage {
    http: Client,
    bucket: Bucket,
    host: String,
    credentials: Credentials,
    clock: Arc<dyn Clock>,
}

impl S3Storage {
    /// Connects to nothing yet. Fails where no HTTP client can be set up, or the endpoint is no address of a host.
    pub fn new(bucket: Bucket, credentials: Credentials, clock: Arc<dyn Clock>) -> Result<Self, StorageError> {
        let unavailable = |text: &str| StorageError::Unavailable(text.into());
        let redirect = reqwest::redirect::Policy::none();
        let http = Client::builder().connect_timeout(CONNECT).read_timeout(SILENCE).redirect(redirect).build();
        let http = http.map_err(|_| unavailable("no HTTP client"))?;
        let host = bucket.endpoint.split_once("://").map(|(_, host)| host.trim_end_matches('/').to_owned());
        let host = host.filter(|host| !host.is_empty() && !host.contains('/'));
        let host = host.ok_or_else(|| unavailable("the endpoint is no address of a host"))?;
        Ok(Self { http, bucket, host, credentials, clock })
    }

    fn key(&self, name: ObjectName) -> String {
        match self.bucket.prefix.as_str() {
            "" => name.path(),
            prefix => format!("{prefix}/{}", name.path()),
        }
    }

    /// Sends a request, signed. Names in errors are our own.
    async fn send(
        &self,
        method: Method,
        path: &str,
        query: &str,
        body_sha256: &str,
        body: Option<(reqwest::Body, u64)>,
    ) -> Result<Response, StorageError> {
        let path = format!("/{}{path}", self.bucket.name);
        let unsigned = Unsigned { method: method.as_str(), host: &self.host, path: &path, query, body_sha256 };
        let headers = sign::sign(&unsigned, &self.credentials, &self.bucket.region, self.clock.now());
        let question = if query.is_empty() { String::new() } else { format!("?{query}") };
        let mut request =
            self.http.request(method, format!("{}{path}{question}", self.bucket.endpoint.trim_end_matches('/')));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some((body, length)) = body {
            request = request.header("content-length", length).body(body);
        }
        let response = request.send().await.map_err(|error| unavailable(&error))?;
        match response.status() {
            status if status.is_success() => Ok(response),
            StatusCode::NOT_FOUND => Err(StorageError::Missing),
            status => Err(StorageError::Unavailable(format!("the service answered {status}"))),
        }
    }

    async fn page(&self, after: Option<&str>, most: usize) -> Result<listing::Page, StorageError> {
        // In order, as the signature wants them.
        let mut query = format!("list-type=2&max-keys={most}");
        if !self.bucket.prefix.is_empty() {
            query += &format!("&prefix={}%2F", encoded(&self.bucket.prefix));
        }
        if let Some(after) = after {
            query += &format!("&start-after={}", encoded(after));
        }
        let response = match self.send(Method::GET, "", &query, NOTHING, None).await {
            Err(StorageError::Missing) => return Err(StorageError::Unavailable("there is no such bucket".into())),
            response => response?,
        };
        let mut xml = Vec::new();
        let mut pieces = response.bytes_stream();
        while let Some(piece) = pieces.next().await {
            xml.extend_from_slice(&piece.map_err(|error| unavailable(&error))?);
            if xml.len() > LIST {
                return Err(StorageError::Unavailable("the service's list is too long".into()));
            }
        }
        let page = std::str::from_utf8(&xml).ok().and_then(listing::read);
        page.ok_or_else(|| StorageError::Unavailable("the service's list cannot be read".into()))
    }

    fn kept(&self, key: &str, since: DateTime<Utc>) -> Option<Kept> {
        let path = match self.bucket.prefix.as_str() {
            "" => key,
            prefix => key.strip_prefix(prefix)?.strip_prefix('/')?,
        };
        Some(Kept { name: ObjectName::of_path(path)?, since })
    }
}

impl Storage for S3Storage {
    /// One request: an object of S3 is there whole or not at all. Its hash goes along, and the service checks it.
    fn put<'a>(&'a self, name: ObjectName, gathered: Spooled) -> Answer<'a, ()> {
        Box::pin(async move {
            let sha256 = hash(&gathered).await?;
            let file = tokio::fs::File::open(gathered.path()).await?;
            let pieces = super::pieces(file).map_err(|error| std::io::Error::other(error.to_string()));
            let body = Some((reqwest::Body::wrap_stream(pieces), gathered.bytes()));
            match self.send(Method::PUT, &format!("/{}", self.key(name)), "", &sha256, body).await {
                Err(StorageError::Missing) => Err(StorageError::Unavailable("there is no such bucket".into())),
                answer => answer.map(|_| ()),
            }
        })
    }

    fn get(&self, name: ObjectName) -> Answer<'_, Content> {
        Box::pin(async move {
            let response = self.send(Method::GET, &format!("/{}", self.key(name)), "", NOTHING, None).await?;
            Ok(response.bytes_stream().map_err(|error| unavailable(&error)).boxed())
        })
    }

    fn delete(&self, name: ObjectName) -> Answer<'_, ()> {
        Box::pin(async move {
            match self.send(Method::DELETE, &format!("/{}", self.key(name)), "", NOTHING, None).await {
                Ok(_) | Err(StorageError::Missing) => Ok(()),
                Err(error) => Err(error),
            }
        })
    }

    fn list(&self, after: Option<ObjectName>, most: usize) -> Answer<'_, Vec<Kept>> {
        Box::pin(async move {
            let (mut kept, mut after) = (Vec::new(), after.map(|name| self.key(name)));
            while kept.len() < most {
                let page = self.page(after.as_deref(), (most - kept.len()).min(1000)).await?;
                kept.extend(page.objects.iter().filter_map(|(key, since)| self.kept(key, *since)));
                match page.objects.into_iter().next_back() {
                    Some((last, _)) if page.more => after = Some(last),
                    _ => break,
                }
            }
            Ok(kept)
        })
    }
}

async fn hash(gathered: &Spooled) -> Result<String, StorageError> {
    let mut file = tokio::fs::File::open(gathered.path()).await?;
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; 256 * 1024]);
    loop {
        match file.read(&mut piece).await? {
            0 => return Ok(hexadecimal(&hasher.finalize())),
            read => hasher.update(&piece[..read]),
        }
    }
}

/// As a query has it: whatever is not plain is written as its bytes. Keys that are not ours may have anything in them.
fn encoded(key: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    key.bytes().map(one).collect()
}

/// What went wrong, without the address: it has ids in it.
fn unavailable(error: &reqwest::Error) -> StorageError {
    let what = match error {
        error if error.is_timeout() => "no answer in time",
        error if error.is_connect() => "no connection",
        _ => "the connection failed",
    };
    StorageError::Unavailable(what.into())
}
