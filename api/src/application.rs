//! Putting a server together, running it, and stopping it without cutting anyone off.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpServer, middleware, web};
use daybook_access::{DevelopmentIssuer, KeySource, TokenRules, TokenVerifier};
use daybook_integrations::notifications::{NotConnected, Reminding};
use daybook_integrations::witnesses::{Asking, Witnessing};
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_projections::Projector;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::checking::Checking;
use crate::config::{Config, ConfigError};
use crate::files::{Files, sweep};
use crate::foundation::Foundation;
use crate::live::WaitingRooms;
use crate::metrics::Metrics;
use crate::safekeeping::Watch;
use crate::state::{Known, State};
use crate::{edge, operations, routes};

/// Exports made at once: each reads a part of the log and waits for its client.
const EXPORTS: usize = 4;
/// Invitations redeemed at once, by people nobody knows yet.
const REDEMPTIONS: usize = 16;
/// Header bytes are bounded by actix-web; a caller has this long to send them.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How often buffered measures are folded.
const UPKEEP: Duration = Duration::from_secs(5);

/// How often it is looked which patients are to be reminded.
const REMINDERS: Duration = Duration::from_secs(60);

/// How often it is looked whether a crash left an erasure unfinished; the first time at the start.
const ERASURES: Duration = Duration::from_secs(60);

/// Witnesses are not asked more often, whoever waits for them.
const WITNESSES: Duration = Duration::from_secs(1);

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The migrations.
    #[error("the database could not be brought up to date: {0}")]
    Migrate(#[from] database::MigrateError),
    /// The tables of the read models.
    #[error("the read models could not be prepared: {0}")]
    Prepare(#[from] daybook_projections::Error),
    /// The database.
    #[error("the database cannot be reached: {0}")]
    Database(#[from] sqlx::Error),
    /// A restore that is not finished.
    #[error("the database was restored and its logs have begun no new epoch; finish with daybook-replay restore")]
    NotRecovered,
    /// The policies.
    #[error("the policies cannot be used: {0}")]
    Policies(#[from] daybook_access::PolicyError),
    /// The development issuer, the HTTP client or the measures.
    #[error("{0}")]
    Setup(String),
    /// The address.
    #[error("{address} cannot be listened on: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// A server, ready to run.
pub struct Application {
    address: SocketAddr,
    server: Server,
    projector: Projector,
    state: web::Data<State>,
    witness_every: Duration,
}

/// Stops a running server. Cheap to clone.
#[derive(Clone)]
pub struct StopHandle {
    server: ServerHandle,
    state: web::Data<State>,
}

impl StopHandle {
    /// Takes no new connections, ends live streams, lets requests under way finish, then returns.
    pub async fn stop(&self) {
        self.state.stopping.send_replace(true);
        self.server.stop(true).await;
    }
}

impl Application {
    /// Checks the configuration, brings the database up to date if asked to, connects, and binds the address. Nothing is
    /// served before [`Application::run`].
    pub async fn build(config: Config) -> Result<Self, StartError> {
        let Foundation { ledger, access } = Foundation::lay(&config).await?;
        let url = config.database_url.expose_secret();
        let project_pool = database::connect(url, DatabaseRole::Project, config.connections).await?;
        let projector = Projector::start(ledger.clone(), project_pool);
        let checking = Checking::connect(url).await?;
        let clock: Arc<dyn Clock> = Arc::new(System);
        let issuer = issuer(&config, clock.clone())?;
        let verifier = verifier(&config, issuer.as_ref(), clock)?;
        let runtime = tokio::runtime::Handle::current();
        let views = projector.views();
        let rooms = WaitingRooms::new(views.clone(), ledger.clone(), runtime.clone());
        let metrics = Metrics::new().map_err(|error| StartError::Setup(error.to_string()))?;
        let files = Files::new(&config, Arc::new(System)).map_err(|error| StartError::Setup(error.to_string()))?;
        let asking = Asking::new().map_err(|error| StartError::Setup(error.to_string()))?;
        let state = web::Data::new(State {
            ledger,
            access,
            verifier,
            views,
            rooms,
            metrics,
            safekeeping: Watch::new(config.promises()),
            runtime,
            issuer,
            files,
            witnesses: config.witnesses()?,
            asking,
            checking,
            simulated: config.simulated,
            redemptions: tokio::sync::Semaphore::new(REDEMPTIONS),
            exports: Arc::new(tokio::sync::Semaphore::new(EXPORTS)),
            streams: Arc::new(tokio::sync::Semaphore::new(config.max_streams)),
            stopping: tokio::sync::watch::Sender::new(false),
            known: Known::default(),
        });
        let (server, address) = serve(&config, state.clone())?;
        Ok(Self { address, server, projector, state, witness_every: Duration::from_secs(config.witness_seconds) })
    }

    /// Where it listens; with port 0 in the configuration, where it came to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stops it.
    pub fn stop_handle(&self) -> StopHandle {
        StopHandle { server: self.server.handle(), state: self.state.clone() }
    }

    /// Serves until stopped.
    pub async fn run(self) -> std::io::Result<()> {
        let state = self.state.clone();
        let upkeep = tokio::spawn(async move {
            loop {
                tokio::time::sleep(UPKEEP).await;
                state.metrics.upkeep();
            }
        });
        let state = self.state.clone();
        let sweeping = tokio::spawn(async move {
            let Some(files) = &state.files else { return };
            loop {
                match sweep::sweep(files, &state.ledger, state.ledger.clock().now()).await {
                    Ok(0) => {}
                    Ok(removed) => tracing::info!(removed, "files that no event names were swept up"),
                    Err(error) => tracing::warn!(%error, "files could not be swept up; the next time they are"),
                }
                tokio::time::sleep(sweep::EVERY).await;
            }
        });
        let state = self.state.clone();
        let reminding = tokio::spawn(async move {
            loop {
                tokio::time::sleep(REMINDERS).await;
                let State { ledger, access, views, .. } = &**state;
                let reminding = Reminding { ledger, access, views, notifier: &NotConnected };
                if let Err(error) = reminding.look(ledger.clock().now()).await {
                    tracing::warn!(%error, "reminders could not be looked after");
                }
            }
        });
        let state = self.state.clone();
        let settling = tokio::spawn(async move {
            loop {
                match state.ledger.settle_erasures().await {
                    Ok(0) => {}
                    Ok(erased) => tracing::info!(erased, "keys of erased records were destroyed that a crash had left"),
                    Err(error) => tracing::error!(%error, "erasures that a crash left could not be finished"),
                }
                tokio::time::sleep(ERASURES).await;
            }
        });
        let (state, every) = (self.state.clone(), self.witness_every);
        let witnessing = tokio::spawn(async move {
            loop {
                let State { ledger, witnesses, asking, .. } = &**state;
                match (Witnessing { ledger, witnesses, asking }).round(ledger.clock().now()).await {
                    Ok(round) => state.metrics.witnesses(&round),
                    Err(error) => tracing::warn!(%error, "witnesses could not be asked"),
                }
                // Whoever takes an export has them asked sooner, and not all the time.
                tokio::time::sleep(every.min(WITNESSES)).await;
                let _ =
                    tokio::time::timeout(every.saturating_sub(WITNESSES), ledger.witnesses_wanted().notified()).await;
            }
        });
        let result = self.server.await;
        settling.abort();
        witnessing.abort();
        upkeep.abort();
        sweeping.abort();
        // Cut short anywhere it leaves what a crash would: the next look goes on from there.
        reminding.abort();
        self.projector.stop().await;
        result
    }
}

fn issuer(config: &Config, clock: Arc<dyn Clock>) -> Result<Option<DevelopmentIssuer>, StartError> {
    if !config.development_issuer {
        return Ok(None);
    }
    // From the root secret, so that servers that share it believe each other's tokens.
    let seed =
        Sha256::new().chain_update(b"daybook/development/issuer\0").chain_update(config.root()?).finalize().into();
    DevelopmentIssuer::new(seed, clock).map(Some).map_err(|error| StartError::Setup(error.to_string()))
}

fn verifier(
    config: &Config,
    issuer: Option<&DevelopmentIssuer>,
    clock: Arc<dyn Clock>,
) -> Result<TokenVerifier, StartError> {
    let setup = |error: reqwest::Error| StartError::Setup(error.to_string());
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .build()
        .map_err(setup)?;
    let (rules, source) = match (issuer, &config.issuer, &config.audience, &config.jwks_url) {
        (Some(issuer), ..) => (DevelopmentIssuer::rules(), KeySource::Fixed(issuer.jwks())),
        (None, Some(issuer), Some(audience), Some(url)) => {
            (TokenRules::new(issuer, audience), KeySource::Url(url.clone()))
        }
        _ => {
            return Err(ConfigError::Unusable {
                key: "issuer",
                problem: "issuer, audience and jwks_url are all needed, or development_issuer in development",
            }
            .into());
        }
    };
    Ok(TokenVerifier::new(rules, source, http, clock))
}

fn serve(config: &Config, state: web::Data<State>) -> Result<(Server, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let development = state.issuer.is_some();
    let factory = move || {
        App::new()
            .app_data(state.clone())
            .app_data(routes::path_config())
            .app_data(routes::query_config())
            .wrap(middleware::from_fn(edge::edge))
            .configure(routes::configure)
            .configure(|services| operations::configure(services, development))
            .default_service(web::to(routes::no_such_route))
    };
    let mut server = HttpServer::new(factory)
        .client_request_timeout(HEADERS_WITHIN)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(config.shutdown_seconds)
        // Signals are the program's business: a server may be one of several in a process.
        .disable_signals();
    if config.workers > 0 {
        server = server.workers(config.workers);
    }
    Ok((server.listen(listener).map_err(failed)?.run(), address))
}
