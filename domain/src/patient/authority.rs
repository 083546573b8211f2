//! A proxy's authority to act for a patient: verified on a document, for some matters, until a day. After that day it has to
//! be verified anew.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::AuthorityId;

/// What makes somebody a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyKind {
    /// A parent of a minor.
    Parent,
    /// Whom a court, or the law, made guardian.
    Guardian,
    /// Whom the patient named to decide for them on their health.
    HealthcareProxy,
}

/// On what a proxy's authority was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyDocument {
    /// A certificate of birth or adoption.
    BirthCertificate,
    /// An order of a court.
    CourtOrder,
    /// A power of attorney for health care.
    PowerOfAttorney,
    /// The form on which the patient named a health care proxy.
    ProxyForm,
}

/// In what a proxy may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyMatter {
    /// Consent to care, and take it back.
    Consent,
    /// Be told what is known of the patient's health.
    Information,
    /// Set up and call off visits.
    Scheduling,
}

/// Why an authority ended before its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityEnd {
    /// The patient took it back.
    Revoked,
    /// What it rested on, such as a court's order, ended.
    GroundsEnded,
    /// The patient came of age.
    CameOfAge,
    /// It was never so.
    EnteredInError,
}

/// An authority as far as rules need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxyAuthority {
    /// The authority.
    pub authority_id: AuthorityId,
    /// What makes the proxy one.
    pub kind: ProxyKind,
    /// In what the proxy may act.
    pub scope: BTreeSet<ProxyMatter>,
    /// The last day on which it stands, by the clinic's calendar.
    pub expires_on: NaiveDate,
    /// Whether it was ended before.
    pub ended: bool,
}

/// Why an authority does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insufficient {
    /// It was ended.
    Ended,
    /// Its last day has passed.
    Expired(NaiveDate),
    /// It is for other matters.
    OtherMatters,
}

impl ProxyAuthority {
    /// Whether it stands on this day, for whatever matter.
    pub fn stands(&self, on: NaiveDate) -> Result<(), Insufficient> {
        if self.ended {
            Err(Insufficient::Ended)
        } else if on > self.expires_on {
            Err(Insufficient::Expired(self.expires_on))
        } else {
            Ok(())
        }
    }

    /// Whether the proxy may act in this matter on this day.
    pub fn permits(&self, matter: ProxyMatter, on: NaiveDate) -> Result<(), Insufficient> {
        self.stands(on)?;
        if self.scope.contains(&matter) { Ok(()) } else { Err(Insufficient::OtherMatters) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::given::id;

    fn authority(expires_on: NaiveDate) -> ProxyAuthority {
        let scope = BTreeSet::from([ProxyMatter::Consent]);
        ProxyAuthority { authority_id: id(90), kind: ProxyKind::Guardian, scope, expires_on, ended: false }
    }

    #[test]
    fn an_ended_authority_permits_nothing_and_any_other_only_its_matters() {
        let day: NaiveDate = "2026-03-02".parse().unwrap();
        let stands = authority(day);
        assert_eq!(stands.permits(ProxyMatter::Consent, day), Ok(()));
        assert_eq!(stands.permits(ProxyMatter::Scheduling, day), Err(Insufficient::OtherMatters));
        let ended = ProxyAuthority { ended: true, ..stands };
        assert_eq!(ended.permits(ProxyMatter::Consent, day), Err(Insufficient::Ended));
    }

    proptest! {
        #[test]
        fn an_authority_stands_to_the_end_of_its_last_day(expires in 0..40_000_i64, later in -5..5_i64) {
            let expires_on = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Duration::days(expires);
            let on = expires_on + chrono::Duration::days(later);
            let stands = authority(expires_on).stands(on);
            prop_assert_eq!(stands.is_ok(), later <= 0);
            prop_assert!(stands.is_ok() || stands == Err(Insufficient::Expired(expires_on)));
        }
    }
}
