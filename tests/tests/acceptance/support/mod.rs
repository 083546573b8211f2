//! The vocabulary the tests are told in: an app, its clinics, the people at work in them, and their visits.

mod app;
mod client;
mod clinic;
pub mod export;
mod live;
pub mod replay;
mod visit;
mod witness;

pub use app::{App, Server};
pub use client::{Answer, Client};
pub use clinic::{Clinic, Fact, Person, phi};
pub use live::Live;
pub use visit::{Visit, request as visit_request};
pub use witness::{Behaviour, Witness};

use std::time::Duration;

use daybook_ledger::clock::System;
use daybook_ledger::{Clock, Ids};
use uuid::Uuid;

/// How long a condition may take to come true before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub fn now() -> chrono::DateTime<chrono::Utc> {
    System.now()
}

pub fn fresh_id() -> Uuid {
    System.public()
}

/// Asks again until the answer is yes.
pub async fn eventually(what: &str, mut ask: impl AsyncFnMut() -> bool) {
    let asking = async {
        while !ask().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("it did not come true: {what}"));
}
