//! A provider of one clinic: name, credentials, and where and when they are licensed. Staff, so nothing here is sealed.

mod aggregate;
mod command;
mod event;
mod licence;
mod rules;
mod state;

pub use command::{Command, GrantLicence, NewProvider, Register};
pub use event::{Event, LicenceGranted, ProviderRegistered};
pub use licence::{Licence, LicenceKind};
pub use rules::Error;
pub use state::Provider;
