//! What a visit keeps of having been asked for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Claimed, DeclineReason, RequestDeclined, Requested};
use crate::visit::Modality;
use crate::{Jurisdiction, ProviderId};

/// The request a visit began with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRequest {
    /// How the patient wants to be seen.
    pub modality: Modality,
    /// Where the patient said to be.
    pub jurisdiction: Jurisdiction,
    /// Not before this.
    pub earliest: Option<DateTime<Utc>>,
    /// Not after this.
    pub latest: Option<DateTime<Utc>>,
    /// Who took it.
    pub claimed_by: Option<ProviderId>,
    /// Who did not, and why.
    pub declined_by: BTreeMap<ProviderId, DeclineReason>,
}

impl VisitRequest {
    pub(in crate::visit) fn of(requested: &Requested) -> Self {
        let Requested { modality, jurisdiction, earliest, latest, .. } = *requested;
        Self { modality, jurisdiction, earliest, latest, claimed_by: None, declined_by: BTreeMap::new() }
    }

    pub(in crate::visit) fn claim(&mut self, claimed: &Claimed) {
        self.claimed_by = Some(claimed.provider_id);
    }

    pub(in crate::visit) fn decline(&mut self, declined: &RequestDeclined) {
        self.declined_by.insert(declined.provider_id, declined.reason);
    }
}
