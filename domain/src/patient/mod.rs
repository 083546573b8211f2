//! A patient of one clinic: who they are and how to reach them. Everything that says who stands sealed. And who
//! may act for them, on what grounds and until when; how long the record is kept, and how it is let go; and what of it was disclosed outside.

mod aggregate;
mod authority;
mod command;
mod disclosure;
mod event;
#[cfg(test)]
pub mod example;
mod glass;
mod keeping;
mod proxies;
mod rules;
mod state;

pub use authority::{AuthorityEnd, Insufficient, ProxyAuthority, ProxyDocument, ProxyKind, ProxyMatter};
pub use command::{Command, EndProxyAuthority, NewAuthority, NewPatient, NewRequest, Register, VerifyProxyAuthority};
pub use disclosure::{
    Accounted, AccountedDisclosure, Accounting, AccountingSuspended, DisclosureFacts, DisclosureGround, DisclosureMade,
    LeftOut, MOST_VISITS, RecordDisclosure, SuspendAccounting, SuspensionStatement,
};
pub use event::{
    Event, PatientImported, PatientRegistered, ProxyAuthorityEnded, ProxyAuthorityVerified, VisitRequested,
};
pub use glass::{
    BreakGlass, BrokenGlass, GlassBroken, GlassFinding, GlassReason, GlassReviewed, NewGlass, ReviewGlass,
};
pub use keeping::{
    DestroyedKey, ErasureFacts, ErasureGround, ErasureProposed, HoldEnd, HoldGround, LegalHold, LegalHoldPlaced,
    LegalHoldReleaseProposed, LegalHoldReleased, NewLegalHold, PatientKeyDestroyed, PlaceLegalHold, ProposeErasure,
    ProposeHoldRelease, ProposedErasure, ReleaseLegalHold, WholeRecord,
};
pub use rules::Error;
pub use state::{Known, Patient};
