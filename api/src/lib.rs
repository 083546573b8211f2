//! The `daybook` server: REST, live streams and the log's public face. [`Application`] is the whole of it, so that tests
//! and the demo run exactly what production runs.

mod age;
mod application;
mod body;
mod calendar;
mod caller;
mod checking;
mod command;
pub mod config;
mod draft;
mod edge;
pub mod files;
mod foundation;
mod glass;
mod idempotency;
mod keeping;
mod live;
mod metrics;
mod openapi;
mod operations;
mod precondition;
mod problem;
mod query;
mod report;
mod routes;
mod safekeeping;
mod shown;
mod state;
mod visit;

pub use application::{Application, StartError, StopHandle};
pub use config::{Config, ConfigError, Mode, WitnessConfig};
pub use foundation::Foundation;
pub use openapi::document as openapi_document;
