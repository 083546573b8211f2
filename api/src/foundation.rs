//! What a server and the programs beside it stand on: the database brought up to date, the keys, the log and the door to
//! PHI.

use std::sync::Arc;

use daybook_access::{Access, Policies};
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::restoration;
use daybook_ledger::sealing::KeyRing;
use daybook_ledger::{Clock, Ids, Ledger, Options};
use secrecy::ExposeSecret;

use crate::application::StartError;
use crate::config::Config;

/// The log and the door to PHI of one installation.
pub struct Foundation {
    /// The log.
    pub ledger: Ledger,
    /// The door.
    pub access: Access,
}

impl Foundation {
    /// Checks the configuration, brings the database up to date if asked to, and connects.
    pub async fn lay(config: &Config) -> Result<Self, StartError> {
        config.check()?;
        if config.migrate {
            database::migrate(config.owner_url()).await?;
            daybook_projections::prepare(config.owner_url()).await?;
        }
        let clock: Arc<dyn Clock> = Arc::new(System);
        let ids: Arc<dyn Ids> = Arc::new(System);
        let keys = Arc::new(config.keys()?);
        let url = config.database_url.expose_secret();
        // Each lane holds two connections, and the loader and the listeners some more.
        let appending = config.connections.max(2 * config.lanes as u32 + 2);
        let append_pool = database::connect(url, DatabaseRole::Append, appending).await?;
        if restoration::unfinished(&append_pool).await?.is_some() {
            return Err(StartError::NotRecovered);
        }
        let keys_pool = database::connect(url, DatabaseRole::Keys, config.connections).await?;
        let KeyRing { sealer, opener } = KeyRing::new(keys_pool, keys.clone(), clock.clone(), ids.clone());
        let options = Options { origin: config.origin.clone(), lanes: config.lanes, queue: config.queue };
        let ledger = Ledger::start(append_pool, keys, sealer, clock, ids, &options);
        let access = Access::new(ledger.clone(), opener, Policies::embedded()?);
        Ok(Self { ledger, access })
    }
}
