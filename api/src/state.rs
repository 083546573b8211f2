//! What every request shares. What is kept in memory here never changes once it is known.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use daybook_access::{Access, DevelopmentIssuer, TokenVerifier};
use daybook_domain::Clinic;
use daybook_integrations::witnesses::{Asked, Asking};
use daybook_ledger::{Ledger, Loaded, Recorded, aggregate};
use daybook_projections::Views;
use lru::LruCache;
use uuid::Uuid;

use crate::checking::Checking;
use crate::files::Files;
use crate::live::WaitingRooms;
use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::safekeeping::Watch;

/// Clinics whose record is remembered.
const CLINICS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1_023);

/// The server's state.
pub struct State {
    /// The log.
    pub ledger: Ledger,
    /// The door to PHI.
    pub access: Access,
    /// Checks access tokens.
    pub verifier: TokenVerifier,
    /// The read models.
    pub views: Views,
    /// Live waiting rooms.
    pub rooms: WaitingRooms,
    /// Measures.
    pub metrics: Metrics,
    /// Whether the backups are as was promised.
    pub safekeeping: Watch,
    /// Where work goes on that must not stop when a caller hangs up.
    pub runtime: tokio::runtime::Handle,
    /// The development issuer, where it is allowed.
    pub issuer: Option<DevelopmentIssuer>,
    /// Where files are kept, if they are.
    pub files: Option<Files>,
    /// Who is asked to witness the logs.
    pub witnesses: Vec<Asked>,
    /// What asks them.
    pub asking: Asking,
    /// Whether everything here is simulated.
    pub simulated: bool,
    /// Live streams that may still begin.
    pub streams: std::sync::Arc<tokio::sync::Semaphore>,
    /// What goes over whole logs.
    pub checking: Checking,
    /// Exports that may still begin.
    pub exports: std::sync::Arc<tokio::sync::Semaphore>,
    /// Invitations that may be redeemed at once.
    pub redemptions: tokio::sync::Semaphore,
    /// Whether the server is stopping: live streams end then.
    pub stopping: tokio::sync::watch::Sender<bool>,
    pub(crate) known: Known,
}

/// Facts that were looked up before and cannot change.
pub(crate) struct Known {
    clinics: Mutex<LruCache<Uuid, Clinic>>,
}

impl Default for Known {
    fn default() -> Self {
        Self { clinics: Mutex::new(LruCache::new(CLINICS)) }
    }
}

impl State {
    /// The clinic's record; refuses where it was never opened.
    pub async fn clinic(&self, clinic: Uuid) -> Result<Clinic, Problem> {
        if let Some(known) = self.known.clinics.lock().unwrap_or_else(PoisonError::into_inner).get(&clinic) {
            return Ok(known.clone());
        }
        let loaded: Loaded<Clinic> = aggregate::load(&self.ledger, clinic, clinic).await?;
        let record = loaded.into_state();
        if !record.is_registered() {
            return Err(Problem::new(
                actix_web::http::StatusCode::CONFLICT,
                "clinic-not-registered",
                "this clinic has no record yet; an administrator opens it with POST /v1/clinics",
            ));
        }
        self.known.clinics.lock().unwrap_or_else(PoisonError::into_inner).put(clinic, record.clone());
        Ok(record)
    }
}

/// Stored events as the domain's, protected values sealed.
pub fn decode<E: daybook_domain::Catalogue>(events: &[Recorded]) -> Result<Vec<E>, Problem> {
    events.iter().map(|event| event.decode().map_err(Problem::from)).collect()
}
