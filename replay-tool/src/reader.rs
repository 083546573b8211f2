//! A ledger that can only be read: its database role has no right to write, and it has no key to seal or sign with.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use anyhow::Context;
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::sealing::{DataKey, KeyError, KeyFacts, KeyProvider, KeyRing, WrapKey};
use daybook_ledger::{Ledger, Options};
use sqlx::PgPool;
use uuid::Uuid;

/// The log, open for reading.
pub struct Reader {
    pub pool: PgPool,
    pub ledger: Ledger,
}

impl Reader {
    /// Connects in the role `daybook_project`.
    pub async fn connect(url: &str, connections: u32) -> anyhow::Result<Self> {
        let pool = database::connect(url, DatabaseRole::Project, connections).await.context(
            "the database cannot be reached; its login must be a member of daybook_project, and its migrations be done",
        )?;
        let ring = KeyRing::new(pool.clone(), Arc::new(NoKeys), Arc::new(System), Arc::new(System));
        let options = Options { lanes: 1, queue: 1, ..Options::default() };
        let (clock, ids) = (Arc::new(System), Arc::new(System));
        let ledger = Ledger::start(pool.clone(), Arc::new(NoKeys), ring.sealer, clock, ids, &options);
        Ok(Self { pool, ledger })
    }

    /// Whether the login may look at the key store too, where keys are wrapped.
    pub async fn may_see_keys(&self) -> anyhow::Result<bool> {
        let may = sqlx::query_scalar("SELECT pg_has_role(session_user, 'daybook_keys', 'MEMBER')");
        Ok(may.fetch_one(&self.pool).await?)
    }

    /// Whether this clinic has a log.
    pub async fn knows(&self, clinic: Uuid) -> anyhow::Result<bool> {
        Ok(daybook_ledger::verify::clinics(&self.pool).await?.contains(&clinic))
    }
}

/// Holds no key: nothing can be sealed, opened or signed with it.
struct NoKeys;

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, KeyError>> + Send + 'a>>;

fn none<T>() -> Result<T, KeyError> {
    Err(KeyError::Unavailable("this reader has no keys".into()))
}

impl KeyProvider for NoKeys {
    fn wrap<'a>(&'a self, _: &'a KeyFacts, _: &'a DataKey) -> Answer<'a, Vec<u8>> {
        Box::pin(async { none() })
    }

    fn unwrap<'a>(&'a self, _: &'a KeyFacts, _: &'a [u8]) -> Answer<'a, DataKey> {
        Box::pin(async { none() })
    }

    fn log_seed(&self, _: Uuid) -> Result<WrapKey, KeyError> {
        none()
    }

    fn index_key(&self, _: Uuid) -> Result<WrapKey, KeyError> {
        none()
    }
}
