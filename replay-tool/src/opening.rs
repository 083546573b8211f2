//! Opening what is sealed: as a person whose token is believed, with a reason, through the same door as the server. The
//! read stands in the log before anything is open; if it cannot be written, nothing is opened.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use daybook_access::{
    Access, Action, Asking, KeySource, Opened, Policies, Principal, Receipt, Resource, TokenRules, TokenVerifier,
};
use daybook_domain::visit::Visit;
use daybook_domain::{ClinicId, Code, VisitId};
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::sealing::{KeyRing, LocalKeys};
use daybook_ledger::{Ids, Ledger, Options, Recorded};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::arguments::Opening;

/// The variable that holds the root secret, or the path of a file that does, as for the server.
const ROOT_SECRET: &str = "DAYBOOK_ROOT_SECRET";
/// The key secrets, if keys are not wrapped under the root secret: the first wraps, the others still unwrap.
const KEY_SECRETS: &str = "DAYBOOK_KEY_SECRETS";

/// A longer file is no token; it is refused before it fills the memory.
const TOKEN_BYTES: u64 = 64 * 1024;
/// One lane appends over two connections; the loader and the listener have the others.
const CONNECTIONS: u32 = 4;

/// Records the read of these events of a visit (clinic and id) and then opens them. `visit` is what all of its events add
/// up to.
pub async fn open(
    url: &str,
    opening: &Opening,
    (token, reason): (&Path, &Code),
    (clinic, id): (Uuid, Uuid),
    visit: &Visit,
    acts: &[Recorded],
) -> anyhow::Result<(Receipt, Vec<Opened>)> {
    let principal = principal(opening, token).await?;
    let Door { access, .. } = Door::open(url, &opening.origin).await?;
    let patient =
        visit.patient().context("it cannot be read whose visit this is, so nobody can be asked to permit it")?;
    let resource = Resource::visit(ClinicId(clinic), VisitId(id), visit);
    let asking = Asking::new(&principal, System.internal()).reason(Some(reason.clone()));
    let receipt = access.read(&asking, Action::ReadTimeline, &resource, &[patient]).await?;
    let opened = access.open(&receipt, acts).await?;
    Ok((receipt, opened))
}

/// Who the token speaks for.
pub async fn principal(opening: &Opening, token: &Path) -> anyhow::Result<Principal> {
    let (Some(issuer), Some(audience), Some(jwks_url)) = (&opening.issuer, &opening.audience, &opening.jwks_url) else {
        return Err(anyhow!("a token is checked with --issuer, --audience and --jwks-url: all three are needed"));
    };
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .build()
        .context("no client to fetch the issuer's keys with")?;
    let source = KeySource::Url(jwks_url.clone());
    let verifier = TokenVerifier::new(TokenRules::new(issuer, audience), source, http, Arc::new(System));
    Ok(verifier.verify(read_token(token)?.trim()).await?)
}

fn read_token(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let mut token = Zeroizing::new(String::new());
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(TOKEN_BYTES).read_to_string(&mut token)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(TOKEN_BYTES).read_to_string(&mut token))
    };
    read.context("the token cannot be read")?;
    Ok(token)
}

/// The door, over a ledger that can write its facts and sign for its logs.
pub struct Door {
    pub access: Access,
    pub ledger: Ledger,
}

impl Door {
    /// Connects in the roles that appending and opening need, with the installation's root secret.
    pub async fn open(url: &str, origin: &str) -> anyhow::Result<Self> {
        let keys = Arc::new(local_keys()?);
        let connecting =
            "the database cannot be reached in the roles daybook_append and daybook_keys, which this needs";
        let store = database::connect(url, DatabaseRole::Keys, 2).await.context(connecting)?;
        let pool = database::connect(url, DatabaseRole::Append, CONNECTIONS).await.context(connecting)?;
        let (clock, ids) = (Arc::new(System), Arc::new(System));
        let KeyRing { sealer, opener } = KeyRing::new(store, keys.clone(), clock.clone(), ids.clone());
        let options = Options { origin: origin.into(), lanes: 1, queue: 1 };
        let ledger = Ledger::start(pool, keys, sealer, clock, ids, &options);
        Ok(Self { access: Access::new(ledger.clone(), opener, Policies::embedded()?), ledger })
    }
}

/// The installation's keys, from the environment.
pub fn local_keys() -> anyhow::Result<LocalKeys> {
    let wanted = || anyhow!("{ROOT_SECRET} must hold 64 hexadecimal digits, or the path of a file that does");
    let root = Zeroizing::new(std::env::var(ROOT_SECRET).map_err(|_| wanted())?);
    let keys = LocalKeys::new(*secret(&root).ok_or_else(wanted)?);
    let Ok(secrets) = std::env::var(KEY_SECRETS).map(Zeroizing::new) else { return Ok(keys) };
    let wanted = || anyhow!("{KEY_SECRETS} must hold, separated by commas, what {ROOT_SECRET} does");
    let secrets = secrets.split(',').map(|text| secret(text).ok_or_else(wanted));
    Ok(keys.with_key_secrets(secrets.collect::<anyhow::Result<Vec<_>>>()?.into_iter().map(|secret| *secret)))
}

fn secret(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    hexadecimal(text.trim()).or_else(|| {
        let text = Zeroizing::new(std::fs::read_to_string(text.trim()).ok()?);
        hexadecimal(text.trim())
    })
}

fn hexadecimal(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = Zeroizing::new([0; 32]);
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}
