//! The proxies of a visit: who acts for the patient here, and on which authority. Whether that authority stands is asked
//! anew each time they act.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ProxyVerified;
use crate::patient::ProxyKind;
use crate::{AuthorityId, ParticipantId};

/// Somebody who acts for the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proxy {
    /// On which authority of the patient's record.
    pub authority_id: AuthorityId,
    /// What makes them a proxy.
    pub kind: ProxyKind,
}

/// Every proxy of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proxies(BTreeMap<ParticipantId, Proxy>);

impl Proxies {
    /// This one.
    pub fn get(&self, id: ParticipantId) -> Option<Proxy> {
        self.0.get(&id).copied()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (ParticipantId, Proxy)> {
        self.0.iter().map(|(id, proxy)| (*id, *proxy))
    }

    pub(in crate::visit) fn verify(&mut self, verified: &ProxyVerified) {
        let proxy = Proxy { authority_id: verified.authority_id, kind: verified.kind };
        self.0.insert(verified.participant_id, proxy);
    }
}
