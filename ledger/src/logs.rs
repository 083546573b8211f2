//! The logs' names and keys: one origin and one Ed25519 key a clinic and epoch, recorded before the first event is signed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::PgPool;
use uuid::Uuid;

use crate::epochs;
use crate::note::{NoteSigner, NoteVerifier};
use crate::restoration;
use crate::sealing::KeyProvider;

/// Makes and remembers signers.
pub(crate) struct Logs {
    pool: PgPool,
    provider: Arc<dyn KeyProvider>,
    origin: String,
    known: Mutex<HashMap<Uuid, Arc<NoteSigner>>>,
}

impl Logs {
    /// `origin` is the installation's name, e.g. `daybook.example`; a log's is [`epochs::origin`].
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
        if restoration::unfinished(&self.pool).await?.is_some() {
            return Err(refused(
                "it is being restored and has not begun a new epoch; finish with daybook-replay restore",
            ));
        }
        let epoch = epochs::of(&self.pool, clinic).await?.last().map_or(1, |epoch| epoch.number);
        let signer = self.signer_of(clinic, epoch)?;
        let vkey = signer.verifier().to_string();
        if epoch == 1 {
            sqlx::query(
                "INSERT INTO ledger.logs (clinic_id, origin, vkey) VALUES ($1, $2, $3) ON CONFLICT (clinic_id) DO NOTHING",
            )
            .bind(clinic)
            .bind(signer.name())
            .bind(&vkey)
            .execute(&self.pool)
            .await?;
        }
        if verifier(&self.pool, clinic).await?.map(|known| known.to_string()) != Some(vkey) {
            return Err(refused("it was begun under another origin or another root secret"));
        }
        let signer = Arc::new(signer);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(clinic, signer.clone());
        Ok(signer)
    }

    /// The signer of one of its epochs, whether or not that has begun.
    pub fn signer_of(&self, clinic: Uuid, epoch: u64) -> Result<NoteSigner, sqlx::Error> {
        let refused =
            |problem: String| sqlx::Error::Configuration(format!("the log of clinic {clinic}: {problem}").into());
        let seed = self.provider.log_seed(clinic).map_err(|error| refused(error.to_string()))?;
        NoteSigner::new(&epochs::origin(&self.origin, clinic, epoch), &seed.0)
            .map_err(|error| refused(error.to_string()))
    }

    /// Forgets which epoch a log is in.
    pub fn forget(&self, clinic: Uuid) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&clinic);
    }
}

/// The public key recorded for a clinic's log, in the epoch it is in.
pub(crate) async fn verifier(pool: &PgPool, clinic: Uuid) -> Result<Option<NoteVerifier>, sqlx::Error> {
    Ok(epochs::of(pool, clinic).await?.pop().map(|epoch| epoch.key))
}
