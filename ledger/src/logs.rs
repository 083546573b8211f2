//! The logs' names and keys: one origin and one Ed25519 key a clinic, recorded before the first event is signed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::{PgPool, Row};
use uuid::Uuid;

use crate::note::{NoteSigner, NoteVerifier};
use crate::sealing::KeyProvider;

/// Makes and remembers signers.
pub(crate) struct Logs {
    pool: PgPool,
    provider: Arc<dyn KeyProvider>,
    origin: String,
    known: Mutex<HashMap<Uuid, Arc<NoteSigner>>>,
}

impl Logs {
    /// `origin` is the installation's name, e.g. `daybook.example`; a log's is `<origin>/clinics/<clinic id>`.
    pub fn new(pool: PgPool, provider: Arc<dyn KeyProvider>, origin: &str) -> Self {
        Self { pool, provider, origin: origin.into(), known: Mutex::default() }
    }

    /// The clinic's signer. Refuses to sign where the log was begun under another name or key: two keys for one log would
    /// be two logs that claim to be one.
    pub async fn signer(&self, clinic: Uuid) -> Result<Arc<NoteSigner>, sqlx::Error> {
        if let Some(signer) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&clinic) {
            return Ok(signer.clone());
        }
        let refused =
            |problem: &str| sqlx::Error::Configuration(format!("the log of clinic {clinic}: {problem}").into());
        let seed = self.provider.log_seed(clinic).map_err(|error| refused(&error.to_string()))?;
        let signer = NoteSigner::new(&format!("{}/clinics/{clinic}", self.origin), &seed.0)
            .map_err(|error| refused(&error.to_string()))?;
        let vkey = signer.verifier().to_string();
        sqlx::query(
            "INSERT INTO ledger.logs (clinic_id, origin, vkey) VALUES ($1, $2, $3) ON CONFLICT (clinic_id) DO NOTHING",
        )
        .bind(clinic)
        .bind(signer.name())
        .bind(&vkey)
        .execute(&self.pool)
        .await?;
        if verifier(&self.pool, clinic).await?.map(|known| known.to_string()) != Some(vkey) {
            return Err(refused("it was begun under another origin or another root secret"));
        }
        let signer = Arc::new(signer);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(clinic, signer.clone());
        Ok(signer)
    }
}

/// The public key recorded for a clinic's log.
pub(crate) async fn verifier(pool: &PgPool, clinic: Uuid) -> Result<Option<NoteVerifier>, sqlx::Error> {
    let row =
        sqlx::query("SELECT vkey FROM ledger.logs WHERE clinic_id = $1").bind(clinic).fetch_optional(pool).await?;
    let vkey = row.map(|row| row.try_get::<String, _>(0)).transpose()?;
    vkey.map(|vkey| vkey.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))).transpose()
}
