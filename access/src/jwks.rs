//! The issuer's public keys: held in memory, fetched again when a token names an unknown one, served stale when the issuer
//! does not answer.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use daybook_ledger::Clock;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::TokenError;

/// After an attempt, successful or not, the issuer is left alone this long: tokens with made-up key ids must not turn into
/// requests to the issuer.
const COOLDOWN: TimeDelta = TimeDelta::seconds(10);
/// Keys older than this are fetched again although they serve, so that a key the issuer withdrew stops being good.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// How long a fetch may take.
const TIME: Duration = Duration::from_secs(5);
/// Bytes a key set may have.
const SIZE: usize = 256 * 1024;
/// Keys a key set may have.
const KEYS: usize = 64;

/// Where the issuer's keys come from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// Given once, such as the built-in development issuer's.
    Fixed(JwkSet),
    /// Fetched from the issuer's `jwks_uri`: https, or http on this machine. The client handed to the verifier should
    /// follow no redirects.
    Url(String),
}

/// Public keys by key id.
pub(crate) struct Keys(Source);

enum Source {
    Fixed(KeySet),
    Remote(Arc<Remote>),
}

struct Remote {
    url: String,
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    held: RwLock<Held>,
    /// Held while a fetch is under way.
    fetching: Mutex<()>,
}

#[derive(Clone, Default)]
struct Held {
    keys: Arc<KeySet>,
    fetched: Option<DateTime<Utc>>,
    tried: Option<DateTime<Utc>>,
    failed: bool,
}

impl Keys {
    pub(crate) fn new(source: KeySource, http: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        Self(match source {
            KeySource::Fixed(set) => Source::Fixed(KeySet::of(set.keys)),
            KeySource::Url(url) => {
                let (held, fetching) = (RwLock::default(), Mutex::default());
                Source::Remote(Arc::new(Remote { url, http, clock, held, fetching }))
            }
        })
    }

    /// The key of this id for this algorithm.
    pub(crate) async fn find(&self, kid: &str, algorithm: Algorithm) -> Result<DecodingKey, TokenError> {
        match &self.0 {
            Source::Fixed(keys) => keys.find(kid, algorithm).ok_or(TokenError::UnknownKey),
            Source::Remote(remote) => remote.find(kid, algorithm).await,
        }
    }
}

impl Remote {
    async fn find(self: &Arc<Self>, kid: &str, algorithm: Algorithm) -> Result<DecodingKey, TokenError> {
        let held = self.held();
        if let Some(key) = held.keys.find(kid, algorithm) {
            if held.is_old(self.clock.now()) {
                // Beside the request: it has a key that serves.
                let remote = self.clone();
                tokio::spawn(async move { remote.refresh().await });
            }
            return Ok(key);
        }
        self.refresh().await;
        let held = self.held();
        match held.keys.find(kid, algorithm) {
            Some(key) => Ok(key),
            None if held.failed => Err(TokenError::KeysUnavailable),
            None => Err(TokenError::UnknownKey),
        }
    }

    /// Fetches the keys unless somebody just did. Who comes while a fetch is under way waits for it and makes no other.
    async fn refresh(&self) {
        let _one_at_a_time = self.fetching.lock().await;
        let held = self.held();
        if held.tried.is_some_and(|tried| self.clock.now() - tried < COOLDOWN) {
            return;
        }
        let fetched = tokio::time::timeout(TIME, self.fetch()).await.unwrap_or(Err("it took too long"));
        let now = self.clock.now();
        let held = match fetched {
            Ok(keys) => Held { keys: Arc::new(keys), fetched: Some(now), tried: Some(now), failed: false },
            Err(problem) => {
                tracing::warn!(problem, "the identity provider's keys could not be fetched; the old ones serve on");
                Held { tried: Some(now), failed: true, ..held }
            }
        };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
    }

    async fn fetch(&self) -> Result<KeySet, &'static str> {
        let url = reqwest::Url::parse(&self.url).ok().filter(is_safe).ok_or("neither https nor on this machine")?;
        let response = self.http.get(url).header("accept", "application/json").send().await;
        let mut response = response.map_err(|_| "no answer")?;
        // Should the client follow redirects after all.
        if !is_safe(response.url()) {
            return Err("redirected to neither https nor this machine");
        }
        if !response.status().is_success() {
            return Err("not a successful answer");
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| "the answer broke off")? {
            if body.len() + chunk.len() > SIZE {
                return Err("the answer is too large");
            }
            body.extend_from_slice(&chunk);
        }
        KeySet::parse(&body)
    }

    fn held(&self) -> Held {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Held {
    fn is_old(&self, now: DateTime<Utc>) -> bool {
        let past = |at: Option<DateTime<Utc>>, age| at.is_none_or(|at| now - at >= age);
        past(self.fetched, FRESH) && past(self.tried, COOLDOWN)
    }
}

/// Keys fetched without TLS could be anybody's.
fn is_safe(url: &reqwest::Url) -> bool {
    url.scheme() == "https" || matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

/// Usable keys by id. A key that is for another use, symmetric, of an unknown kind, or without id is left out.
#[derive(Default)]
struct KeySet(HashMap<String, Vec<(Vec<Algorithm>, DecodingKey)>>);

impl KeySet {
    /// A key that cannot be read does not spoil its neighbours.
    fn parse(body: &[u8]) -> Result<Self, &'static str> {
        #[derive(serde::Deserialize)]
        struct Body {
            keys: Vec<Value>,
        }
        let body: Body = serde_json::from_slice(body).map_err(|_| "not a key set")?;
        if body.keys.len() > KEYS {
            return Err("too many keys");
        }
        Ok(Self::of(body.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok())))
    }

    fn of(keys: impl IntoIterator<Item = Jwk>) -> Self {
        let mut set: HashMap<String, Vec<_>> = HashMap::new();
        for key in keys {
            let (Some(kid), algorithms) = (key.common.key_id.clone(), algorithms(&key)) else { continue };
            if let (false, Ok(decoding)) = (algorithms.is_empty(), DecodingKey::from_jwk(&key)) {
                set.entry(kid).or_default().push((algorithms, decoding));
            }
        }
        Self(set)
    }

    fn find(&self, kid: &str, algorithm: Algorithm) -> Option<DecodingKey> {
        let mut keys = self.0.get(kid)?.iter();
        keys.find(|(algorithms, _)| algorithms.contains(&algorithm)).map(|(_, key)| key.clone())
    }
}

/// The algorithms a key may verify: what its kind allows, narrowed to what it names. Never a symmetric one: a public key
/// must not be usable as an HMAC secret.
fn algorithms(key: &Jwk) -> Vec<Algorithm> {
    let for_signatures = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature))
        && key.common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify));
    if !for_signatures {
        return Vec::new();
    }
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    let possible: &[Algorithm] = match &key.algorithm {
        AlgorithmParameters::RSA(_) => &[RS256, RS384, RS512, PS256, PS384, PS512],
        AlgorithmParameters::EllipticCurve(point) => match point.curve {
            EllipticCurve::P256 => &[ES256],
            EllipticCurve::P384 => &[ES384],
            _ => &[],
        },
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => &[EdDSA],
        _ => &[],
    };
    let named = |algorithm: &Algorithm| key.common.key_algorithm.is_none_or(|named| named == (*algorithm).into());
    possible.iter().copied().filter(named).collect()
}
