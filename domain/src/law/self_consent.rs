//! For which services a minor may consent alone. Each row is one service in one or more states; where there is none, the
//! answer is not "no" but that nobody knows, and a guardian is needed all the same.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Explained, Unanswered};
use super::book::Effect;
use super::reliance::Reliance;
use super::statutes::Law;
use crate::Jurisdiction;

/// Kinds of care that states let minors consent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// Medical care in general.
    GeneralMedical,
    /// Outpatient mental health care.
    MentalHealth,
    /// Testing and treatment of sexually transmitted infections.
    SexuallyTransmittedInfection,
    /// Contraception.
    Contraception,
    /// Treatment of substance use.
    SubstanceUse,
}

impl Service {
    /// The service's name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            Service::GeneralMedical => "general-medical",
            Service::MentalHealth => "mental-health",
            Service::SexuallyTransmittedInfection => "sexually-transmitted-infection",
            Service::Contraception => "contraception",
            Service::SubstanceUse => "substance-use",
        }
    }
}

/// Whether a minor may consent alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SelfConsent {
    /// They may.
    Permitted,
    /// They are too young for it.
    TooYoung,
}

/// A row: from which age a service may be consented to alone in some places.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MinorConsent {
    jurisdictions: Vec<Jurisdiction>,
    service: Service,
    from_age: u8,
}

/// A service in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ServiceThere(Jurisdiction, Service);

impl std::fmt::Display for ServiceThere {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} in {}", self.1.name(), self.0)
    }
}

impl Effect for MinorConsent {
    const KIND: &'static str = "minor-consent";
    const MATTER: &'static str = "a minor's own consent";
    type Subject = ServiceThere;

    fn subjects(&self) -> Vec<ServiceThere> {
        self.jurisdictions.iter().map(|place| ServiceThere(*place, self.service)).collect()
    }
}

impl Law {
    /// Whether a minor of this age may consent alone to this service there. An error is no "yes": a guardian is needed.
    pub fn minor_self_consent(
        &self,
        jurisdiction: Jurisdiction,
        service: Service,
        age: u8,
        on: NaiveDate,
        reliance: &Reliance,
    ) -> Result<Explained<SelfConsent>, Unanswered> {
        let (row, because) = self.minor_consent.answer(&ServiceThere(jurisdiction, service), on, reliance)?;
        let verdict = if age >= row.from_age { SelfConsent::Permitted } else { SelfConsent::TooYoung };
        let answer = Explained::new(verdict, on, vec![because]).knowing("jurisdiction", jurisdiction);
        Ok(answer.knowing("service", service.name()).knowing("age", age))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(place: &str, service: Service, age: u8, on: &str) -> Result<SelfConsent, Unanswered> {
        let (place, on) = (Jurisdiction::try_from(place).unwrap(), on.parse().unwrap());
        Law::current().minor_self_consent(place, service, age, on, &Reliance::simulated()).map(|said| said.verdict)
    }

    #[test]
    fn a_minor_of_the_rows_age_may_consent_and_a_younger_one_may_not() {
        assert_eq!(ask("CA", Service::MentalHealth, 12, "2026-03-02"), Ok(SelfConsent::Permitted));
        assert_eq!(ask("CA", Service::MentalHealth, 11, "2026-03-02"), Ok(SelfConsent::TooYoung));
    }

    #[test]
    fn a_service_or_place_without_a_row_has_no_answer() {
        assert_eq!(ask("CA", Service::GeneralMedical, 17, "2026-03-02").unwrap_err().code(), "rule-unknown");
        let unknown = ask("TX", Service::MentalHealth, 17, "2026-03-02").unwrap_err();
        assert!(unknown.to_string().contains("mental-health in TX"), "{unknown}");
    }

    #[test]
    fn a_rule_that_has_ended_answers_no_more() {
        assert_eq!(ask("AL", Service::GeneralMedical, 14, "2025-09-30"), Ok(SelfConsent::Permitted));
        assert_eq!(ask("AL", Service::GeneralMedical, 14, "2025-10-01").unwrap_err().code(), "rule-unknown");
    }
}
