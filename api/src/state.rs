//! What every request shares, and the few facts that are looked up for commands. What is kept in memory here never
//! changes once it is known.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use daybook_access::{Access, DevelopmentIssuer, TokenVerifier};
use daybook_domain::provider::{self, Provider};
use daybook_domain::visit::{self, AdmitFacts};
use daybook_domain::{Clinic, PatientId, ProviderId, Rules, VisitId, clinic};
use daybook_ledger::append::Guard;
use daybook_ledger::{Ledger, Recorded, Stream};
use daybook_projections::Views;
use lru::LruCache;
use uuid::Uuid;

use crate::live::WaitingRooms;
use crate::metrics::Metrics;
use crate::problem::Problem;

/// Visits whose parties are remembered.
const VISITS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(65_535);
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
    /// Where work goes on that must not stop when a caller hangs up.
    pub runtime: tokio::runtime::Handle,
    /// The development issuer, where it is allowed.
    pub issuer: Option<DevelopmentIssuer>,
    /// Whether everything here is simulated.
    pub simulated: bool,
    /// Live streams that may still begin.
    pub streams: std::sync::Arc<tokio::sync::Semaphore>,
    /// Whether the server is stopping: live streams end then.
    pub stopping: tokio::sync::watch::Sender<bool>,
    pub(crate) known: Known,
}

/// Facts that were looked up before and cannot change.
pub(crate) struct Known {
    parties: Mutex<LruCache<(Uuid, VisitId), Parties>>,
    clinics: Mutex<LruCache<Uuid, Clinic>>,
}

impl Default for Known {
    fn default() -> Self {
        Self { parties: Mutex::new(LruCache::new(VISITS)), clinics: Mutex::new(LruCache::new(CLINICS)) }
    }
}

/// Whose visit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parties {
    /// Whom it is for.
    pub patient: PatientId,
    /// Who treats.
    pub provider: ProviderId,
}

impl State {
    /// Whose visit it is; `None` for one that does not exist in this clinic, whether or not it does in another.
    /// Asks the log, because a visit may be acted on before any read model knows of it.
    pub async fn parties(&self, clinic: Uuid, visit: VisitId) -> Result<Option<Parties>, Problem> {
        let key = (clinic, visit);
        if let Some(parties) = self.known.parties.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Some(*parties));
        }
        let parties = self.parties_in_log(clinic, visit).await?;
        if let Some(parties) = parties {
            self.known.parties.lock().unwrap_or_else(PoisonError::into_inner).put(key, parties);
        }
        Ok(parties)
    }

    /// The same, always from the log: for who must not learn from the time it takes whether a visit is known here.
    pub async fn parties_in_log(&self, clinic: Uuid, visit: VisitId) -> Result<Option<Parties>, Problem> {
        let events = self.ledger.read_stream(clinic, &Stream::new("visit", visit.0), 0).await?;
        let Some(first) = events.first() else { return Ok(None) };
        let visit::Event::Scheduled(scheduled) = first.decode()? else { return Ok(None) };
        Ok(Some(Parties { patient: scheduled.patient_id, provider: scheduled.provider_id }))
    }

    /// The clinic's record; refuses where it was never opened.
    pub async fn clinic(&self, clinic: Uuid) -> Result<Clinic, Problem> {
        if let Some(known) = self.known.clinics.lock().unwrap_or_else(PoisonError::into_inner).get(&clinic) {
            return Ok(known.clone());
        }
        let events = self.ledger.read_stream(clinic, &Stream::new("clinic", clinic), 0).await?;
        let record = Clinic::replay(&decode::<clinic::Event>(&events)?);
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

    /// A provider's licences, and the guard that they are still those when the event is written.
    pub async fn licences(&self, clinic: Uuid, provider: ProviderId) -> Result<(AdmitFacts, Guard), Problem> {
        let stream = Stream::new("provider", provider.0);
        let events = self.ledger.read_stream(clinic, &stream, 0).await?;
        let record = Provider::replay(&decode::<provider::Event>(&events)?);
        let sequence = events.last().map_or(0, |event| event.sequence);
        Ok((AdmitFacts { licences: record.licences().to_vec() }, Guard { stream, sequence }))
    }
}

/// Stored events as the domain's, protected values sealed.
pub fn decode<E: daybook_domain::Catalogue>(events: &[Recorded]) -> Result<Vec<E>, Problem> {
    events.iter().map(|event| event.decode().map_err(Problem::from)).collect()
}
