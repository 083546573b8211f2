//! A licence to practise: where, from which day to which, on what it rests, and whether it still stands. And the gate: with
//! which licence a provider may treat a patient who is in a place on a day, or why with none.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Event, LicenceCorrected};
use crate::law::{Because, Compact, Law, Reliance, Unanswered};
use crate::{Jurisdiction, Text};

/// What kind of permission to practise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LicenceKind {
    /// A full licence of the jurisdiction.
    Full,
    /// A full licence of the jurisdiction that was granted the quicker way of a compact.
    CompactFullLicence,
    /// A compact's privilege to practise there on the licence of the home state: it stands and falls with that one.
    CompactPrivilege,
    /// A registration for telehealth from another jurisdiction.
    TelehealthRegistration,
    /// No licence, but an exception in law for a reason.
    Exception,
}

/// Why somebody without a licence may treat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExceptionReason {
    /// The states are neighbours that let each other's practitioners in.
    Border,
    /// Care begun elsewhere is followed up.
    FollowUp,
    /// An emergency order.
    Emergency,
}

/// Why a licence no longer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationReason {
    /// The board took it away.
    Revoked,
    /// The board took it away for a time.
    Suspended,
    /// The provider gave it back.
    Surrendered,
    /// It was never granted: the record was a mistake.
    RecordedInError,
}

/// One licence of a provider. A public record, so clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Licence {
    /// Where it permits to practise.
    pub jurisdiction: Jurisdiction,
    /// Its number there.
    pub number: Text<40>,
    /// What kind of permission.
    pub kind: LicenceKind,
    /// First day it is valid.
    pub from: NaiveDate,
    /// Last day it is valid.
    pub to: NaiveDate,
    /// The compact it comes from, of the two kinds that do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compact: Option<Compact>,
    /// The state whose licence a privilege rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Jurisdiction>,
    /// Why there is an exception, of an exception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<ExceptionReason>,
    /// First day it no longer stands, where it was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_on: Option<NaiveDate>,
}

/// Why a provider may not treat a patient who is there on that day. Says what was looked at, nearest first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotLicensed {
    /// There is no licence for the place at all.
    #[error("no licence for {0} is on record")]
    Nowhere(Jurisdiction),
    /// The licences for the place are valid on other days.
    #[error("the licence for {jurisdiction} is valid from {from} to {to}")]
    OtherDays {
        /// Where.
        jurisdiction: Jurisdiction,
        /// First day of the newest.
        from: NaiveDate,
        /// Last day of the newest.
        to: NaiveDate,
    },
    /// It was taken away.
    #[error("the licence for {jurisdiction} no longer stands since {since}")]
    Revoked {
        /// Where.
        jurisdiction: Jurisdiction,
        /// First day it no longer stood.
        since: NaiveDate,
    },
    /// A privilege without the licence it rests on.
    #[error("the privilege for {jurisdiction} rests on a full licence of {home}, and none is valid on that day")]
    HomeLicence {
        /// Where.
        jurisdiction: Jurisdiction,
        /// The state whose licence is missing.
        home: Jurisdiction,
    },
    /// Whether the states belong to the compact is not known.
    #[error("{0}")]
    Compact(Unanswered),
}

impl Licence {
    /// A licence that rests on nothing else.
    pub fn new(
        jurisdiction: Jurisdiction,
        number: Text<40>,
        kind: LicenceKind,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Self {
        Self { jurisdiction, number, kind, from, to, compact: None, home: None, exception: None, revoked_on: None }
    }

    /// Whether by its own terms it permits to practise there on that day: it is for the place, the day is one of its days,
    /// and it had not been taken away. What it rests on is [`permitting`]'s to look at.
    pub fn is_valid(&self, jurisdiction: Jurisdiction, on: NaiveDate) -> bool {
        self.jurisdiction == jurisdiction && self.is_in_time(on) && !self.is_revoked(on)
    }

    fn is_in_time(&self, on: NaiveDate) -> bool {
        (self.from..=self.to).contains(&on)
    }

    fn is_revoked(&self, on: NaiveDate) -> bool {
        self.revoked_on.is_some_and(|since| since <= on)
    }

    /// Whether this is the licence that was recorded so.
    pub(super) fn is_recorded_as(&self, jurisdiction: Jurisdiction, number: &Text<40>, from: NaiveDate) -> bool {
        self.jurisdiction == jurisdiction && self.number == *number && self.from == from
    }

    /// Whether it is a full licence, on which a privilege can rest.
    fn is_full(&self) -> bool {
        matches!(self.kind, LicenceKind::Full | LicenceKind::CompactFullLicence)
    }

    /// What is wrong with its terms for a licence of its kind, if anything.
    pub(super) fn misfit(&self) -> Option<&'static str> {
        match (self.kind, self.compact, self.home, self.exception) {
            (LicenceKind::Full | LicenceKind::TelehealthRegistration, None, None, None) => None,
            (LicenceKind::Full | LicenceKind::TelehealthRegistration, ..) => {
                Some("a full licence or registration has neither compact, home nor exception")
            }
            (LicenceKind::CompactFullLicence, Some(Compact::Imlc), None, None) => None,
            (LicenceKind::CompactFullLicence, ..) => {
                Some("a full licence through a compact names the compact imlc and nothing else")
            }
            (LicenceKind::CompactPrivilege, Some(Compact::Nlc | Compact::Psypact), Some(home), None)
                if home != self.jurisdiction =>
            {
                None
            }
            (LicenceKind::CompactPrivilege, ..) => {
                Some("a compact's privilege names the compact nlc or psypact and, as home, another state than its own")
            }
            (LicenceKind::Exception, None, None, Some(_)) => None,
            (LicenceKind::Exception, ..) => Some("an exception names its reason and neither compact nor home"),
        }
    }
}

/// Takes a fact about licences into what is on record; any other fact changes nothing.
pub fn record(licences: &mut Vec<Licence>, event: &Event) {
    match event {
        Event::ProviderRegistered(_) | Event::AvailabilitySet(_) => {}
        Event::LicenceGranted(granted) => licences.push(Licence {
            jurisdiction: granted.jurisdiction,
            number: granted.number.clone(),
            kind: granted.kind,
            from: granted.from,
            to: granted.to,
            compact: granted.compact,
            home: granted.home,
            exception: granted.exception,
            revoked_on: None,
        }),
        // What is granted afterwards under the same number is another licence.
        Event::LicenceRevoked(revoked) => {
            let meant = |licence: &&mut Licence| {
                licence.jurisdiction == revoked.jurisdiction && licence.number == revoked.number
            };
            for licence in licences.iter_mut().filter(meant) {
                licence.revoked_on = Some(licence.revoked_on.map_or(revoked.on, |before| before.min(revoked.on)));
            }
        }
        Event::LicenceCorrected(corrected) => {
            let LicenceCorrected { recorded_jurisdiction, recorded_number, recorded_from, .. } = corrected;
            let meant = |licence: &&mut Licence| {
                licence.is_recorded_as(*recorded_jurisdiction, recorded_number, *recorded_from)
            };
            if let Some(licence) = licences.iter_mut().find(meant) {
                *licence = Licence {
                    jurisdiction: corrected.jurisdiction,
                    number: corrected.number.clone(),
                    kind: corrected.kind,
                    from: corrected.from,
                    to: corrected.to,
                    compact: corrected.compact,
                    home: corrected.home,
                    exception: corrected.exception,
                    revoked_on: licence.revoked_on,
                };
            }
        }
    }
}

/// The licence with which the holder of these may treat a patient who is there on that day, and the rows of law it rests
/// on; or why there is none. Privileges are looked at last, because they rest on something else.
pub fn permitting<'a>(
    licences: &'a [Licence],
    jurisdiction: Jurisdiction,
    on: NaiveDate,
    reliance: &Reliance,
) -> Result<(&'a Licence, Vec<Because>), NotLicensed> {
    let valid = |licence: &&Licence| licence.is_valid(jurisdiction, on);
    let (privileges, others): (Vec<_>, Vec<_>) =
        licences.iter().filter(valid).partition(|licence| licence.kind == LicenceKind::CompactPrivilege);
    if let Some(licence) = others.first() {
        return Ok((licence, Vec::new()));
    }
    let mut refusal = None;
    for privilege in privileges {
        match rests_on(privilege, licences, on, reliance) {
            Ok(because) => return Ok((privilege, because)),
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    Err(refusal.unwrap_or_else(|| why_none(licences, jurisdiction, on)))
}

/// The rows by which both states belong to the privilege's compact, if the home state's licence is valid.
fn rests_on(
    privilege: &Licence,
    licences: &[Licence],
    on: NaiveDate,
    reliance: &Reliance,
) -> Result<Vec<Because>, NotLicensed> {
    let jurisdiction = privilege.jurisdiction;
    let (Some(compact), Some(home)) = (privilege.compact, privilege.home) else {
        return Err(NotLicensed::HomeLicence { jurisdiction, home: privilege.home.unwrap_or(jurisdiction) });
    };
    if !licences.iter().any(|licence| licence.is_full() && licence.is_valid(home, on)) {
        return Err(NotLicensed::HomeLicence { jurisdiction, home });
    }
    let member = |place| Law::current().compact_member(compact, place, on, reliance).map_err(NotLicensed::Compact);
    let mut because = vec![member(jurisdiction)?];
    let home = member(home)?;
    if !because.contains(&home) {
        because.push(home);
    }
    Ok(because)
}

fn why_none(licences: &[Licence], jurisdiction: Jurisdiction, on: NaiveDate) -> NotLicensed {
    let there = || licences.iter().filter(|licence| licence.jurisdiction == jurisdiction);
    let revoked = there().filter(|licence| licence.is_in_time(on)).filter_map(|licence| licence.revoked_on).max();
    if let Some(since) = revoked {
        return NotLicensed::Revoked { jurisdiction, since };
    }
    match there().max_by_key(|licence| licence.to) {
        Some(licence) => NotLicensed::OtherDays { jurisdiction, from: licence.from, to: licence.to },
        None => NotLicensed::Nowhere(jurisdiction),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::given::text;

    fn place(code: &str) -> Jurisdiction {
        code.try_into().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn licence(code: &str, kind: LicenceKind) -> Licence {
        Licence::new(place(code), text(code), kind, day("2026-01-01"), day("2026-12-31"))
    }

    fn privilege(code: &str, home: &str) -> Licence {
        Licence { compact: Some(Compact::Nlc), home: Some(place(home)), ..licence(code, LicenceKind::CompactPrivilege) }
    }

    fn ask<'a>(licences: &'a [Licence], code: &str, on: &str) -> Result<&'a str, NotLicensed> {
        permitting(licences, place(code), day(on), &Reliance::simulated()).map(|(licence, _)| licence.number.as_str())
    }

    #[test]
    fn a_licence_permits_where_it_is_for_on_its_days() {
        let licences = [licence("WI", LicenceKind::Full)];
        assert_eq!(ask(&licences, "WI", "2026-01-01"), Ok("WI"));
        assert_eq!(ask(&licences, "WI", "2026-12-31"), Ok("WI"));
        let (from, to) = (day("2026-01-01"), day("2026-12-31"));
        let other_days = Err(NotLicensed::OtherDays { jurisdiction: place("WI"), from, to });
        assert_eq!(ask(&licences, "WI", "2025-12-31"), other_days);
        assert_eq!(ask(&licences, "WI", "2027-01-01"), other_days);
        assert_eq!(ask(&licences, "MN", "2026-06-01"), Err(NotLicensed::Nowhere(place("MN"))));
    }

    #[test]
    fn a_licence_that_was_taken_away_permits_until_the_day_before() {
        let taken = Licence { revoked_on: Some(day("2026-06-15")), ..licence("WI", LicenceKind::Full) };
        let licences = [taken.clone()];
        assert_eq!(ask(&licences, "WI", "2026-06-14"), Ok("WI"));
        let gone = Err(NotLicensed::Revoked { jurisdiction: place("WI"), since: day("2026-06-15") });
        assert_eq!(ask(&licences, "WI", "2026-06-15"), gone);
        // Granted anew, it stands again.
        let anew = Licence { from: day("2026-08-01"), ..licence("WI", LicenceKind::Full) };
        assert_eq!(ask(&[taken, anew], "WI", "2026-08-01"), Ok("WI"));
    }

    #[test]
    fn a_privilege_stands_and_falls_with_the_home_states_licence() {
        let (home, away) = (licence("WI", LicenceKind::Full), privilege("IA", "WI"));
        assert_eq!(ask(&[home.clone(), away.clone()], "IA", "2026-06-01"), Ok("IA"));
        let without = Err(NotLicensed::HomeLicence { jurisdiction: place("IA"), home: place("WI") });
        assert_eq!(ask(std::slice::from_ref(&away), "IA", "2026-06-01"), without);
        let lost = Licence { revoked_on: Some(day("2026-06-01")), ..home.clone() };
        assert_eq!(ask(&[lost, away.clone()], "IA", "2026-06-01"), without);
        let only_registered = licence("WI", LicenceKind::TelehealthRegistration);
        assert_eq!(ask(&[only_registered, away.clone()], "IA", "2026-06-01"), without);
        // The privilege's rows are cited, and needed: California is no member that anybody looked up.
        let (_, because) =
            permitting(&[home.clone(), away], place("IA"), day("2026-06-01"), &Reliance::simulated()).unwrap();
        assert_eq!(because.len(), 1);
        let nobody_knows = ask(&[home, privilege("CA", "WI")], "CA", "2026-06-01").map(str::to_owned);
        assert!(matches!(nobody_knows, Err(NotLicensed::Compact(_))));
    }

    #[test]
    fn outside_a_simulated_clinic_a_privilege_needs_a_reviewed_row_and_a_full_licence_needs_none() {
        let licences = [licence("WI", LicenceKind::Full), privilege("IA", "WI")];
        let ask = |code| permitting(&licences, place(code), day("2026-06-01"), &Reliance::default()).map(|_| ());
        assert_eq!(ask("WI"), Ok(()));
        assert!(matches!(ask("IA"), Err(NotLicensed::Compact(Unanswered::Unreviewed { .. }))));
    }

    #[test]
    fn each_kind_has_the_terms_it_needs_and_no_others() {
        let exception = licence("WI", LicenceKind::Exception);
        assert!(exception.misfit().is_some());
        assert!(Licence { exception: Some(ExceptionReason::Border), ..exception }.misfit().is_none());
        let through_compact = licence("WI", LicenceKind::CompactFullLicence);
        assert!(through_compact.misfit().is_some());
        assert!(Licence { compact: Some(Compact::Imlc), ..through_compact }.misfit().is_none());
        assert!(privilege("IA", "WI").misfit().is_none());
        assert!(privilege("IA", "IA").misfit().is_some());
        assert!(Licence { home: None, ..privilege("IA", "WI") }.misfit().is_some());
        let full = licence("WI", LicenceKind::Full);
        assert!(full.misfit().is_none());
        assert!(Licence { exception: Some(ExceptionReason::Emergency), ..full }.misfit().is_some());
    }

    proptest! {
        /// Whatever is on record: nobody is let through without a licence for the place that stands on the day.
        #[test]
        fn nobody_passes_without_a_licence_that_stands(
            spans in proptest::collection::vec((0..400_u64, 0..200_u64, proptest::option::of(0..400_u64), 0..3_usize), 0..5),
            asked in 0..500_u64,
        ) {
            let date = |days: u64| day("2026-01-01") + chrono::Days::new(days);
            let licences: Vec<_> = spans.iter().map(|(from, length, revoked, what)| Licence {
                from: date(*from),
                to: date(from + length),
                revoked_on: revoked.map(date),
                ..[licence("IA", LicenceKind::Full), licence("WI", LicenceKind::Full), privilege("IA", "WI")][*what].clone()
            }).collect();
            let on = date(asked);
            let stands = |licence: &Licence| {
                licence.from <= on && on <= licence.to && licence.revoked_on.is_none_or(|revoked| on < revoked)
            };
            let full = |code| licences.iter().any(|l| l.kind == LicenceKind::Full && l.jurisdiction == place(code) && stands(l));
            let away = licences.iter().any(|l| l.kind == LicenceKind::CompactPrivilege && stands(l));
            let passes = permitting(&licences, place("IA"), on, &Reliance::simulated()).is_ok();
            prop_assert_eq!(passes, full("IA") || away && full("WI"));
        }
    }
}
