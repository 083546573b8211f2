//! On what ground something may be disclosed, and what follows from it for the accounting.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::VisitId;

/// On what ground a disclosure was made, by the provision that permits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DisclosureGround {
    /// Treatment, payment or health care operations.
    TreatmentPaymentOperations,
    /// To the patient, or whoever may act for them.
    ToThePatient,
    /// Came along with another that was permitted.
    Incidental,
    /// The patient authorized it.
    Authorization,
    /// A facility's directory, or somebody involved in the patient's care.
    InvolvedInCare,
    /// National security or intelligence.
    NationalSecurity,
    /// To who holds the patient in lawful custody.
    Custody,
    /// A limited data set.
    LimitedDataSet,
    /// The Secretary of Health and Human Services asked for it.
    Secretary,
    /// Required by law.
    RequiredByLaw,
    /// Public health activities.
    PublicHealth,
    /// A report of abuse, neglect or domestic violence.
    AbuseOrNeglect,
    /// Health oversight.
    HealthOversight,
    /// A judicial or administrative proceeding.
    JudicialProceeding,
    /// Law enforcement.
    LawEnforcement,
    /// Coroners, medical examiners and funeral directors.
    Decedent,
    /// Donation of organs, eyes or tissue.
    OrganDonation,
    /// Research without the patient's authorization.
    Research,
    /// To avert a serious threat to health or safety.
    SeriousThreat,
    /// Another specialized government function.
    GovernmentFunction,
    /// Workers' compensation.
    WorkersCompensation,
    /// None: it should not have been made.
    NotPermitted,
}

/// What the rule has to say of a ground's disclosures in an accounting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accountable {
    /// Not part of it.
    Exempt,
    /// Part of it, each by itself.
    EachByItself,
    /// Part of it; several to one recipient for one purpose may be told together (164.528(b)(3)).
    Together,
}

impl DisclosureGround {
    /// Every ground.
    pub const ALL: [DisclosureGround; 22] = {
        use DisclosureGround::*;
        [
            TreatmentPaymentOperations,
            ToThePatient,
            Incidental,
            Authorization,
            InvolvedInCare,
            NationalSecurity,
            Custody,
            LimitedDataSet,
            Secretary,
            RequiredByLaw,
            PublicHealth,
            AbuseOrNeglect,
            HealthOversight,
            JudicialProceeding,
            LawEnforcement,
            Decedent,
            OrganDonation,
            Research,
            SeriousThreat,
            GovernmentFunction,
            WorkersCompensation,
            NotPermitted,
        ]
    };

    /// The provision of 45 CFR that permits it, or that exempts it from the accounting; `None` where none permits it.
    pub fn provision(self) -> Option<&'static str> {
        Some(match self {
            DisclosureGround::TreatmentPaymentOperations => "164.528(a)(1)(i)",
            DisclosureGround::ToThePatient => "164.528(a)(1)(ii)",
            DisclosureGround::Incidental => "164.528(a)(1)(iii)",
            DisclosureGround::Authorization => "164.528(a)(1)(iv)",
            DisclosureGround::InvolvedInCare => "164.528(a)(1)(v)",
            DisclosureGround::NationalSecurity => "164.528(a)(1)(vi)",
            DisclosureGround::Custody => "164.528(a)(1)(vii)",
            DisclosureGround::LimitedDataSet => "164.528(a)(1)(viii)",
            DisclosureGround::Secretary => "164.502(a)(2)(ii)",
            DisclosureGround::RequiredByLaw => "164.512(a)",
            DisclosureGround::PublicHealth => "164.512(b)",
            DisclosureGround::AbuseOrNeglect => "164.512(c)",
            DisclosureGround::HealthOversight => "164.512(d)",
            DisclosureGround::JudicialProceeding => "164.512(e)",
            DisclosureGround::LawEnforcement => "164.512(f)",
            DisclosureGround::Decedent => "164.512(g)",
            DisclosureGround::OrganDonation => "164.512(h)",
            DisclosureGround::Research => "164.512(i)",
            DisclosureGround::SeriousThreat => "164.512(j)",
            DisclosureGround::GovernmentFunction => "164.512(k)",
            DisclosureGround::WorkersCompensation => "164.512(l)",
            DisclosureGround::NotPermitted => return None,
        })
    }

    /// Whether and how it is part of an accounting.
    pub fn accountable(self) -> Accountable {
        match self {
            DisclosureGround::TreatmentPaymentOperations
            | DisclosureGround::ToThePatient
            | DisclosureGround::Incidental
            | DisclosureGround::Authorization
            | DisclosureGround::InvolvedInCare
            | DisclosureGround::NationalSecurity
            | DisclosureGround::Custody
            | DisclosureGround::LimitedDataSet => Accountable::Exempt,
            DisclosureGround::NotPermitted => Accountable::EachByItself,
            DisclosureGround::Secretary
            | DisclosureGround::RequiredByLaw
            | DisclosureGround::PublicHealth
            | DisclosureGround::AbuseOrNeglect
            | DisclosureGround::HealthOversight
            | DisclosureGround::JudicialProceeding
            | DisclosureGround::LawEnforcement
            | DisclosureGround::Decedent
            | DisclosureGround::OrganDonation
            | DisclosureGround::Research
            | DisclosureGround::SeriousThreat
            | DisclosureGround::GovernmentFunction
            | DisclosureGround::WorkersCompensation => Accountable::Together,
        }
    }

    /// Whether the recipient may ask that the patient is not told of it for a time (164.528(a)(2)).
    pub fn may_be_suspended(self) -> bool {
        matches!(self, DisclosureGround::HealthOversight | DisclosureGround::LawEnforcement)
    }
}

/// How the agency asked that the patient is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SuspensionStatement {
    /// In writing, with the time for which it asks.
    Written,
    /// By word of mouth: good for 30 days.
    Oral,
}

/// Visits that one disclosure names, at most.
pub const MOST_VISITS: usize = 100;

/// Visits by id, once each, in order.
pub type Visits = std::collections::BTreeSet<VisitId>;
