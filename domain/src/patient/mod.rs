//! A patient of one clinic: who they are and how to reach them. Everything that says who stands sealed. And who
//! may act for them, on what grounds and until when.

mod aggregate;
mod authority;
mod command;
mod event;
#[cfg(test)]
pub mod example;
mod proxies;
mod rules;
mod state;

pub use authority::{AuthorityEnd, Insufficient, ProxyAuthority, ProxyDocument, ProxyKind, ProxyMatter};
pub use command::{Command, EndProxyAuthority, NewAuthority, NewPatient, NewRequest, Register, VerifyProxyAuthority};
pub use event::{
    Event, PatientImported, PatientRegistered, ProxyAuthorityEnded, ProxyAuthorityVerified, VisitRequested,
};
pub use rules::Error;
pub use state::{Known, Patient};
