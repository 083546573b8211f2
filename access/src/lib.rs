//! Who may see and do what, and the receipt that it was logged: the only door to unsealed PHI.
//!
//! A bearer token becomes a [`Principal`] ([`token`]); the policies in `policies/` decide ([`Policies`]); reading goes
//! through [`Access::read`], which records the disclosure durably before it hands out the [`Receipt`] that
//! [`Access::open`] and [`Disclosed`] ask for.

mod access;
mod action;
mod asking;
mod claims;
mod denials;
pub mod development;
mod error;
mod facts;
pub mod jwks;
mod opened;
mod plain;
mod policies;
mod principal;
mod receipt;
mod resource;
mod taking;
pub mod token;

pub use access::Access;
pub use action::Action;
pub use asking::{Asking, Denial, Permit};
pub use development::DevelopmentIssuer;
pub use error::{AccessError, Denied};
pub use jsonwebtoken::{Algorithm, jwk::JwkSet};
pub use jwks::KeySource;
pub use opened::Opened;
pub use plain::plain;
pub use policies::{Decision, Policies, PolicyError};
pub use principal::Principal;
pub use receipt::{Disclosed, Receipt};
pub use resource::{Resource, ResourceKind};
pub use taking::{Taken, Taking};
pub use token::{TokenError, TokenRules, TokenVerifier};
