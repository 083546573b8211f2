//! A provider of one clinic: name, credentials, and where and when they are licensed. Staff, so nothing here is sealed.

mod aggregate;
mod availability;
mod command;
mod event;
mod licence;
mod rules;
mod state;

pub use availability::{Availability, Hours, MOST_HOURS, Weekday};
pub use command::{Command, CorrectLicence, GrantLicence, NewProvider, Register, RevokeLicence, SetAvailability};
pub use event::{AvailabilitySet, Event, LicenceCorrected, LicenceGranted, LicenceRevoked, ProviderRegistered};
pub use licence::{ExceptionReason, Licence, LicenceKind, NotLicensed, RevocationReason, permitting, record};
pub use rules::Error;
pub use state::Provider;
