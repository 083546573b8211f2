//! Whose consent the law asks for before a conversation is recorded. Daybook always asks for everyone's; this says what the
//! legal floor is, so that a clinic sees on what ground it stands.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Explained, Unanswered};
use super::book::Effect;
use super::reliance::Reliance;
use super::statutes::Law;
use crate::Jurisdiction;

/// Whose consent a recording needs, the stricter greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentFloor {
    /// One participant's.
    OneParty,
    /// Every participant's.
    AllParty,
}

/// A row: the floor in some places.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordingConsent {
    jurisdictions: Vec<Jurisdiction>,
    floor: ConsentFloor,
}

impl Effect for RecordingConsent {
    const KIND: &'static str = "recording-consent";
    const MATTER: &'static str = "consent to recording";
    type Subject = Jurisdiction;

    fn subjects(&self) -> Vec<Jurisdiction> {
        self.jurisdictions.clone()
    }
}

impl Law {
    /// The legal floor for a conversation between people in these places, one entry a participant; `None` for one whose
    /// place nobody knows. The strictest place governs. A place without an answer leaves the whole without one, unless
    /// another place asks for everyone's consent anyway, which nothing can exceed.
    pub fn recording_consent(
        &self,
        places: &[Option<Jurisdiction>],
        on: NaiveDate,
        reliance: &Reliance,
    ) -> Result<Explained<ConsentFloor>, Unanswered> {
        let unknown_place = || Unanswered::MissingFact {
            matter: RecordingConsent::MATTER,
            fact: "where every participant physically is",
        };
        let mut answers = places
            .iter()
            .map(|place| self.recording_consent.answer(&place.ok_or_else(unknown_place)?, on, reliance))
            .collect::<Vec<_>>();
        if answers.is_empty() {
            return Err(unknown_place());
        }
        let all_party = |answer: &Result<(&RecordingConsent, _), _>| matches!(answer, Ok((row, _)) if row.floor == ConsentFloor::AllParty);
        if answers.iter().any(all_party) {
            answers.retain(all_party);
        }
        let mut floor = ConsentFloor::OneParty;
        let mut because = Vec::new();
        for answer in answers {
            let (row, cited) = answer?;
            floor = floor.max(row.floor);
            if !because.contains(&cited) {
                because.push(cited);
            }
        }
        let named: Vec<_> = places.iter().map(|place| place.map_or("unknown", Jurisdiction::code)).collect();
        Ok(Explained::new(floor, on, because).knowing("places", named.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floor(places: &[&str]) -> Result<Explained<ConsentFloor>, Unanswered> {
        let places: Vec<_> = places.iter().map(|place| Jurisdiction::try_from(*place).ok()).collect();
        Law::current().recording_consent(&places, "2026-03-02".parse().unwrap(), &Reliance::simulated())
    }

    #[test]
    fn the_strictest_participants_place_governs() {
        assert_eq!(floor(&["WI", "MN"]).unwrap().verdict, ConsentFloor::OneParty);
        let strict = floor(&["WI", "CA", "MN"]).unwrap();
        assert_eq!(strict.verdict, ConsentFloor::AllParty);
        assert_eq!(strict.because.len(), 1, "what does not decide is not cited");
        assert_eq!(strict.because[0].rule.as_str(), "recording-consent.ca");
        assert_eq!(strict.facts["places"], "WI, CA, MN");
    }

    #[test]
    fn a_place_nobody_knows_leaves_no_answer_unless_another_already_asks_for_everybodys_consent() {
        assert_eq!(floor(&["WI", "?"]).unwrap_err().code(), "rule-needs-fact");
        assert_eq!(floor(&[]).unwrap_err().code(), "rule-needs-fact");
        // No row was found for the territory.
        assert_eq!(floor(&["WI", "GU"]).unwrap_err().code(), "rule-unknown");
        assert_eq!(floor(&["GU", "?", "FL"]).unwrap().verdict, ConsentFloor::AllParty);
    }

    #[test]
    fn every_state_of_the_table_that_asks_for_everybodys_consent_does() {
        for place in ["CA", "CT", "DE", "FL", "IL", "MD", "MA", "MI", "MT", "NV", "NH", "OR", "PA", "WA"] {
            assert_eq!(floor(&[place]).unwrap().verdict, ConsentFloor::AllParty, "{place}");
        }
    }

    #[test]
    fn outside_a_simulated_clinic_an_unreviewed_row_gives_no_floor() {
        let (here, on) = ([Jurisdiction::try_from("WI").ok()], "2026-03-02".parse().unwrap());
        let refused = Law::current().recording_consent(&here, on, &Reliance::default()).unwrap_err();
        assert_eq!(refused.code(), "rule-unreviewed");
    }

    #[test]
    fn before_the_rows_begin_there_is_no_answer() {
        let (here, early) = ([Jurisdiction::try_from("WI").ok()], "2019-12-31".parse().unwrap());
        let refused = Law::current().recording_consent(&here, early, &Reliance::simulated()).unwrap_err();
        assert_eq!(refused.code(), "rule-unknown");
        assert!(refused.to_string().contains("2020-01-01"), "{refused}");
    }
}
